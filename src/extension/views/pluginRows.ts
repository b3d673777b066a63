// The rows of the Plugins view as data: what stands below a plugin, in which order, and what each row says.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from '../../plugin/plugin';

/** A row of the Plugins view. */
export type PluginRow =
  | { kind: 'plugin'; plugin: Plugin }
  | { kind: 'file'; plugin: Plugin; file: string; module: string | undefined }
  | { kind: 'archive'; plugin: Plugin; file: string };

const ARCHIVE = /\.(rock|tar\.gz|tgz)$/;
/** Folders of a project that archives are written to. */
const ARCHIVE_FOLDERS = ['.', 'dist', 'out', 'build', 'release'];
/** What a module is for, by the end of its name; these stand first, in this order. */
const ROLES = ['handler', 'schema', 'daos', 'migrations', 'api'];

const roleOf = (module: string, name: string): number => {
  const role = ROLES.indexOf(module.slice(`kong.plugins.${name}.`.length).split('.')[0] ?? '');
  return role < 0 ? ROLES.length : role;
};

/** The version that a rockspec's file name says; undefined without a rockspec. */
export function versionOfRockspec(rockspec: string | undefined): string | undefined {
  return /-([^-]+)-\d+\.rockspec$/.exec(path.basename(rockspec ?? ''))?.[1];
}

/** Stable id of a row: it does not change with what the row says. */
export function idOf(row: PluginRow): string {
  const plugin = `${row.plugin.dir}#${row.plugin.name}`;
  return row.kind === 'plugin' ? plugin : `${plugin}#${row.kind}#${row.file}`;
}

/** The archives of a plugin: those named after its rockspec's package, or after itself. */
async function archivesOf(plugin: Plugin): Promise<string[]> {
  const rock = path.basename(plugin.rockspec ?? '').replace(/-[^-]+-\d+\.rockspec$/, '');
  const stems = [rock, plugin.name].filter((stem) => stem !== '').map((stem) => `${stem}-`);
  const found: string[] = [];
  for (const folder of ARCHIVE_FOLDERS) {
    const dir = path.join(plugin.root, folder);
    // most of these folders do not exist
    const names = await readdir(dir).catch(() => []);
    for (const name of names.sort()) {
      if (ARCHIVE.test(name) && stems.some((stem) => name.startsWith(stem))) found.push(path.join(dir, name));
    }
  }
  return found;
}

/** What stands below a plugin: its modules (handler and schema first), its rockspec, its archives. */
export async function childrenOf(plugin: Plugin): Promise<PluginRow[]> {
  const modules = [...plugin.modules]
    .sort(([a], [b]) => roleOf(a, plugin.name) - roleOf(b, plugin.name) || a.localeCompare(b))
    .map(([module, file]): PluginRow => ({ kind: 'file', plugin, file, module }));
  const rockspec: PluginRow[] =
    plugin.rockspec === undefined ? [] : [{ kind: 'file', plugin, file: plugin.rockspec, module: undefined }];
  const archives = (await archivesOf(plugin)).map((file): PluginRow => ({ kind: 'archive', plugin, file }));
  return [...modules, ...rockspec, ...archives];
}
