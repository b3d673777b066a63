// Small plugins for the lifecycle tests, written into folders of their own.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs a test with a folder that is gone afterwards. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kpw-lifecycle-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes files below a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Every file below a folder with its text; the notes the product keeps there are left out when `notes` is false. */
export async function filesIn(folder: string, notes = true): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const kept = paths.filter((path) => notes || !path.includes('.kong-plugin-workbench')).sort();
  const read = kept.map(async (path): Promise<[string, string]> => [
    path.slice(folder.length + 1),
    await readFile(path, 'latin1'),
  ]);
  return Object.fromEntries(await Promise.all(read));
}

export const HANDLER = (version = '0.1.0'): string =>
  `local Handler = { PRIORITY = 10, VERSION = "${version}" }\nfunction Handler:access(conf) end\nreturn Handler\n`;

export const SCHEMA = (name: string): string =>
  `return { name = "${name}", fields = { { config = { type = "record", fields = { { greeting = { type = "string" } } } } } } }\n`;

/** The files of a plugin project; `without` leaves modules out of it altogether. */
export function project(name: string, version = '0.1.0', without: readonly string[] = []): Record<string, string> {
  const modules = ['handler', 'schema'].filter((module) => !without.includes(module));
  const lines = modules.map((module) => `    ["kong.plugins.${name}.${module}"] = "kong/plugins/${name}/${module}.lua",`);
  const texts: Record<string, string> = { handler: HANDLER(version), schema: SCHEMA(name) };
  return {
    ...Object.fromEntries(modules.map((module) => [`kong/plugins/${name}/${module}.lua`, texts[module] ?? ''])),
    [`kong-plugin-${name}-${version}-1.rockspec`]: `package = "kong-plugin-${name}"
version = "${version}-1"
source = { url = "git+https://github.com/example/kong-plugin-${name}.git", tag = "${version}" }
description = { summary = "Says hello", license = "Apache-2.0" }
dependencies = { "lua >= 5.1" }
build = {
  type = "builtin",
  modules = {
${lines.join('\n')}
  },
}
`,
  };
}
