// What every entry of the catalogue has in the tests: a log that is it, and one that only looks like it.

/** `log` is concluded to be the entry; `near` is not. Entries that no log proves have a `near` alone. */
export interface Example {
  log?: string;
  near: string;
  plugin?: string;
  file?: string;
  line?: number;
}

/** The beginning of a refused start. */
export const INIT = 'nginx: [error] init_by_lua error: ';
const LOADING = `${INIT}/usr/local/share/lua/5.1/kong/init.lua:708: error loading plugin schemas: `;
const MODULE = `${INIT}/usr/local/share/lua/5.1/kong/tools/module.lua:29: error loading module `;
const HOME = '/usr/local/share/lua/5.1/kong/plugins';

/** `on plugin 'acme': message`. */
export function onPlugin(message: string, plugin = 'acme'): string {
  return `${LOADING}on plugin '${plugin}': ${message}`;
}

/** A schema violation of the plugin acme. */
export function violation(...leaves: string[]): string {
  return onPlugin(
    `[off] ${leaves.length > 1 ? `${leaves.length} schema violations` : 'schema violation'} (${leaves.join('; ')})`,
  );
}

/** An error that a file of the plugin acme raised while it was loaded. */
export function thrown(file: string, line: number, message: string): string {
  return `${MODULE}'kong.plugins.acme.${file}':\n${HOME}/acme/${file}.lua:${line}: ${message}`;
}

/** An error of a request, as nginx logs it. */
export function inRequest(message: string): string {
  return `2026/11/22 09:48:06 [error] 2291#0: *645 ${message}, client: 10.0.0.1, server: kong, request: "GET / HTTP/1.1", host: "localhost"`;
}

/** An answer of the Admin API to a configuration that breaks a schema. */
export function refused(fields: Record<string, unknown>, code = 2): string {
  return JSON.stringify({ name: 'schema violation', message: 'schema violation (see fields)', fields, code });
}

/** A declarative file that Kong refuses. */
export function declarative(message: string): string {
  return `${INIT}/usr/local/share/lua/5.1/kong/init.lua:731: error parsing declarative config file /kong.yml:\n${message}`;
}

/** What the command line prints. */
export function cli(message: string): string {
  return `Error: ${message}\n\n  Run with --v (verbose) or --vv (debug) for more details`;
}

/** A line of a running node's log. */
export function logged(level: string, message: string): string {
  return `2026/11/22 09:48:06 [${level}] 2291#0: ${message}`;
}
