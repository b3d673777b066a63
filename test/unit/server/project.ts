// A plugin in a temporary folder, for tests of the server.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Project {
  dir: string;
  uri: (file: string) => string;
  path: (file: string) => string;
  write: (file: string, text: string) => Promise<void>;
  remove: () => Promise<void>;
}

/** Makes a folder with these files. */
export async function createProject(files: Readonly<Record<string, string>>): Promise<Project> {
  const dir = await mkdtemp(join(tmpdir(), 'kong-plugin-server-'));
  const path = (file: string): string => join(dir, file);
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), text);
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);
  return {
    dir,
    path,
    write,
    uri: (file) => pathToFileURL(path(file)).href,
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

export const ROCKSPEC_NAME = 'kong-plugin-demo-0.1.0-1.rockspec';

/** A rockspec with locals and computed keys and nothing wrong in it. */
export const ROCKSPEC = `local plugin_name = "demo"
local package_version = "0.1.0"

rockspec_format = "3.0"
package = "kong-plugin-" .. plugin_name
version = package_version .. "-1"
source = {
  url = "git+https://github.com/example/kong-plugin-demo",
  tag = package_version,
}
description = {
  summary = "A demo",
  license = "Apache-2.0",
}
dependencies = { "lua >= 5.1" }
build = {
  type = "builtin",
  modules = {
    ["kong.plugins." .. plugin_name .. ".handler"] = "kong/plugins/" .. plugin_name .. "/handler.lua",
    ["kong.plugins." .. plugin_name .. ".schema"] = "kong/plugins/" .. plugin_name .. "/schema.lua",
  },
}
`;

export const PLUGIN_FILES: Readonly<Record<string, string>> = {
  [ROCKSPEC_NAME]: ROCKSPEC,
  'kong/plugins/demo/handler.lua': 'return { PRIORITY = 1000, VERSION = "0.1.0" }\n',
  'kong/plugins/demo/schema.lua': 'return { name = "demo", fields = { { config = { type = "record", fields = {} } } } }\n',
};
