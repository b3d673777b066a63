// A plugin in memory, and what the checks of its code say.
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { checkCode } from '../../../src/code/check';
import { preflightCode } from '../../../src/plugin/preflight';
import type { Diagnostic } from '../../../src/text/diagnostic';

/** The sources of a plugin `demo` by the names of its files. */
export function sourcesOf(files: Readonly<Record<string, string>>): Map<string, LuaSource> {
  return new Map(
    Object.entries(files).map(([file, text]): [string, LuaSource] => [
      `kong.plugins.demo.${file.replace(/\.lua$/, '').replaceAll('/', '.')}`,
      new LuaSource(text, `/w/kong/plugins/demo/${file}`),
    ]),
  );
}

/** The diagnostics of all files, in the order of the checks. */
export function problemsOf(files: Readonly<Record<string, string>>, kong = '3.9'): Diagnostic[] {
  const sources = sourcesOf(files);
  const version = parseKongVersion(kong);
  const { schema } = preflightCode({ name: 'demo', sources, dependencies: [] }, version);
  return [...checkCode({ name: 'demo', sources, schema }, version).values()].flat();
}

/** A handler with this body. */
export function handler(body: string): string {
  return `local Demo = { PRIORITY = 10, VERSION = "1.0.0" }\n${body}\nreturn Demo\n`;
}

/** A schema with these fields of the configuration. */
export function schema(fields: string): string {
  return `return { name = "demo", fields = { { config = { type = "record", fields = { ${fields} } } } } }`;
}
