// The validators a field definition may name, in the order Kong runs them (validators_order of kong/db/schema/init.lua): each says what is
// wrong with a value, or undefined. What Lua itself would refuse (comparing a string with a number) Kong reports as CannotValidate.
import { isPcre } from '../../kong/validators/regex';
import { BudgetExceeded, LuaError } from '../../lua/errors';
import { equals } from '../../lua/operators';
import { captureAt, findMatch, PatternError, readPattern } from '../../lua/library/pattern';
import { LuaFunction, LuaString, LuaTable, LuaUnknown, type Value } from '../../lua/values';
import { CannotValidate, luaText, stringOf, type Validation } from './validation';

type Validator = (value: Value, argument: Value, type: string | undefined, on: Validation) => string | undefined;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function number(value: Value): number {
  if (typeof value === 'number') return value;
  throw new CannotValidate();
}

/** Equal, not equal, or undefined when it is not known. */
function isEqual(left: Value, right: Value, on: Validation): boolean | undefined {
  const answer = equals(on.machine, left, right);
  if (typeof answer === 'boolean') return answer;
  on.assume(answer.reason);
  return undefined;
}

function list(value: Value): Value[] {
  return value instanceof LuaTable ? value.list().map((entry) => entry.value) : [];
}

function matches(value: Value, pattern: Value, on: Validation): boolean {
  if (!(value instanceof LuaString) || !(pattern instanceof LuaString)) throw new CannotValidate();
  try {
    const match = findMatch(value.value, readPattern(pattern.value), 0, (count) => on.machine.step(count));
    // Lua refuses a capture that is not finished when it is read.
    match?.captures.forEach((_, i) => captureAt(value.value, match, i));
    return match !== undefined;
  } catch (error) {
    if (error instanceof PatternError) throw new CannotValidate();
    throw error;
  }
}

/** The options of one_of and not_one_of as Kong joins them for its message, which only texts and numbers can be. */
function joinedOptions(options: Value): string {
  if (!(options instanceof LuaTable)) throw new CannotValidate();
  return list(options)
    .map((option) => {
      if (!(option instanceof LuaString) && typeof option !== 'number') throw new CannotValidate();
      return luaText(option);
    })
    .join(', ');
}

const oneOf: Validator = (value, options, _type, on) =>
  list(options).some((option) => isEqual(value, option, on) !== false) ? undefined : `expected one of: ${joinedOptions(options)}`;

const notOneOf: Validator = (value, options, _type, on) =>
  list(options).some((option) => isEqual(value, option, on) === true)
    ? `must not be one of: ${joinedOptions(options)}`
    : undefined;

function length(wrong: (length: number, wanted: number) => boolean, words: string): Validator {
  return (value, wanted, type) => {
    const limit = number(wanted);
    if (!(value instanceof LuaString) && !(value instanceof LuaTable)) throw new CannotValidate();
    if (value instanceof LuaTable && value.open) return undefined;
    const size = value instanceof LuaString ? value.value.length : value.length() + (type === 'map' ? value.fields.size : 0);
    return wrong(size, limit) ? `length must be ${words}${limit}` : undefined;
  };
}

/** The patterns of match_all and match_none with their own messages; the first that is not as wanted speaks. */
function everyPattern(wanted: boolean): Validator {
  return (value, patterns, _type, on) => {
    for (const item of list(patterns)) {
      if (!(item instanceof LuaTable)) throw new CannotValidate();
      if (matches(value, item.get('pattern'), on) !== wanted)
        return stringOf(item.get('err')) ?? `invalid value: ${luaText(value)}`;
    }
    return undefined;
  };
}

const matchAny: Validator = (value, argument, _type, on) => {
  if (!(argument instanceof LuaTable)) throw new CannotValidate();
  if (list(argument.get('patterns')).some((pattern) => matches(value, pattern, on))) return undefined;
  return stringOf(argument.get('err')) ?? `invalid value: ${luaText(value)}`;
};

/** A validator of the plugin's own is evaluated; only an answer that is known counts. */
const customValidator: Validator = (value, validate, _type, on) => {
  if (!(validate instanceof LuaFunction)) throw new CannotValidate();
  try {
    const answers = on.machine.call(validate, [value]);
    const [ok, message] = answers;
    if (ok instanceof LuaUnknown || (ok === undefined && answers.more !== undefined))
      on.assume('the answer of a custom validator');
    else if (ok === undefined || ok === false) return stringOf(message) ?? `failed validating: ${luaText(value)}`;
  } catch (error) {
    if (error instanceof BudgetExceeded || error instanceof RangeError) on.assume('a custom validator that takes too much work');
    else if (error instanceof LuaError) throw new CannotValidate();
    else throw error;
  }
  return undefined;
};

/** A definition that says `false` asks as well. */
const isRegex: Validator = (value, _wanted, _type, on) => {
  if (!(value instanceof LuaString)) throw new CannotValidate();
  const answer = isPcre(value.value);
  if (answer === undefined) on.assume('whether a text is a regular expression of PCRE');
  return answer === false ? `not a valid regex: ${value.text}` : undefined;
};

/** The elements may come from one of the subsets only. An element that is in several counts for the last. */
const exclusiveSubsets: Validator = (value, subsets, _type, on) => {
  const owner = new Map<string, LuaTable>();
  for (const subset of list(subsets)) {
    if (subset instanceof LuaTable) for (const item of list(subset)) if (item instanceof LuaString) owner.set(item.value, subset);
  }
  const used = new Set<LuaTable>();
  for (const item of list(value)) {
    if (item instanceof LuaUnknown) on.assume(item.reason);
    const subset = item instanceof LuaString ? owner.get(item.value) : undefined;
    if (subset !== undefined) used.add(subset);
  }
  if (used.size <= 1) return undefined;
  const quoted = (subset: LuaTable): string =>
    `(${list(subset)
      .map((item) => `'${luaText(item)}'`)
      .join(', ')})`;
  return `these sets are mutually exclusive: ${[...used].map(quoted).join(', ')}`;
};

export const VALIDATORS: readonly (readonly [name: string, check: Validator])[] = [
  ['eq', (value, wanted, _type, on) => (isEqual(value, wanted, on) === false ? `value must be ${luaText(wanted)}` : undefined)],
  [
    'ne',
    (value, refused, _type, on) => (isEqual(value, refused, on) === true ? `value must not be ${luaText(value)}` : undefined),
  ],
  ['not_one_of', notOneOf],
  ['one_of', oneOf],
  ['gt', (value, limit) => (number(value) > number(limit) ? undefined : `value must be greater than ${luaText(limit)}`)],
  ['timestamp', (value) => (number(value) > 0 ? undefined : 'expected a valid timestamp')],
  ['uuid', (value) => (UUID.test(stringOf(value) ?? '') ? undefined : 'expected a valid UUID')],
  ['is_regex', isRegex],
  [
    'between',
    (value, limits) => {
      const [low, high] = list(limits).map(number);
      if (low === undefined || high === undefined) throw new CannotValidate();
      const size = number(value);
      // `%d` of LuaJIT cuts fractions off.
      return size < low || size > high ? `value should be between ${Math.trunc(low)} and ${Math.trunc(high)}` : undefined;
    },
  ],
  ['len_eq', length((size, wanted) => size !== wanted, '')],
  ['len_min', length((size, wanted) => size < wanted, 'at least ')],
  ['len_max', length((size, wanted) => size > wanted, 'at most ')],
  [
    'starts_with',
    (value, start) => {
      if (!(value instanceof LuaString) || !(start instanceof LuaString)) throw new CannotValidate();
      return value.value.startsWith(start.value) ? undefined : `should start with: ${start.text}`;
    },
  ],
  ['not_match', (value, pattern, _type, on) => (matches(value, pattern, on) ? `invalid value: ${luaText(value)}` : undefined)],
  ['match_none', everyPattern(false)],
  ['match', (value, pattern, _type, on) => (matches(value, pattern, on) ? undefined : `invalid value: ${luaText(value)}`)],
  ['match_all', everyPattern(true)],
  ['match_any', matchAny],
  [
    'contains',
    (value, wanted, _type, on) =>
      list(value).some((item) => isEqual(item, wanted, on) !== false) ? undefined : `expected to contain: ${luaText(wanted)}`,
  ],
  ['custom_validator', customValidator],
  ['mutually_exclusive_subsets', exclusiveSubsets],
];
