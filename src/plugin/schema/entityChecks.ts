// The checks across the fields of a record: entity_checkers and run_entity_check of kong/db/schema/init.lua (tags 1.2.3 to 3.9.3).
import { NULL } from '../../kong/typedefs';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { BudgetExceeded, LuaError } from '../../lua/errors';
import { equals } from '../../lua/operators';
import type { Place } from '../../lua/source';
import { LuaFunction, LuaString, LuaTable, LuaUnknown, type Entry, type Value } from '../../lua/values';
import { ErrorTree, type ErrorNode } from './errorTree';
import { CannotValidate, isReference, stringOf, truthy, type Placed, type Validation } from './validation';
import { own } from '../../text/own';

/** Kong's validation of one value by one definition. */
type ValidateField = (definition: LuaTable, value: Placed, on: Validation) => ErrorNode | undefined;

/** What one check works with: the fields it asked for and what was found wrong with them before. */
interface Checked {
  definition: LuaTable;
  whole: LuaTable;
  input: LuaTable;
  argument: LuaTable;
  errors: ErrorTree;
  place: Place | undefined;
  on: Validation;
  validateField: ValidateField;
}

/** What a check says: nothing, or what goes into its message, or a message of the schema's own. */
type Complaint = undefined | { message: string };

interface Checker {
  /** Parts of the argument that name fields; the argument itself is the list of them otherwise. */
  sources?: readonly string[];
  /** Those of the sources whose fields must be there. */
  needed?: readonly string[];
  withMissing?: true;
  withInvalid?: true;
  check: (on: Checked) => Complaint;
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** The texts of a list. */
function names(value: Value): string[] {
  return value instanceof LuaTable ? value.list().flatMap((entry) => stringOf(entry.value) ?? []) : [];
}

/** Whether a value counts as given: not null, and no empty text or table. */
export const isNonempty = (value: Value): boolean =>
  value !== undefined &&
  value !== NULL &&
  !(value instanceof LuaString && value.value === '') &&
  !(value instanceof LuaTable && value.fields.size === 0 && !value.open);

/** A field of nested records by its path `a.b.c`. Lua fails on indexing a number or a boolean. */
function fieldAt(table: Value, path: string): Value {
  let at = table;
  for (const name of path.split('.')) {
    if (at === undefined || at === NULL || at instanceof LuaString) return undefined;
    if (at instanceof LuaUnknown) return at;
    if (!(at instanceof LuaTable)) throw new CannotValidate();
    at = at.get(name) ?? (at.open ? new LuaUnknown(`whether "${name}" is there`) : undefined);
  }
  return at;
}

/** The definition of a field by its path. */
export function definitionAt(record: LuaTable, path: string): LuaTable | undefined {
  let at: LuaTable | undefined = record;
  for (const name of path.split('.')) {
    const fields: Value = at.get('fields');
    const items: Entry[] = fields instanceof LuaTable ? fields.list() : [];
    at = fieldNamed(items.findLast(({ value }) => fieldNamed(value, name) !== undefined)?.value, name);
    if (at === undefined) return undefined;
  }
  return at;
}

function fieldNamed(item: Value, name: string): LuaTable | undefined {
  const field = item instanceof LuaTable ? item.get(name) : undefined;
  return field instanceof LuaTable ? field : undefined;
}

function setAt(table: LuaTable, path: string, value: Value): void {
  const [last = '', ...before] = path.split('.').reverse();
  let at = table;
  for (const name of before.reverse()) {
    const next = at.get(name);
    if (next instanceof LuaTable) at = next;
    else at.set(name, (at = new LuaTable()));
  }
  at.set(last, value);
}

function setError(errors: ErrorTree, path: string, node: ErrorNode): void {
  const [last = '', ...before] = path.split('.').reverse();
  let at = errors;
  for (const name of before.reverse()) {
    const next = at.parts.get(name);
    if (next instanceof ErrorTree) at = next;
    else at.set(name, (at = new ErrorTree()));
  }
  at.set(last, node);
}

/** Where a field of the record is written; the record itself when the field is in another. */
function placeOf({ whole, place }: Checked, name: string): Place | undefined {
  const entry = whole.entry(name);
  return entry?.place ?? entry?.valuePlace ?? place;
}

const given = ({ input }: Checked, list: readonly string[]): string[] => list.filter((name) => isNonempty(fieldAt(input, name)));

/** Whether one of the fields cannot be known, so that the check is taken on trust. */
function isUnsure({ input, on }: Checked, list: readonly string[]): boolean {
  const unknown = list.map((name) => fieldAt(input, name)).find((value) => value instanceof LuaUnknown);
  if (unknown !== undefined) on.assume(unknown.reason);
  return unknown !== undefined;
}

/** A definition that takes from another what it does not say itself. */
function inheriting(own: Value, base: LuaTable | undefined): LuaTable | undefined {
  if (!(own instanceof LuaTable)) return undefined;
  const merged = new LuaTable();
  merged.open = own.open;
  for (const table of [base, own]) for (const [key, entry] of table?.fields ?? []) merged.fields.set(key, entry);
  return merged;
}

/** Whether a field's value is right by a part of a check, on top of the field's own definition. */
function matches(checked: Checked, name: string, match: Value): boolean {
  const definition = inheriting(match, definitionAt(checked.definition, name));
  if (definition === undefined) throw new CannotValidate();
  const value = fieldAt(checked.input, name);
  if (isUnsure(checked, [name])) return false;
  return checked.validateField(definition, { value, place: checked.place }, checked.on) === undefined;
}

/** The check's words for people, filled in, where the schema has its own. */
function ownWords(argument: LuaTable, key: string, inserted: string): string | undefined {
  return stringOf(argument.get(key))?.replace('%s', () => inserted);
}

function atLeastOne(checked: Checked, list: Value, ownKey: string): Complaint {
  const wanted = names(list);
  if (given(checked, wanted).length > 0) return undefined;
  const message = `at least one of these fields must be non-empty: ${quoted(wanted)}`;
  return { message: ownWords(checked.argument, ownKey, quoted(wanted)) ?? message };
}

function conditional(checked: Checked): Complaint {
  const { argument, input, errors, definition, on } = checked;
  const [ifField, thenField] = [stringOf(argument.get('if_field')) ?? '', stringOf(argument.get('then_field')) ?? ''];
  if (!matches(checked, ifField, argument.get('if_match'))) return undefined;
  const value = fieldAt(input, thenField) ?? NULL;
  const then = argument.get('then_match');
  const failed: Complaint = { message: `failed conditional validation given value of field '${ifField}'` };
  if (then instanceof LuaTable && then.get('required') === true && value === NULL) {
    setError(errors, thenField, { message: 'required field missing', place: placeOf(checked, ifField) });
    return failed;
  }
  const wanted = inheriting(then, definitionAt(definition, thenField));
  if (wanted === undefined) throw new CannotValidate();
  const error = checked.validateField(wanted, { value, place: placeOf(checked, ifField) }, on);
  if (error === undefined) return undefined;
  setError(errors, thenField, error);
  const own = ownWords(argument, 'then_err', ifField);
  return own === undefined ? failed : { message: own };
}

function conditionalAtLeastOne(checked: Checked): Complaint {
  const { argument, input } = checked;
  const ifField = stringOf(argument.get('if_field')) ?? '';
  if (fieldAt(input, ifField) === undefined) return undefined;
  if (matches(checked, ifField, argument.get('if_match')))
    return atLeastOne(checked, argument.get('then_at_least_one_of'), 'then_err');
  const otherwise = argument.get('else_match');
  if (otherwise === undefined || !matches(checked, ifField, otherwise)) return undefined;
  return atLeastOne(checked, argument.get('else_then_at_least_one_of'), 'else_then_err');
}

/** Values that Lua would find as the same key of a table: equal texts, numbers and booleans; tables are never the same here. */
function distinct(checked: Checked): Complaint {
  const list = names(checked.argument);
  const values = given(checked, list).map((name) => fieldAt(checked.input, name));
  const repeated = values.some((value, i) =>
    values.slice(0, i).some((other) => equals(checked.on.machine, value, other) === true),
  );
  return repeated ? { message: `values of these fields must be distinct: ${quoted(list)}` } : undefined;
}

/** A function of the schema's own: evaluated, and only an answer that is known counts. */
function customCheck({ argument, input, on }: Checked): Complaint {
  const check = argument.get('fn');
  if (!(check instanceof LuaFunction)) {
    on.assume('the answer of an entity check of the schema');
    return undefined;
  }
  try {
    const answers = on.machine.call(check, [input]);
    const [ok, message] = answers;
    if (ok instanceof LuaUnknown || (ok === undefined && answers.more !== undefined)) on.assume('the answer of an entity check');
    else if (ok === undefined || ok === false) {
      if (message instanceof LuaUnknown) on.assume('the message of an entity check');
      return { message: stringOf(message) ?? 'failed entity check: custom_entity_check' };
    }
    return undefined;
  } catch (error) {
    if (error instanceof LuaError) throw new CannotValidate();
    if (!(error instanceof BudgetExceeded) && !(error instanceof RangeError)) throw error;
    on.assume('an entity check that takes too much work');
    return undefined;
  }
}

function exclusiveSets(checked: Checked): Complaint {
  const [one, other] = ['set1', 'set2'].map((set) => given(checked, names(checked.argument.get(set))));
  if (one === undefined || other === undefined || one.length === 0 || other.length === 0) return undefined;
  return { message: `these sets are mutually exclusive: (${quoted(one)}), (${quoted(other)})` };
}

function countOf(isRight: (count: number, all: number) => boolean, words: (version: KongVersion) => string): Checker['check'] {
  return (checked) => {
    const list = names(checked.argument);
    if (isUnsure(checked, list) || isRight(given(checked, list).length, list.length)) return undefined;
    return { message: `${words(checked.on.version)}: ${quoted(list)}` };
  };
}

const CHECKERS: Readonly<Record<string, Checker>> = {
  at_least_one_of: {
    withMissing: true,
    withInvalid: true,
    check: countOf(
      (count) => count > 0,
      () => 'at least one of these fields must be non-empty',
    ),
  },
  conditional_at_least_one_of: {
    sources: ['if_field', 'then_at_least_one_of', 'else_then_at_least_one_of'],
    needed: [],
    withMissing: true,
    withInvalid: true,
    check: conditionalAtLeastOne,
  },
  only_one_of: {
    withInvalid: true,
    check: countOf(
      (count) => count === 1,
      (version) => `${isAtLeast(version, '2.6') ? 'exactly one' : 'only one'} of these fields must be non-empty`,
    ),
  },
  distinct: { withInvalid: true, check: distinct },
  conditional: { sources: ['if_field', 'then_field'], needed: ['if_field'], withInvalid: true, check: conditional },
  custom_entity_check: { sources: ['field_sources'], needed: ['field_sources'], check: customCheck },
  mutually_required: {
    withMissing: true,
    check: countOf(
      (count, all) => count % all === 0,
      () => 'all or none of these fields must be set',
    ),
  },
  mutually_exclusive: {
    withMissing: true,
    check: countOf(
      (count) => count <= 1,
      () => 'only one or none of these fields must be set',
    ),
  },
  mutually_exclusive_sets: { sources: ['set1', 'set2'], needed: [], withMissing: true, check: exclusiveSets },
};

/** Runs the entity checks of a record on its value; what they find is added to `errors`. Throws CannotValidate where Kong itself fails. */
export function runEntityChecks(
  definition: LuaTable,
  value: LuaTable,
  place: Place | undefined,
  errors: ErrorTree,
  on: Validation,
  validateField: ValidateField,
): void {
  const checks = definition.get('entity_checks');
  if (checks instanceof LuaUnknown) on.assume(checks.reason);
  if (!(checks instanceof LuaTable)) return;
  // Of a plugin's own checks the loader only ever sees what they make of defaults.
  if (on.complete === undefined && checks.place !== undefined) {
    on.assume('entity checks of a default');
    return;
  }
  for (const { value: check } of checks.list()) {
    if (!(check instanceof LuaTable)) continue;
    for (const { key, value: argument } of check.fields.values()) {
      const checker = typeof key === 'string' ? own(CHECKERS, key) : undefined;
      if (checker === undefined || !(argument instanceof LuaTable)) continue;
      runCheck(checker, { definition, whole: value, input: value, argument, errors, place, on, validateField });
    }
  }
}

function runCheck(checker: Checker, checked: Checked): void {
  const { argument, input, errors, definition, place, on } = checked;
  const projection = new LuaTable();
  const missing: string[] = [];
  let [isInvalid, isThere] = [false, on.complete === undefined];
  for (const source of checker.sources ?? ['']) {
    const named = source === '' ? argument : argument.get(source);
    const isNeeded = checker.needed?.includes(source) ?? true;
    for (const name of named instanceof LuaString ? [named.text] : names(named)) {
      const value = fieldAt(input, name);
      if (value !== undefined) isThere = true;
      else if (on.complete !== undefined && isNeeded && checker.withMissing !== true) {
        if (!truthy(argument.get('run_with_missing_fields'))) missing.push(name);
      }
      // A reference to a vault is nothing that could be compared.
      if (isReference(value) && truthy(definitionAt(definition, name)?.get('referenceable'))) return;
      if (errors.parts.has(name)) isInvalid = true;
      setAt(projection, name, value);
    }
  }
  if (isInvalid && checker.withInvalid !== true && !truthy(argument.get('run_with_invalid_fields'))) return;
  if (!isThere && checker.withMissing !== true) return;
  if (missing.length > 0) {
    for (const name of missing) setError(errors, name, { message: 'field required for entity check', place });
    return;
  }
  const complaint = checker.check({ ...checked, input: projection });
  if (complaint !== undefined) errors.addEntityError({ message: complaint.message, place });
}
