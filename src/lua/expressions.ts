// Expressions to values, one branch a kind of node.
import type { Expression, FunctionExpression, TableExpression, TableField } from './ast';
import type { Frame, Machine } from './machine';
import { describe } from './names';
import { binary, decide, unary } from './operators';
import { LuaError } from './errors';
import { merge } from './branchWrites';
import {
  LuaFunction,
  LuaString,
  LuaTable,
  LuaUnknown,
  keyOf,
  same,
  type Cell,
  type Key,
  type Value,
  type Values,
} from './values';

/** The one value of an expression. */
export function evaluate(machine: Machine, frame: Frame, node: Expression): Value {
  switch (node.kind) {
    case 'nil':
      return undefined;
    case 'true':
      return true;
    case 'false':
      return false;
    case 'number':
      return node.value;
    case 'string':
      return new LuaString(node.value, { kind: 'literal', place: node });
    case 'local':
      return frame.slots[node.slot]?.value;
    default:
  }
  machine.step();
  machine.deeper();
  const value = compound(machine, frame, node);
  machine.shallower();
  return value;
}

function compound(machine: Machine, frame: Frame, node: Expression): Value {
  switch (node.kind) {
    case 'global': {
      machine.place = node;
      const value = machine.index(frame.globals, new LuaString(node.name));
      if (value === undefined) machine.noteUndefined(node.name, node);
      return value;
    }
    case 'index': {
      const object = evaluate(machine, frame, node.object);
      const key = evaluate(machine, frame, node.key);
      machine.place = node;
      return machine.index(object, key, describe(node.object));
    }
    case 'call':
    case 'method':
      return evaluateMulti(machine, frame, node)[0];
    case 'vararg':
      return frame.varargs.length > 0 ? frame.varargs[0] : frame.varargs.more;
    case 'function':
      return closure(frame, node, '');
    case 'table':
      return table(machine, frame, node);
    case 'paren':
      return evaluate(machine, frame, node.inner);
    case 'logical': {
      const left = evaluate(machine, frame, node.left);
      const known = decide(machine, left);
      if (known !== undefined) return known === (node.operator === 'and') ? evaluate(machine, frame, node.right) : left;
      return perhaps(machine, left, () => evaluate(machine, frame, node.right));
    }
    case 'unary': {
      const operand = evaluate(machine, frame, node.operand);
      machine.place = node;
      if (node.operator !== 'not') return unary(machine, node.operator, operand, node.operand);
      const known = decide(machine, operand);
      return known === undefined ? machine.unknown('a condition that is not known') : !known;
    }
    case 'binary': {
      const left = evaluate(machine, frame, node.left);
      const right = evaluate(machine, frame, node.right);
      machine.place = node;
      return binary(machine, node.operator, left, right, node);
    }
    case 'cdata':
      machine.place = node;
      return machine.unknown('a LuaJIT number');
    case 'missing':
      machine.place = node;
      return machine.unknown('code that does not parse');
    default:
      return evaluate(machine, frame, node);
  }
}

/** The right side of `and`/`or` when the left side is not known: it may or may not be evaluated. */
function perhaps(machine: Machine, left: Value, right: () => Value): Value {
  const { result, written } = machine.attempt(right);
  const unknown = machine.unknown(left instanceof LuaUnknown ? left.reason : 'a condition that is not known');
  if (result instanceof LuaError) machine.noteError(result);
  else {
    merge([written, { cells: new Map(), tables: new Map() }], machine, unknown);
    if (same(result, left)) return left;
  }
  return unknown;
}

/** All values of an expression that may give several. */
export function evaluateMulti(machine: Machine, frame: Frame, node: Expression): Values {
  if (node.kind === 'vararg') return copy(frame.varargs);
  if (node.kind !== 'call' && node.kind !== 'method') return [evaluate(machine, frame, node)];
  machine.deeper();
  let callee: Value;
  const first: Value[] = [];
  if (node.kind === 'method') {
    const object = evaluate(machine, frame, node.object);
    machine.place = node;
    callee = machine.index(object, new LuaString(node.name.value), describe(node.object));
    first.push(object);
  } else callee = evaluate(machine, frame, node.callee);
  const args = evaluateList(machine, frame, node.arguments, first);
  machine.place = node;
  const values = machine.call(callee, args, describe(node.kind === 'method' ? node : node.callee));
  machine.shallower();
  return values;
}

/** A list of expressions; the last one gives all its values. */
export function evaluateList(machine: Machine, frame: Frame, nodes: readonly Expression[], first: Value[] = []): Values {
  const values: Values = first;
  nodes.forEach((node, i) => {
    if (i < nodes.length - 1) values.push(evaluate(machine, frame, node));
    else {
      const last = evaluateMulti(machine, frame, node);
      for (const value of last) values.push(value);
      if (last.more !== undefined) values.more = last.more;
    }
  });
  return values;
}

function copy(values: Values): Values {
  const result: Values = [...values];
  if (values.more !== undefined) result.more = values.more;
  return result;
}

/** A function value that closes over the cells of this frame. */
export function closure(frame: Frame, node: FunctionExpression, name: string): LuaFunction {
  const upvalues = node.body.upvalues.map((link): Cell => (frame.slots[link.outer] ??= { value: undefined }));
  return new LuaFunction(name, undefined, { body: node.body, upvalues, source: frame.source, globals: frame.globals });
}

function table(machine: Machine, frame: Frame, node: TableExpression): LuaTable {
  const result = new LuaTable(node);
  machine.charge(64);
  let next = 1;
  let keyedNumbers = false;
  const last = node.fields.at(-1);
  for (const field of node.fields) {
    if (field.key !== undefined) {
      if (typeof keyedField(machine, frame, result, field, field.key) === 'number') keyedNumbers = true;
      continue;
    }
    const values: Values = field === last ? evaluateMulti(machine, frame, field.value) : [evaluate(machine, frame, field.value)];
    for (const value of values) addField(machine, result, next++, undefined, value, field);
    if (values.more !== undefined) result.open = true;
  }
  result.listSlots = next - 1;
  result.listChanged = keyedNumbers;
  return result;
}

/** Sets a field that names its key, and gives that; nothing for an unknown key. */
function keyedField(machine: Machine, frame: Frame, table: LuaTable, field: TableField, keyNode: Expression): Key | undefined {
  const key = evaluate(machine, frame, keyNode);
  const value = evaluate(machine, frame, field.value);
  machine.place = field;
  if (key instanceof LuaUnknown) {
    machine.use(key);
    table.open = true;
    return undefined;
  }
  const name = keyOf(key);
  if (name === undefined) machine.fail(key === undefined ? 'table index is nil' : 'table index is NaN');
  const before = table.fields.get(name);
  if (before !== undefined) table.overwritten.push(before);
  addField(machine, table, name, key instanceof LuaString ? key : undefined, value, field);
  return name;
}

function addField(
  machine: Machine,
  table: LuaTable,
  key: Key,
  keyString: LuaString | undefined,
  value: Value,
  field: TableField,
): void {
  machine.writeField(table, key, {
    key,
    value,
    keyString,
    keyPlace: field.key,
    valuePlace: field.value,
    place: field,
    maybe: false,
  });
}
