// What a plugin's code reads from its configuration, and what each setting probably is, as its use shows.
import type { Expression, FunctionExpression, Variable } from '../../lua/ast';
import { parse } from '../../lua/parser';
import type { LuaSource } from '../../lua/source';
import { syntaxNodes, type SyntaxNode } from '../../lua/walk';
import { PHASES } from '../../kong/pdk/phases';
import { own } from '../../text/own';

export type GuessedType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'map' | 'record';

/** One setting that is read. */
export interface ConfigRead {
  name: string;
  type: GuessedType;
  /** The literal that stands in for it when it is missing, as Lua writes it. */
  default: string | undefined;
  fields: ConfigRead[];
}

interface Seen {
  votes: Map<GuessedType, number>;
  default: string | undefined;
  fields: Map<string, Seen>;
}

const CONFIG_NAMES = /^(?:plugin_?)?conf(?:ig)?(?:uration)?$/;
const PHASE_NAMES = new Set(PHASES.map(({ name }) => name));
/** Phases whose first parameter is not one configuration. */
const WITHOUT_CONFIG = new Set(['init_worker', 'configure']);
const STRONG = 10;
const BY_NAME = 3;
const WEAK = 1;
const MAX_DEPTH = 8;

/** Every setting that the sources read, in the order of the first read. */
export function configReads(sources: Iterable<LuaSource>): ConfigRead[] {
  const root = newSeen();
  for (const source of sources) {
    const { chunk } = parse(source, 'luajit');
    const all = [...syntaxNodes(chunk.body.block)];
    const configs = configVariables(all);
    if (configs.size === 0) continue;
    const parents = parentsOf(all);
    const uses = usesOf(all);
    for (const node of all) {
      if (node.kind === 'local' && configs.has(node.variable)) note(root, node, { parents, uses, configs });
    }
  }
  return result(root, 0);
}

function newSeen(): Seen {
  return { votes: new Map(), default: undefined, fields: new Map() };
}

/** The parameters that hold the configuration: of a phase, or by their name. */
function configVariables(all: readonly SyntaxNode[]): Set<Variable> {
  const variables = new Set<Variable>();
  const take = (key: string | undefined, { body }: FunctionExpression): void => {
    const own = body.parameters.filter(({ name }) => name !== 'self' && name !== '_');
    const byPhase = key !== undefined && PHASE_NAMES.has(key) && !WITHOUT_CONFIG.has(key) ? own[0] : undefined;
    for (const variable of own) if (variable === byPhase || CONFIG_NAMES.test(variable.name)) variables.add(variable);
  };
  for (const node of all) {
    if (node.kind === 'assign') {
      node.values.forEach((value, i) => {
        const target = node.targets[i];
        const key = target?.kind === 'index' && target.key.kind === 'string' ? target.key.value : undefined;
        if (value.kind === 'function') take(key, value);
      });
    } else if (node.kind === 'table') {
      for (const { key, value } of node.fields)
        if (value.kind === 'function') take(key?.kind === 'string' ? key.value : undefined, value);
    } else if (node.kind === 'function') take(undefined, node);
    else if (node.kind === 'localFunction') take(undefined, node.function);
  }
  return variables;
}

/** What is known of a file's nodes. */
interface Surroundings {
  /** Each one's nearest node above. */
  parents: ReadonlyMap<SyntaxNode, SyntaxNode>;
  uses: ReadonlyMap<Variable, readonly Expression[]>;
  configs: ReadonlySet<Variable>;
}

/** Where each local is used. */
function usesOf(all: readonly SyntaxNode[]): Map<Variable, Expression[]> {
  const uses = new Map<Variable, Expression[]>();
  for (const node of all) {
    if (node.kind !== 'local') continue;
    const known = uses.get(node.variable);
    if (known === undefined) uses.set(node.variable, [node]);
    else known.push(node);
  }
  return uses;
}

/** Each expression's nearest node above. */
function parentsOf(all: readonly SyntaxNode[]): Map<SyntaxNode, SyntaxNode> {
  const parents = new Map<SyntaxNode, SyntaxNode>();
  for (const node of all) {
    for (const below of childrenOf(node)) parents.set(below, node);
  }
  return parents;
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  const open: unknown[] = Object.entries(node).flatMap(([key, value]): unknown[] => (key === 'source' ? [] : [value]));
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if ('kind' in value && 'start' in value) children.push(value as SyntaxNode);
    else
      for (const below of Array.isArray(value)
        ? (value as unknown[])
        : Object.entries(value).flatMap(([k, v]): unknown[] => (k === 'source' ? [] : [v])))
        open.push(below);
  }
  return children;
}

/** Follows `conf.a.b` from the variable outwards and notes what the last part is used for. */
function note(root: Seen, start: Expression, { parents, uses, configs }: Surroundings): void {
  let at: Expression = start;
  let seen = root;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const parent = parents.get(at);
    if (parent?.kind !== 'index' || parent.object !== at) break;
    if (parent.key.kind !== 'string') {
      vote(seen, parent.key.kind === 'number' ? 'array' : 'map', STRONG);
      return;
    }
    // What is asked of a string (`conf.name:lower()` is a method; `conf.list.n` is not).
    if (seen !== root) vote(seen, 'record', STRONG);
    const name = parent.key.value;
    const next = seen.fields.get(name) ?? newSeen();
    seen.fields.set(name, next);
    seen = next;
    at = parent;
  }
  if (seen === root) return;
  const parent = parents.get(at);
  if (parent === undefined) return;
  // A local that is given the setting, and read like it.
  if (parent.kind === 'localStatement') {
    const variable = parent.variables[parent.values.indexOf(at)];
    if (variable !== undefined && !configs.has(variable)) {
      for (const use of uses.get(variable) ?? []) follow(seen, use, parents);
    }
    return;
  }
  usedAs(seen, at, parent, parents);
}

/** A use of a local that holds a setting: its fields are the setting's fields. */
function follow(seen: Seen, use: Expression, parents: ReadonlyMap<SyntaxNode, SyntaxNode>): void {
  const parent = parents.get(use);
  if (parent === undefined) return;
  if (parent.kind === 'index' && parent.object === use && parent.key.kind === 'string') {
    vote(seen, 'record', STRONG);
    const next = seen.fields.get(parent.key.value) ?? newSeen();
    seen.fields.set(parent.key.value, next);
    const above = parents.get(parent);
    if (above !== undefined) usedAs(next, parent, above, parents);
  } else usedAs(seen, use, parent, parents);
}

const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '^']);
const COMPARISON = new Set(['<', '<=', '>', '>=']);
/** What functions want of an argument, by the end of their name. */
const WANTS: Readonly<Record<string, GuessedType>> = {
  ipairs: 'array',
  pairs: 'map',
  next: 'map',
  unpack: 'array',
  'table.concat': 'array',
  'math.floor': 'number',
  'math.ceil': 'number',
  'math.random': 'number',
  'ngx.sleep': 'number',
  'ngx.re.match': 'string',
  'ngx.re.find': 'string',
  tonumber: 'string',
};

function usedAs(seen: Seen, at: Expression, parent: SyntaxNode, parents: ReadonlyMap<SyntaxNode, SyntaxNode>): void {
  switch (parent.kind) {
    case 'binary': {
      const other = parent.left === at ? parent.right : parent.left;
      if (parent.operator === '..') vote(seen, 'string', STRONG);
      else if (ARITHMETIC.has(parent.operator)) vote(seen, 'number', STRONG);
      else if (COMPARISON.has(parent.operator)) vote(seen, other.kind === 'string' ? 'string' : 'number', STRONG);
      else voteLiteral(seen, other);
      return;
    }
    case 'logical':
      if (parent.operator === 'or' && parent.left === at && voteLiteral(seen, parent.right)) {
        seen.default ??= parent.right.kind === 'table' ? undefined : parent.right.source.text(parent.right);
      } else {
        const above = parents.get(parent);
        if (above?.kind === 'if' || parent.operator === 'and') vote(seen, 'boolean', WEAK);
      }
      return;
    case 'unary':
      if (parent.operator === '#') vote(seen, 'array', WEAK + WEAK);
      else vote(seen, parent.operator === '-' ? 'number' : 'boolean', parent.operator === '-' ? STRONG : WEAK);
      return;
    case 'paren': {
      const above = parents.get(parent);
      if (above !== undefined) usedAs(seen, parent, above, parents);
      return;
    }
    case 'method':
      if (parent.object === at) vote(seen, 'string', STRONG);
      return;
    case 'call': {
      if (parent.callee === at) return;
      const name = calledName(parent.callee);
      const wanted = name.startsWith('string.') || name.startsWith('str_') ? 'string' : own(WANTS, name);
      if (wanted !== undefined) vote(seen, wanted, STRONG);
      return;
    }
    case 'if':
    case 'while':
    case 'repeat':
      vote(seen, 'boolean', WEAK);
      return;
    case 'numericFor':
      vote(seen, 'number', STRONG);
      return;
    default:
  }
}

function calledName(callee: Expression): string {
  if (callee.kind === 'global') return callee.name;
  if (callee.kind === 'local') return callee.variable.name;
  if (callee.kind !== 'index' || callee.key.kind !== 'string') return '';
  return `${calledName(callee.object)}.${callee.key.value}`;
}

/** Notes the type of a literal that the setting is compared with or replaced by. */
function voteLiteral(seen: Seen, literal: Expression): boolean {
  const type = LITERALS[literal.kind];
  if (type === undefined) return false;
  vote(seen, literal.kind === 'number' && Number.isInteger(literal.value) ? 'integer' : type, STRONG);
  return true;
}

const LITERALS: Readonly<Record<string, GuessedType>> = {
  string: 'string',
  number: 'number',
  true: 'boolean',
  false: 'boolean',
  table: 'array',
};

function vote(seen: Seen, type: GuessedType, weight: number): void {
  seen.votes.set(type, (seen.votes.get(type) ?? 0) + weight);
}

/** What a name says by itself. */
const NAMES: readonly { pattern: RegExp; type: GuessedType }[] = [
  {
    pattern: /(?:^|_)(?:port|count|limit|size|max|min|retries|status|status_code|ttl|interval|seconds|ms|timeout)$/,
    type: 'integer',
  },
  {
    pattern: /^(?:is|has|use|enable|allow|hide|keep|skip|with|should)_|(?:^|_)enabled?$|^(?:enabled|disabled|verbose|debug)$/,
    type: 'boolean',
  },
  {
    pattern: /(?:^|_)(?:headers|names|methods|paths|hosts|ids|keys|list|whitelist|blacklist|allow|deny|scopes|roles)$/,
    type: 'array',
  },
];

function result(seen: Seen, depth: number): ConfigRead[] {
  return [...seen.fields].map(([name, field]) => {
    const votes = new Map(field.votes);
    const byName = NAMES.find(({ pattern }) => pattern.test(name))?.type;
    if (byName !== undefined) votes.set(byName, (votes.get(byName) ?? 0) + BY_NAME);
    const [type = 'string'] = [...votes].sort(([, a], [, b]) => b - a).map(([candidate]) => candidate);
    // Whole numbers in one place and arithmetic in another are numbers.
    const guessed = type === 'integer' && (votes.get('number') ?? 0) >= STRONG ? 'number' : type;
    const isRecord = guessed === 'record' && depth < MAX_DEPTH;
    return { name, type: guessed, default: fitting(field.default, guessed), fields: isRecord ? result(field, depth + 1) : [] };
  });
}

/** A default that Kong would accept for the type. */
function fitting(value: string | undefined, type: GuessedType): string | undefined {
  if (value === undefined) return undefined;
  const isString = /^["']/.test(value);
  const isNumber = /^[\d.]/.test(value);
  const isBoolean = value === 'true' || value === 'false';
  const fits = {
    string: isString,
    number: isNumber,
    integer: isNumber,
    boolean: isBoolean,
    array: false,
    map: false,
    record: false,
  };
  return fits[type] ? value : undefined;
}
