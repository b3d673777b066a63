// Our syntax tree and luaparse's in one form: lists of kind, range and what is in it.
import luaparse from 'luaparse';
import type { Block, Chunk, Expression, FunctionBody, Statement, TableField, Variable } from '../../../../src/lua/ast';
import { Lexer } from '../../../../src/lua/lexer';
import type { Span } from '../../../../src/lua/source';

/** A node: its kind, where it begins and ends, then its parts; a list of nodes is a list. */
export type Tree = readonly unknown[];

// Ours

/** The statements of a chunk. */
export function ourTree(chunk: Chunk): Tree {
  return ourBlock(chunk.body.block);
}

const ours = (node: Span, kind: string, ...parts: unknown[]): Tree => [kind, node.start, node.end, ...parts];
const ourNames = (variables: readonly Variable[]): Tree => variables.map((variable) => ours(variable, 'name', variable.name));
const ourBlock = (block: Block): Tree => block.statements.map(ourStatement);
const ourFunction = (body: FunctionBody, place: Span): Tree =>
  // The `self` of a method is written nowhere.
  ours(place, 'function', ourNames(body.parameters.filter(({ start, end }) => start < end)), body.vararg, ourBlock(body.block));

function ourExpression(node: Expression): Tree {
  switch (node.kind) {
    case 'number':
    case 'string':
      return ours(node, node.kind, node.value);
    case 'local':
      return ours(node, 'name', node.variable.name);
    case 'global':
      return ours(node, 'name', node.name);
    case 'index':
      return ours(node, 'index', ourExpression(node.object), ourExpression(node.key));
    case 'call':
      return ours(node, 'call', ourExpression(node.callee), node.arguments.map(ourExpression));
    case 'method': {
      const { object, name } = node;
      const callee = ours({ start: node.start, end: name.end }, 'method', ourExpression(object), ourExpression(name));
      return ours(node, 'call', callee, node.arguments.map(ourExpression));
    }
    case 'function':
      return ourFunction(node.body, node);
    case 'table':
      return ours(node, 'table', node.fields.map(ourField));
    case 'unary':
      return ours(node, node.operator, ourExpression(node.operand));
    case 'binary':
    case 'logical':
      return ours(node, node.operator, ourExpression(node.left), ourExpression(node.right));
    case 'paren':
      // luaparse keeps no parentheses.
      return ourExpression(node.inner);
    default:
      return ours(node, node.kind);
  }
}

function ourField(field: TableField): Tree {
  return ours(field, 'field', field.key && ourExpression(field.key), ourExpression(field.value));
}

function ourStatement(node: Statement): Tree {
  switch (node.kind) {
    case 'localStatement':
      return ours(node, 'local', ourNames(node.variables), node.values.map(ourExpression));
    case 'assign':
      return ours(node, 'assign', node.targets.map(ourExpression), node.values.map(ourExpression));
    case 'callStatement':
      return ours(node, 'statement', ourExpression(node.call));
    case 'do':
      return ours(node, 'do', ourBlock(node.block));
    case 'while':
    case 'repeat':
      return ours(node, node.kind, ourExpression(node.condition), ourBlock(node.block));
    case 'if': {
      const clauses = node.clauses.map((clause) => [ourExpression(clause.condition), ourBlock(clause.block)]);
      return ours(node, 'if', clauses, node.otherwise && ourBlock(node.otherwise));
    }
    case 'numericFor': {
      const values = [node.from, node.to, ...(node.step ? [node.step] : [])];
      return ours(node, 'for', ourNames([node.variable]), values.map(ourExpression), ourBlock(node.block));
    }
    case 'genericFor':
      return ours(node, 'forIn', ourNames(node.variables), node.values.map(ourExpression), ourBlock(node.block));
    case 'localFunction':
      return ours(node, 'localFunction', ourNames([node.variable])[0], ourFunction(node.function.body, node.function));
    case 'return':
      return ours({ start: node.start, end: endOfReturn(node) }, 'return', node.values.map(ourExpression));
    case 'break':
      return ours(node, 'break');
    case 'goto':
    case 'label':
      return ours(node, node.kind, node.name);
  }
}

/** luaparse takes the semicolon behind a `return` for a part of it, and behind no other statement. */
function endOfReturn({ source, end }: Statement): number {
  const lexer = new Lexer(source.bytes, 'luajit');
  lexer.position = end;
  const next = lexer.next();
  return next.type === ';' ? next.end : end;
}

// Theirs: the types of luaparse leave out the ranges that it gives when asked for.

interface Ranged {
  range: [start: number, end: number];
}

/** Reads a chunk with luaparse: its statements, or undefined when it refuses it. */
export function luaparseTree(bytes: string, luaVersion: '5.1' | 'LuaJIT'): Tree | undefined {
  try {
    return luaparse.parse(bytes, { luaVersion, ranges: true, encodingMode: 'pseudo-latin1' }).body.map(theirStatement);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function theirs(node: object, kind: string, ...parts: unknown[]): Tree {
  const [start, end] = (node as Ranged).range;
  return [kind, start, end, ...parts];
}

const theirNames = (nodes: readonly luaparse.Identifier[]): Tree => nodes.map((node) => theirs(node, 'name', node.name));
const theirBlock = (body: readonly luaparse.Statement[]): Tree => body.map(theirStatement);
const theirName = (node: luaparse.Identifier): Tree => theirs(node, 'string', node.name);

function theirFunction(node: luaparse.FunctionDeclaration): Tree {
  const names = node.parameters.filter((parameter) => parameter.type === 'Identifier');
  return theirs(node, 'function', theirNames(names), names.length < node.parameters.length, theirBlock(node.body));
}

function theirExpression(node: luaparse.Expression): Tree {
  switch (node.type) {
    case 'NilLiteral':
      return theirs(node, 'nil');
    case 'BooleanLiteral':
      return theirs(node, String(node.value));
    case 'NumericLiteral':
      return /(?:ll|ull|i)$/i.test(node.raw) ? theirs(node, 'cdata') : theirs(node, 'number', node.value);
    case 'StringLiteral':
      // luaparse leaves `\r` as it is in long strings, where Lua makes every line break `\n`.
      return theirs(node, 'string', node.raw.startsWith('[') ? node.value.replace(/\r\n|\n\r|\r/g, '\n') : node.value);
    case 'VarargLiteral':
      return theirs(node, 'vararg');
    case 'Identifier':
      return theirs(node, 'name', node.name);
    case 'MemberExpression':
      return theirs(node, node.indexer === ':' ? 'method' : 'index', theirExpression(node.base), theirName(node.identifier));
    case 'IndexExpression':
      return theirs(node, 'index', theirExpression(node.base), theirExpression(node.index));
    case 'CallExpression':
      return theirs(node, 'call', theirExpression(node.base), node.arguments.map(theirExpression));
    case 'StringCallExpression':
      return theirs(node, 'call', theirExpression(node.base), [theirExpression(node.argument)]);
    case 'TableCallExpression':
      return theirs(node, 'call', theirExpression(node.base), [theirExpression(node.arguments)]);
    case 'FunctionDeclaration':
      return theirFunction(node);
    case 'TableConstructorExpression':
      return theirs(node, 'table', node.fields.map(theirField));
    case 'UnaryExpression':
      return theirs(node, node.operator, theirExpression(node.argument));
    case 'BinaryExpression':
    case 'LogicalExpression':
      return theirs(node, node.operator, theirExpression(node.left), theirExpression(node.right));
  }
}

function theirField(field: luaparse.TableKey | luaparse.TableKeyString | luaparse.TableValue): Tree {
  const key =
    field.type === 'TableKey' ? theirExpression(field.key) : field.type === 'TableKeyString' ? theirName(field.key) : undefined;
  return theirs(field, 'field', key, theirExpression(field.value));
}

function theirStatement(node: luaparse.Statement): Tree {
  switch (node.type) {
    case 'LocalStatement':
      return theirs(node, 'local', theirNames(node.variables), node.init.map(theirExpression));
    case 'AssignmentStatement':
      return theirs(node, 'assign', node.variables.map(theirExpression), node.init.map(theirExpression));
    case 'CallStatement':
      return theirs(node, 'statement', theirExpression(node.expression));
    case 'DoStatement':
      return theirs(node, 'do', theirBlock(node.body));
    case 'WhileStatement':
      return theirs(node, 'while', theirExpression(node.condition), theirBlock(node.body));
    case 'RepeatStatement':
      return theirs(node, 'repeat', theirExpression(node.condition), theirBlock(node.body));
    case 'IfStatement': {
      const clauses = node.clauses.flatMap((clause) =>
        clause.type === 'ElseClause' ? [] : [[theirExpression(clause.condition), theirBlock(clause.body)]],
      );
      const last = node.clauses.at(-1);
      return theirs(node, 'if', clauses, last?.type === 'ElseClause' ? theirBlock(last.body) : undefined);
    }
    case 'ForNumericStatement': {
      const values = [node.start, node.end, ...(node.step ? [node.step] : [])];
      return theirs(node, 'for', theirNames([node.variable]), values.map(theirExpression), theirBlock(node.body));
    }
    case 'ForGenericStatement':
      return theirs(node, 'forIn', theirNames(node.variables), node.iterators.map(theirExpression), theirBlock(node.body));
    case 'FunctionDeclaration': {
      if (node.identifier === null) throw new Error('luaparse gave a function statement without a name');
      const name = theirExpression(node.identifier);
      if (node.isLocal) return theirs(node, 'localFunction', name, theirFunction(node));
      // `function a.b:c() end` is an assignment to `a.b.c`.
      return theirs(node, 'assign', [name[0] === 'method' ? ['index', ...name.slice(1)] : name], [theirFunction(node)]);
    }
    case 'ReturnStatement':
      return theirs(node, 'return', node.arguments.map(theirExpression));
    case 'BreakStatement':
      return theirs(node, 'break');
    case 'GotoStatement':
      return theirs(node, 'goto', node.label.name);
    case 'LabelStatement':
      return theirs(node, 'label', node.label.name);
  }
}
