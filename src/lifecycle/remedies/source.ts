// Remedies that change the plugin's source in the workspace and bring it to the node again.
import { dirname, join } from 'node:path';
import { candidateFiles } from '../../lua/moduleName';
import type { LuaSource } from '../../lua/source';
import type { Plugin } from '../../plugin/plugin';
import { readPluginCode } from '../../plugin/pluginCode';
import type { FileChange } from '../../text/diagnostic';
import { filesWithoutTable, sourceOf, type RemedyCase, type Remedy, type RemedyTable } from './case';
import { bringAgain } from './bring';

/** A remedy that edits one file of the plugin with a function of its text. */
function editing(says: string, file: (plugin: Plugin) => string | undefined, change: SourceEdit): Remedy {
  return {
    needs: 'source',
    says,
    async changes(about) {
      const source = await sourceOf(about.plugin === undefined ? undefined : file(about.plugin), about.read);
      return source === undefined ? [] : change(source, about);
    },
    operation: bringAgain,
  };
}

type SourceEdit = (source: LuaSource, about: RemedyCase) => Promise<FileChange[]>;

const handler = (plugin: Plugin): string | undefined => plugin.handler;

const identity = (says: string): Remedy =>
  editing(says, handler, async (source, about) =>
    (await import('../../plugin/sourceEdits/handler')).addPriorityAndVersion(source, await rockVersion(about)),
  );

export const SOURCE_REMEDIES = {
  'add-return': {
    needs: 'source',
    says: 'Ends each file of the plugin that returns no table with a return of the table it makes.',
    async changes({ plugin, read }) {
      const { addReturn } = await import('../../plugin/sourceEdits/handler');
      return plugin === undefined ? [] : (await filesWithoutTable(plugin, read)).flatMap(addReturn);
    },
    operation: bringAgain,
  },
  'add-priority': identity('Gives the handler a PRIORITY, and a VERSION where it has none.'),
  'add-version': identity(
    'Gives the handler a VERSION of three numbers (that of the rockspec), and a PRIORITY where it has none.',
  ),
  'replace-base-plugin': editing(
    'Makes the handler a plain table: the require, extend(), new() and the calls of super go; PRIORITY and VERSION come where they are missing.',
    handler,
    async (source, about) => (await import('../../plugin/sourceEdits/handler')).plainTable(source, await rockVersion(about)),
  ),
  'move-filter-to-response': editing(
    'Keeps response. The code of header_filter gets another name and is called at the end of response; body_filter, which cannot run beside it, gets another name and is not called any more.',
    handler,
    async (source) => (await import('../../plugin/sourceEdits/handler')).keepResponse(source),
  ),
  'add-schema-name': editing(
    "Gives the schema the plugin's name.",
    ({ schema }) => schema,
    async (source, { plugin }) => (await import('../../plugin/sourceEdits/schema')).addSchemaName(source, plugin?.name ?? ''),
  ),
  'daos-to-array': editing(
    'Takes the names before the entities away, so that daos.lua returns a list.',
    (plugin) => plugin.modules.get(`kong.plugins.${plugin.name}.daos`) ?? join(plugin.dir, 'daos.lua'),
    async (source) => (await import('../../plugin/sourceEdits/schema')).daosToArray(source),
  ),
  'mend-schema': {
    needs: 'source',
    says: 'Makes the edits that the light bulb of the schema makes, where it has a fix for what Kong refuses.',
    fits: async (about) => (await schemaFixes(about)).length > 0,
    changes: schemaFixes,
    operation: bringAgain,
  },
  'write-schema': {
    needs: 'source',
    says: 'Writes schema.lua with a field for every setting that the code reads (the types are guesses), and lists it in the rockspec.',
    changes: writeSchema,
    operation: bringAgain,
  },
  'list-modules-in-rockspec': {
    needs: 'source',
    says: 'Lists every Lua file of the plugin in build.modules.',
    changes: listModules,
    operation: bringAgain,
  },
} satisfies RemedyTable;

/** The fixes that the check of the plugin has for what the finding says, in each of its files. */
async function schemaFixes({ finding, plugin, siblings, read }: RemedyCase): Promise<FileChange[]> {
  if (plugin === undefined) return [];
  const [{ checkPluginFiles }, { editsTogether }, { DEFAULT_KONG }] = await Promise.all([
    import('../../plugin/judge'),
    import('../../text/fixAll'),
    import('../../kong/versions'),
  ]);
  const files = await checkPluginFiles(plugin, DEFAULT_KONG, { read, siblings });
  return files.flatMap(({ path, diagnostics }): FileChange[] => {
    const said = diagnostics.filter(({ code }) => code === `kong/${finding.id}`);
    const edits = editsTogether(path, said, { unsafe: true });
    return edits.length === 0 ? [] : [{ kind: 'edit', path, edits }];
  });
}

/** `1.2.0` of a rockspec with version `1.2.0-3`. */
async function rockVersion({ plugin, read }: RemedyCase): Promise<string | undefined> {
  const { rockspec } = plugin ?? {};
  const text = rockspec === undefined ? undefined : await read(rockspec);
  if (rockspec === undefined || text === undefined) return undefined;
  const { readRockspec } = await import('../../rockspec/read');
  return readRockspec(text, rockspec).version?.value.replace(/-\d+$/, '');
}

async function writeSchema(about: RemedyCase): Promise<FileChange[]> {
  const { plugin, read } = about;
  if (plugin?.handler === undefined) return [];
  const path = plugin.schema ?? join(dirname(plugin.handler), 'schema.lua');
  const changes: FileChange[] = [];
  if ((await read(path)) === undefined) {
    const { schemaFromReads } = await import('../../plugin/sourceEdits/newSchema');
    const { sources } = await readPluginCode(plugin, { read });
    changes.push({ kind: 'create', path, text: schemaFromReads(plugin.name, sources.values()) });
  }
  return [...changes, ...(await listSchema(about))];
}

/** `build.modules` with a line for the schema beside that of the handler. */
async function listSchema({ plugin, read }: RemedyCase): Promise<FileChange[]> {
  const { rockspec } = plugin ?? {};
  const text = rockspec === undefined ? undefined : await read(rockspec);
  if (plugin === undefined || rockspec === undefined || text === undefined) return [];
  const [{ readRockspec }, { addField, fileChanges, quoted }, { LuaTable }] = await Promise.all([
    import('../../rockspec/read'),
    import('../../rockspec/edits'),
    import('../../lua/values'),
  ]);
  const { build } = readRockspec(text, rockspec);
  const module = (part: string): string => `kong.plugins.${plugin.name}.${part}`;
  const modules = build?.table.get('modules');
  const handlerFile = build?.modules?.find(({ name }) => name === module('handler'))?.sources?.[0]?.value;
  const isListed = build?.modules?.some(({ name }) => name === module('schema'));
  if (!(modules instanceof LuaTable) || handlerFile === undefined || isListed === true) return [];
  const ending = candidateFiles('handler').find((candidate) => handlerFile.endsWith(candidate)) ?? '';
  const file = ending === '' ? handlerFile : `${handlerFile.slice(0, -ending.length)}schema.lua`;
  const added = addField(modules, [`[${quoted(module('schema'))}] = ${quoted(file)}`]);
  return added === undefined ? [] : fileChanges(rockspec, [added]);
}

/** The fix that the rockspec's own check has for files that are not listed. */
async function listModules({ plugin, read }: RemedyCase): Promise<FileChange[]> {
  const { rockspec } = plugin ?? {};
  const text = rockspec === undefined ? undefined : await read(rockspec);
  if (rockspec === undefined || text === undefined) return [];
  const [{ checkRockspec }, { DiskFiles }] = await Promise.all([
    import('../../rockspec/check'),
    import('../../rockspec/projectFiles'),
  ]);
  const diagnostics = await checkRockspec(text, rockspec, { files: new DiskFiles() });
  return diagnostics.find(({ code }) => code === 'rockspec/module-not-listed')?.fixes?.[0]?.changes ?? [];
}
