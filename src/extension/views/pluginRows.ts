// The rows of the Plugins view as data: what stands below a plugin, in which order, and what each row says.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigField, PluginDescription } from '../../plugin/describe';
import type { Plugin } from '../../plugin/plugin';
import { count } from '../../text/count';

/** A row of the Plugins view. */
export type PluginRow =
  | { kind: 'plugin'; plugin: Plugin }
  | { kind: 'file'; plugin: Plugin; file: string; says: string; fields: readonly ConfigField[] }
  | { kind: 'field'; plugin: Plugin; field: ConfigField; name: string }
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

/** Stable id of a row: it does not change with what the row says. */
export function idOf(row: PluginRow): string {
  const plugin = `${row.plugin.dir}#${row.plugin.name}`;
  if (row.kind === 'plugin') return plugin;
  return `${plugin}#${row.kind}#${row.kind === 'field' ? row.name : row.file}`;
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

/** What a module says of itself, in a few words; its name when it says nothing that can be known. */
function saysOf(module: string, plugin: Plugin, { handler, schema, daos, migrations, routes }: PluginDescription): string {
  const list = (words: readonly string[]): string => (words.length === 0 ? module : words.join(', '));
  switch (module) {
    case `kong.plugins.${plugin.name}.handler`: {
      const phases = handler?.phases.map(({ value }) => value).join(', ');
      const { priority, version } = handler ?? {};
      return list([
        ...(priority === undefined ? [] : [`PRIORITY ${priority.value}`]),
        ...(version === undefined ? [] : [`VERSION ${version.value}`]),
        ...(phases === undefined || phases === '' ? [] : [phases]),
      ]);
    }
    case `kong.plugins.${plugin.name}.schema`: {
      const fields = schema?.config.length;
      return fields === undefined ? module : count(fields, 'config field');
    }
    case `kong.plugins.${plugin.name}.daos`:
      return list(daos);
    case `kong.plugins.${plugin.name}.migrations`:
      return list(migrations);
    case `kong.plugins.${plugin.name}.api`:
      return list(routes);
    default:
      return module;
  }
}

/** `string, default "X"`, `integer, required`. */
export function saysOfField({ type, required, default: value }: ConfigField): string {
  return [type === '' ? 'type not known' : type, required ? 'required' : '', value === undefined ? '' : `default ${value}`]
    .filter(Boolean)
    .join(', ');
}

/** The rows of config fields; `above` is the path of the record they stand in. */
export function fieldRows(plugin: Plugin, fields: readonly ConfigField[], above = 'config'): PluginRow[] {
  return fields.map((field) => ({ kind: 'field', plugin, field, name: `${above}.${field.name}` }));
}

/** What stands below a plugin: its modules (handler and schema first) with what they say to that Kong, its rockspec, its archives. */
export async function childrenOf(plugin: Plugin, kong: string): Promise<PluginRow[]> {
  const { describePlugin } = await import('../../plugin/describe');
  const description = await describePlugin(plugin, kong);
  const modules = [...plugin.modules]
    .sort(([a], [b]) => roleOf(a, plugin.name) - roleOf(b, plugin.name) || a.localeCompare(b))
    .map(([module, file]): PluginRow => {
      const fields = module === `kong.plugins.${plugin.name}.schema` ? (description.schema?.config ?? []) : [];
      return { kind: 'file', plugin, file, says: saysOf(module, plugin, description), fields };
    });
  const rockspec: PluginRow[] =
    plugin.rockspec === undefined ? [] : [{ kind: 'file', plugin, file: plugin.rockspec, says: 'rockspec', fields: [] }];
  const archives = (await archivesOf(plugin)).map((file): PluginRow => ({ kind: 'archive', plugin, file }));
  return [...modules, ...rockspec, ...archives];
}
