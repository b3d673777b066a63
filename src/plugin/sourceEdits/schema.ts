// Faults of schema.lua and daos.lua that have one right answer, put right in their text.
import type { LuaSource } from '../../lua/source';
import type { FileChange } from '../../text/diagnostic';
import { addFields, changeOf, fieldOf, readModuleTable } from './moduleTable';

/** Gives the schema the name of its plugin. None when it has a name, or returns no table that is made in the file. */
export function addSchemaName(source: LuaSource, plugin: string): FileChange[] {
  const module = readModuleTable(source);
  if (module === undefined) return [];
  const field = fieldOf(module, 'name');
  if (field === undefined) {
    const edit = addFields(module, [{ name: 'name', value: `"${plugin}"` }]);
    return edit === undefined ? [] : changeOf(source, [edit]);
  }
  if (field.value.kind !== 'nil') return [];
  return changeOf(source, [{ start: field.value.start, end: field.value.end, newText: `"${plugin}"` }]);
}

/** Turns `{ entity = { … } }` into `{ { … } }`. None when it has no such keys. */
export function daosToArray(source: LuaSource): FileChange[] {
  const module = readModuleTable(source);
  const named = module?.constructor_?.fields.filter(({ key, value }) => key !== undefined && value.kind !== 'nil') ?? [];
  return changeOf(
    source,
    named.map(({ start, value }) => ({ start, end: value.start, newText: '' })),
  );
}
