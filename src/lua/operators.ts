// What operators do to values, with Lua's coercions and Lua's words when they fail.
import type { BinaryOperator, Expression } from './ast';
import type { HostMachine } from './hostFunction';
import { describe } from './names';
import { numberText } from './numbers';
import { numberOf } from './numerals';
import { bytesOf } from './source';
import { joined, LuaFunction, LuaString, LuaTable, LuaUnknown, same, typeName, type Value } from './values';

/** Lua's truth; undefined when it is not known. */
export function truth(value: Value): boolean | undefined {
  if (value instanceof LuaUnknown) return undefined;
  return value !== undefined && value !== false;
}

/** Lua's truth of a value that decides how to go on: from there on it is one that was asked for. */
export function decide(machine: HostMachine, value: Value): boolean | undefined {
  machine.test(value);
  return truth(value);
}

/** A value as a number, strings converted; undefined when it is none. */
export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof LuaString ? numberOf(value.value) : undefined;
}

/** A string or a number as a string; undefined for anything else. */
export function toLuaString(value: Value): LuaString | undefined {
  if (value instanceof LuaString) return value;
  return typeof value === 'number' ? new LuaString(numberText(value)) : undefined;
}

const ARITHMETIC: Partial<Record<BinaryOperator, { event: string; compute: (a: number, b: number) => number }>> = {
  '+': { event: '__add', compute: (a, b) => a + b },
  '-': { event: '__sub', compute: (a, b) => a - b },
  '*': { event: '__mul', compute: (a, b) => a * b },
  '/': { event: '__div', compute: (a, b) => a / b },
  '%': { event: '__mod', compute: (a, b) => a - Math.floor(a / b) * b },
  '^': { event: '__pow', compute: (a, b) => a ** b },
};

/** The operands' expressions, for the names in an error message. */
interface Operands {
  left: Expression;
  right: Expression;
}

/** `left operator right` for every operator except `and` and `or`. */
export function binary(machine: HostMachine, operator: BinaryOperator, left: Value, right: Value, nodes: Operands): Value {
  if (operator === '==' || operator === '~=') {
    const equal = equals(machine, left, right);
    return typeof equal === 'boolean' ? equal === (operator === '==') : equal;
  }
  const handled = overloaded(machine, operator, left, right);
  if (handled !== undefined) return handled.value;
  for (const operand of [left, right]) if (operand instanceof LuaUnknown) machine.use(operand);
  if (left instanceof LuaUnknown) return machine.unknown(left.reason);
  if (right instanceof LuaUnknown) return machine.unknown(right.reason);
  if (operator === '..') return concat(machine, left, right, nodes);
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic === undefined) return compare(machine, operator, left, right);
  const a = toNumber(left);
  const b = toNumber(right);
  if (a === undefined || b === undefined) {
    // luaG_aritherror blames the second operand when the first is a number.
    const [value, node] = a === undefined ? [left, nodes.left] : [right, nodes.right];
    return machine.fail(`attempt to perform arithmetic on ${named(node, value)}`);
  }
  return arithmetic.compute(a, b);
}

function concat(machine: HostMachine, left: Value, right: Value, nodes: Operands): Value {
  const a = toLuaString(left);
  const b = toLuaString(right);
  if (a === undefined || b === undefined) {
    const [value, node] = a === undefined ? [left, nodes.left] : [right, nodes.right];
    return machine.fail(`attempt to concatenate ${named(node, value)}`);
  }
  machine.charge(a.value.length + b.value.length);
  return joined([a, b]);
}

function compare(machine: HostMachine, operator: BinaryOperator, left: Value, right: Value): Value {
  let order: [number | string, number | string];
  if (typeof left === 'number' && typeof right === 'number') order = [left, right];
  else if (left instanceof LuaString && right instanceof LuaString) order = [left.value, right.value];
  else {
    // LuaJIT built with LUA52COMPAT, as Kong's is, turns `<=` into `<` before it gives up.
    const [a, b] = operator === '>' || operator === '<=' ? [right, left] : [left, right];
    const [first, second] = [typeName(a), typeName(b)];
    return machine.fail(
      first === second ? `attempt to compare two ${first} values` : `attempt to compare ${first} with ${second}`,
    );
  }
  const [a, b] = order;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

/** Whether two values are equal, as `==` sees it. */
export function equals(machine: HostMachine, left: Value, right: Value): boolean | LuaUnknown {
  machine.test(left);
  machine.test(right);
  if (left instanceof LuaUnknown) return machine.unknown(left.reason);
  if (right instanceof LuaUnknown) return machine.unknown(right.reason);
  if (same(left, right)) return true;
  if (!(left instanceof LuaTable && right instanceof LuaTable)) return false;
  const handler = machine.metamethod(left, '__eq');
  if (handler === undefined || handler !== machine.metamethod(right, '__eq')) return false;
  const result = truth(machine.call(handler, [left, right])[0]);
  return result ?? machine.unknown('the answer of __eq');
}

const EVENTS: Partial<Record<BinaryOperator, string>> = {
  '..': '__concat',
  '<': '__lt',
  '>': '__lt',
  '<=': '__le',
  '>=': '__le',
};

/** The answer of a metamethod, when an operand is a table that has one. */
function overloaded(machine: HostMachine, operator: BinaryOperator, left: Value, right: Value): { value: Value } | undefined {
  if (!(left instanceof LuaTable || right instanceof LuaTable)) return undefined;
  const event = ARITHMETIC[operator]?.event ?? EVENTS[operator] ?? '';
  const [first, second] = operator === '>' || operator === '>=' ? [right, left] : [left, right];
  const handler = machine.metamethod(first, event) ?? machine.metamethod(second, event);
  // Without `__le`, `a <= b` is `not (b < a)`.
  const opposite = event === '__le' && handler === undefined ? overloaded(machine, '<', second, first) : undefined;
  if (opposite !== undefined) {
    const less = truth(opposite.value);
    return { value: less === undefined ? opposite.value : !less };
  }
  if (handler === undefined) return undefined;
  const [value] = machine.call(handler, [first, second]);
  if (event !== '__lt' && event !== '__le') return { value };
  return { value: truth(value) ?? machine.unknown(`the answer of ${event}`) };
}

/** `-value` and `#value`. */
export function unary(machine: HostMachine, operator: '-' | '#', value: Value, node: Expression): Value {
  if (value instanceof LuaUnknown) machine.use(value);
  if (value instanceof LuaUnknown) return machine.unknown(value.reason);
  const handler = machine.metamethod(value, operator === '-' ? '__unm' : '__len');
  if (handler !== undefined && (operator === '-' || handler instanceof LuaFunction)) return machine.call(handler, [value])[0];
  if (operator === '#') {
    if (value instanceof LuaString) return value.value.length;
    if (value instanceof LuaTable) return lengthOf(machine, value);
    return machine.fail(`attempt to get length of ${named(node, value)}`);
  }
  const number = toNumber(value);
  return number === undefined ? machine.fail(`attempt to perform arithmetic on ${named(node, value)}`) : -number;
}

/** What `#` gives for a table without metatable. */
export function lengthOf(machine: HostMachine, table: LuaTable): number | LuaUnknown {
  if (table.open) return machine.unknown('the length of a table that may have grown');
  return table.knownLength() ?? machine.unknown('the length of a list with holes');
}

function named(node: Expression, value: Value): string {
  const name = describe(node);
  return name === '' ? `a ${typeName(value)} value` : `${name} (a ${typeName(value)} value)`;
}

/** What `tostring` gives; addresses of tables and functions are not known. */
export function toText(machine: HostMachine, value: Value): LuaString | LuaUnknown {
  if (value instanceof LuaUnknown) return machine.unknown(value.reason);
  const handler = machine.metamethod(value, '__tostring');
  if (handler !== undefined) {
    const [text] = machine.call(handler, [value]);
    return text instanceof LuaString ? text : machine.unknown('the answer of __tostring');
  }
  if (value === undefined || typeof value === 'boolean') return new LuaString(bytesOf(String(value ?? 'nil')));
  return toLuaString(value) ?? machine.unknown(`the address of a ${typeName(value)}`);
}
