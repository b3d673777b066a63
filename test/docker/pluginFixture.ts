// A plugin in a temporary folder, good or broken on purpose.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A plugin's folder on disk. */
export interface PluginFolder {
  dir: string;
  remove(): Promise<void>;
}

const handler = (version: string): string => `local H = { PRIORITY = 1000, VERSION = "${version}" }

function H:access(conf)
  kong.response.set_header("x-road", conf.says)
end

return H
`;

const schema = (name: string): string => `local typedefs = require "kong.db.schema.typedefs"

return {
  name = "${name}",
  fields = {
    { protocols = typedefs.protocols_http },
    { config = { type = "record", fields = { { says = { type = "string", default = "hello" } } } } },
  },
}
`;

const rockspec = (name: string, version: string, files: readonly string[]): string => `package = "kong-plugin-${name}"
version = "${version}-1"
source = { url = "git+https://example.com/kong-plugin-${name}.git", tag = "${version}" }
description = { summary = "A plugin for tests.", license = "Apache-2.0" }
dependencies = { "lua >= 5.1" }
build = {
  type = "builtin",
  modules = {
${files.map((file) => `    ["kong.plugins.${name}.${file}"] = "kong/plugins/${name}/${file}.lua",`).join('\n')}
  },
}
`;

/** Writes a plugin; a text given for `handler` or `schema` takes its place, null leaves the file out (and out of the rockspec). */
export async function pluginFolder(
  name: string,
  options: { version?: string; handler?: string; schema?: string | null } = {},
): Promise<PluginFolder> {
  const version = options.version ?? '0.1.0';
  const dir = await mkdtemp(path.join(os.tmpdir(), `kpw-plugin-`));
  const code = path.join(dir, 'kong/plugins', name);
  await mkdir(code, { recursive: true });
  await writeFile(path.join(code, 'handler.lua'), options.handler ?? handler(version));
  if (options.schema !== null) await writeFile(path.join(code, 'schema.lua'), options.schema ?? schema(name));
  const files = options.schema === null ? ['handler'] : ['handler', 'schema'];
  await writeFile(path.join(dir, `kong-plugin-${name}-${version}-1.rockspec`), rockspec(name, version, files));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
