// What a schema of today's form, daos.lua and migrations still have of an older Kong: entries that went, attributes, another strategy.
// Source: `until` of typedefs, attributes and strategies in Kong's git tags.
import type { CodeFile } from '../../code/file';
import type { TableExpression, TableField } from '../../lua/ast';
import { isAtLeast } from '../../kong/versions';
import { fieldOf, readModuleTable, removal } from '../sourceEdits/moduleTable';
import { addSchemaName, daosToArray } from '../sourceEdits/schema';
import { diagnosed, fileOf, found, type UpgradeContext, type UpgradeFinding } from './rule';
import { isOldSchema } from './legacySchema';
import { withoutField } from './tableText';
import { fieldNamed } from '../../lua/walk';

/** Fields that plugins had beside config. */
const GONE_ENTRIES: Readonly<Record<string, string>> = {
  run_on: 'run_on and its typedefs went with Kong 2.0, and with them the mesh they were about',
  api: 'APIs and typedefs.no_api went with Kong 2.0',
};

/** `{ run_on = typedefs.run_on_first }` and `{ api = typedefs.no_api }` in the fields of a schema. */
export function* goneEntries(context: UpgradeContext): Iterable<UpgradeFinding> {
  const file = fileOf(context, 'schema');
  if (file === undefined || !isAtLeast(context.version, '2.0')) return;
  for (const { field, table } of fieldsIn(file)) {
    const name = field.key?.kind === 'string' ? field.key.value : '';
    const why = Object.hasOwn(GONE_ENTRIES, name) ? GONE_ENTRIES[name] : undefined;
    if (why === undefined || !/\btypedefs?\b[\w.]*\.(?:run_on|no_api)/.test(file.source.text(field.value))) continue;
    // An entry of a list is a table with this one field; it goes whole.
    const entry = table.fields.length === 1 ? entryAround(table, file) : undefined;
    if (table.fields.length === 1 && entry === undefined) continue;
    yield found(file.source, field, `${why}: the field goes.`, [withoutField(file.source, entry ?? field)]);
  }
}

/** `legacy = true` of a field. */
export function* legacyAttributes(context: UpgradeContext): Iterable<UpgradeFinding> {
  if (!isAtLeast(context.version, '3.0')) return;
  for (const file of [fileOf(context, 'schema'), fileOf(context, 'daos')]) {
    if (file === undefined) continue;
    for (const { field, table } of fieldsIn(file)) {
      if (field.key?.kind !== 'string' || field.key.value !== 'legacy') continue;
      const isAttribute = field.value.kind === 'true' || field.value.kind === 'false';
      if (!isAttribute || (fieldNamed(table, 'type') === undefined && !isArgument(table, file))) continue;
      yield found(file.source, field, 'Kong 3.0 took the attribute legacy away: it goes.', [withoutField(file.source, field)]);
    }
  }
}

/** A schema of today's form without its name. */
export function* schemaName(context: UpgradeContext): Iterable<UpgradeFinding> {
  const file = fileOf(context, 'schema');
  const line = diagnosed(context, file?.source.path, ['kong/schema-missing-name']);
  const table = file === undefined ? undefined : readModuleTable(file.source)?.constructor_;
  if (file === undefined || line === undefined || (table !== undefined && isOldSchema(table))) return;
  const message = 'Before 3.0 a schema without a name was one of the old form; it has its plugin’s name now.';
  yield { path: file.source.path ?? '', line, message, changes: addSchemaName(file.source, context.plugin.name) };
}

/** daos.lua as a map. */
export function* daosList(context: UpgradeContext): Iterable<UpgradeFinding> {
  const file = fileOf(context, 'daos');
  const line = diagnosed(context, file?.source.path, ['kong/daos-not-array']);
  const fields = file === undefined ? [] : (readModuleTable(file.source)?.constructor_?.fields ?? []);
  const isEntities = fields.every(({ value }) => value.kind !== 'table' || fieldNamed(value, 'fields') !== undefined);
  if (file === undefined || line === undefined || !isEntities) return;
  const message = 'From 3.0 on daos.lua returns a list of entities: the names before them go.';
  yield { path: file.source.path ?? '', line, message, changes: daosToArray(file.source) };
}

/** What a migration does to Cassandra, which Kong 3.4 took away. */
export function* cassandra({ code, plugin, version }: UpgradeContext): Iterable<UpgradeFinding> {
  if (!isAtLeast(version, '3.4')) return;
  for (const file of code) {
    if (!file.module.startsWith(`kong.plugins.${plugin.name}.migrations.`)) continue;
    const module = readModuleTable(file.source);
    const field = module === undefined ? undefined : fieldOf(module, 'cassandra');
    if (module === undefined || field === undefined) continue;
    const { statement, key, value } = field;
    const written = module.constructor_ === undefined ? undefined : fieldNamed(module.constructor_, 'cassandra');
    const at = statement ?? written ?? { start: key.start, end: value.end };
    const edit = statement === undefined ? withoutField(file.source, at) : removal(file.source, statement);
    yield found(file.source, at, 'Kong 3.4 took Cassandra away, and refuses a migration that speaks of it: that part goes.', [
      edit,
    ]);
  }
}

function* fieldsIn({ nodes }: CodeFile): Iterable<{ field: TableField; table: TableExpression }> {
  for (const table of nodes) if (table.kind === 'table') for (const field of table.fields) yield { field, table };
}

/** The item of a list that a table is. */
function entryAround(table: TableExpression, file: CodeFile): TableField | undefined {
  const parent = file.parents.get(table);
  return parent?.kind === 'table' ? parent.fields.find(({ key, value }) => key === undefined && value === table) : undefined;
}

/** Whether a table is what a call is given: `typedefs.uuid { … }`. */
function isArgument(table: TableExpression, file: CodeFile): boolean {
  const parent = file.parents.get(table);
  return parent?.kind === 'call' && parent.arguments.includes(table);
}
