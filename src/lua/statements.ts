// Statements: how they change the frame, and how they may leave a block. When a condition is not known every way is tried,
// and what the ways do not agree about becomes unknown.
import type { Block, Expression, Statement, Assignable } from './ast';
import { LuaError } from './errors';
import { closure, evaluate, evaluateList } from './expressions';
import { forget, merge } from './branchWrites';
import type { Frame, Machine } from './machine';
import { describe } from './names';
import { decide, toNumber } from './operators';
import { iterate } from './iteration';
import { LuaString, LuaTable, LuaUnknown, same, typeName, type Value, type Values } from './values';
import type { Place } from './source';

/** How a statement may end; several at once when it is not known which. */
interface Completion {
  normal: boolean;
  breaks?: boolean;
  returns?: Values | undefined;
  goto?: ReadonlySet<string>;
}

const NORMAL: Completion = { normal: true };

/** Runs a function's body; gives what it returns. */
export function runFrame(frame: Frame, machine: Machine): Values {
  const { returns, normal } = runBlock(machine, frame, frame.body.block);
  if (returns === undefined) return [];
  return normal ? mergeValues(returns, [], machine.unknown('a return that may not be reached')) : returns;
}

function runBlock(machine: Machine, frame: Frame, block: Block): Completion {
  machine.deeper();
  const completion = runFrom(machine, frame, block, 0);
  machine.shallower();
  return completion;
}

function runFrom(machine: Machine, frame: Frame, block: Block, first: number): Completion {
  const { statements } = block;
  for (let i = first; i < statements.length; i++) {
    const statement = statements[i];
    if (statement === undefined) break;
    machine.step();
    machine.place = statement;
    const { tested } = machine;
    const completion = runStatement(machine, frame, statement);
    if (completion === NORMAL) {
      // Every way goes on: what the statement asked for may be nil again. Where one left, what goes on was asked for.
      machine.tested = tested;
      continue;
    }
    const ways: (() => Completion)[] = [];
    const { goto: labels, ...rest } = completion;
    const elsewhere = new Set(labels);
    for (const label of labels ?? []) {
      const at = statements.findIndex((other) => other.kind === 'label' && other.name === label);
      if (at < 0) continue;
      elsewhere.delete(label);
      ways.push(() => runFrom(machine, frame, block, at));
    }
    const leaving: Completion = { ...rest, normal: false, ...(elsewhere.size > 0 ? { goto: elsewhere } : {}) };
    const leaves = leaving.breaks === true || leaving.returns !== undefined || elsewhere.size > 0;
    if (leaves) ways.push(() => leaving);
    if (completion.normal) ways.push(() => runFrom(machine, frame, block, i + 1));
    machine.deeper();
    const result = oneOf(machine, ways);
    machine.shallower();
    return result;
  }
  return NORMAL;
}

/** Tries every way of going on and joins them; a single way is simply taken. */
function oneOf(machine: Machine, ways: readonly (() => Completion)[]): Completion {
  const [only] = ways;
  if (ways.length === 1 && only !== undefined) return only();
  const outcomes = ways.map((way) => machine.attempt(way));
  const unknown = machine.unknown('a value that depends on a condition which is not known');
  const reached: { result: Completion; written: (typeof outcomes)[number]['written'] }[] = [];
  let error: LuaError | undefined;
  for (const { result, written } of outcomes) {
    if (result instanceof LuaError) {
      error ??= result;
      machine.noteError(result);
    } else reached.push({ result, written });
  }
  if (reached.length === 0 && error !== undefined) throw error;
  merge(
    reached.map((outcome) => outcome.written),
    machine,
    unknown,
  );
  return reached.map((outcome) => outcome.result).reduce((a, b) => joinCompletions(a, b, unknown), { normal: false });
}

function joinCompletions(a: Completion, b: Completion, unknown: LuaUnknown): Completion {
  if (a === NORMAL && b === NORMAL) return NORMAL;
  const returns = a.returns && b.returns ? mergeValues(a.returns, b.returns, unknown) : (a.returns ?? b.returns);
  const labels = new Set([...(a.goto ?? []), ...(b.goto ?? [])]);
  const breaks = a.breaks === true || b.breaks === true;
  const normal = a.normal || b.normal;
  if (normal && !breaks && returns === undefined && labels.size === 0) return NORMAL;
  return { normal, breaks, returns, ...(labels.size > 0 ? { goto: labels } : {}) };
}

function mergeValues(a: Values, b: Values, unknown: LuaUnknown): Values {
  const values: Values = [];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const left = i < a.length ? a[i] : a.more;
    values.push(same(left, i < b.length ? b[i] : b.more) ? left : unknown);
  }
  const more = a.more ?? b.more;
  if (more !== undefined) values.more = more;
  return values;
}

function runStatement(machine: Machine, frame: Frame, node: Statement): Completion {
  switch (node.kind) {
    case 'localStatement': {
      const values = evaluateList(machine, frame, node.values);
      node.variables.forEach((variable, i) => {
        const cell = { value: undefined };
        frame.slots[variable.slot] = cell;
        machine.writeCell(cell, valueAt(values, i));
      });
      return NORMAL;
    }
    case 'assign':
      assign(machine, frame, node.targets, node.values, node);
      return NORMAL;
    case 'callStatement':
      evaluateList(machine, frame, [node.call]);
      return NORMAL;
    case 'localFunction': {
      const cell = (frame.slots[node.variable.slot] = { value: undefined as Value });
      machine.writeCell(cell, closure(frame, node.function, node.variable.name));
      return NORMAL;
    }
    case 'do':
      return runBlock(machine, frame, node.block);
    case 'if':
      return runIf(machine, frame, node, 0);
    case 'while':
      return runLoop(
        machine,
        () => decide(machine, evaluate(machine, frame, node.condition)),
        () => runBlock(machine, frame, node.block),
      );
    case 'repeat': {
      let again: boolean | undefined = true;
      return runLoop(
        machine,
        () => again,
        () => {
          const completion = runBlock(machine, frame, node.block);
          if (completion.normal) again = invert(decide(machine, evaluate(machine, frame, node.condition)));
          return completion;
        },
      );
    }
    case 'numericFor':
      return runNumericFor(machine, frame, node);
    case 'genericFor':
      return runGenericFor(machine, frame, node);
    case 'return':
      return { normal: false, returns: evaluateList(machine, frame, node.values) };
    case 'break':
      return { normal: false, breaks: true };
    case 'goto':
      return { normal: false, goto: new Set([node.name]) };
    case 'label':
      return NORMAL;
  }
}

function invert(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function valueAt(values: Values, index: number): Value {
  return index < values.length ? values[index] : values.more;
}

function assign(
  machine: Machine,
  frame: Frame,
  targets: readonly Assignable[],
  nodes: readonly Expression[],
  place: Place,
): void {
  // Lua evaluates objects and keys of the targets before the values.
  const homes = targets.map((target) => {
    if (target.kind !== 'index') return { object: undefined, key: undefined };
    return { object: evaluate(machine, frame, target.object), key: evaluate(machine, frame, target.key) };
  });
  const values = evaluateList(machine, frame, nodes);
  for (let i = targets.length - 1; i >= 0; i--) {
    const target = targets[i];
    if (target === undefined) continue;
    const value = valueAt(values, i);
    machine.place = target;
    if (target.kind === 'local') {
      machine.writeCell((frame.slots[target.slot] ??= { value: undefined }), value);
      continue;
    }
    const node = nodes[i] ?? nodes.at(-1) ?? target;
    const entry = {
      value,
      keyPlace: target.kind === 'index' ? target.key : target,
      valuePlace: node,
      place,
    };
    if (target.kind === 'global') machine.setIndex(frame.globals, new LuaString(target.name), entry);
    else machine.setIndex(homes[i]?.object, homes[i]?.key, entry, describe(target.object));
  }
}

function runIf(machine: Machine, frame: Frame, node: Extract<Statement, { kind: 'if' }>, from: number): Completion {
  for (let i = from; i < node.clauses.length; i++) {
    const clause = node.clauses[i];
    if (clause === undefined) break;
    const known = decide(machine, evaluate(machine, frame, clause.condition));
    if (known === true) return runBlock(machine, frame, clause.block);
    if (known === undefined) {
      return oneOf(machine, [() => runBlock(machine, frame, clause.block), () => runIf(machine, frame, node, i + 1)]);
    }
  }
  return node.otherwise === undefined ? NORMAL : runBlock(machine, frame, node.otherwise);
}

/** A loop: `again` says whether to go on, undefined when that is not known; `body` is one turn. */
function runLoop(machine: Machine, again: () => boolean | undefined, body: () => Completion): Completion {
  for (;;) {
    machine.step();
    const go = again();
    if (go === false) return NORMAL;
    if (go === undefined) return runUnknownTimes(machine, body);
    const { normal, breaks, returns, goto } = body();
    const leaves = returns !== undefined || goto !== undefined;
    if (!normal) return leaves ? { normal: breaks === true, returns, ...(goto ? { goto } : {}) } : NORMAL;
    if (breaks !== true && !leaves) continue;
    const rest = runUnknownTimes(machine, body);
    return joinCompletions(
      { normal: breaks === true, returns, ...(goto ? { goto } : {}) },
      rest,
      machine.unknown('a loop that may end early'),
    );
  }
}

/** A loop whose turns nobody can count: what it writes is unknown afterwards, also for its own next turn. */
function runUnknownTimes(machine: Machine, body: () => Completion): Completion {
  const unknown = machine.unknown('a loop whose turns are not known');
  const first = machine.attempt(body);
  forget(first.written, machine, unknown);
  const { result, written } = machine.attempt(body);
  forget(written, machine, unknown);
  if (result instanceof LuaError) {
    machine.noteError(result);
    return NORMAL;
  }
  return joinCompletions(NORMAL, { ...result, breaks: false }, unknown);
}

function runNumericFor(machine: Machine, frame: Frame, node: Extract<Statement, { kind: 'numericFor' }>): Completion {
  const values = [
    evaluate(machine, frame, node.from),
    evaluate(machine, frame, node.to),
    node.step === undefined ? 1 : evaluate(machine, frame, node.step),
  ];
  machine.place = node;
  const turn = (value: Value) => (): Completion => {
    frame.slots[node.variable.slot] = { value };
    return runBlock(machine, frame, node.block);
  };
  const unknown = values.find((value) => value instanceof LuaUnknown);
  if (unknown !== undefined) return runUnknownTimes(machine, turn(unknown));
  const [from = 0, to = 0, step = 0] = values.map((value, i) => {
    const number = toNumber(value);
    return number ?? machine.fail(`'for' ${['initial value', 'limit', 'step'][i] ?? ''} must be a number`);
  });
  const down = step < 0 || Object.is(step, -0);
  let at: number | undefined;
  return runLoop(
    machine,
    () => {
      at = at === undefined ? from : at + step;
      return down ? at >= to : at <= to;
    },
    () => turn(at)(),
  );
}

function runGenericFor(machine: Machine, frame: Frame, node: Extract<Statement, { kind: 'genericFor' }>): Completion {
  const [iterator, state, control] = padded(evaluateList(machine, frame, node.values), 3);
  machine.place = node;
  const turn = (values: Values) => (): Completion => {
    node.variables.forEach((variable, i) => {
      frame.slots[variable.slot] = { value: valueAt(values, i) };
    });
    return runBlock(machine, frame, node.block);
  };
  const anything = (unknown: LuaUnknown): Completion =>
    runUnknownTimes(machine, turn(Object.assign([] as Values, { more: unknown })));
  if (iterator instanceof LuaUnknown) return anything(iterator);
  if (iterator === undefined || typeof iterator !== 'object') machine.fail(`attempt to call a ${typeName(iterator)} value`);
  const next = iterate(machine, iterator, state, control);
  let current: Values = [];
  const completion = runLoop(
    machine,
    () => {
      machine.place = node;
      current = next();
      const [first] = padded(current, 1);
      return first instanceof LuaUnknown ? undefined : first !== undefined;
    },
    () => turn(current)(),
  );
  if (!(state instanceof LuaTable && state.open) || completion !== NORMAL) return completion;
  return anything(machine.unknown('a table that may hold more'));
}

function padded(values: Values, count: number): Values {
  return Array.from({ length: count }, (_, i) => valueAt(values, i));
}
