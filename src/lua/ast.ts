// The syntax tree of Lua: every node knows its span; locals are resolved to slots of their function when parsed.
import type { LuaSource, Span } from './source';

/** A local variable: where it is declared, and its slot in the function that declares it. */
export interface Variable extends Span {
  name: string;
  slot: number;
}

/** The whole file. `complete` is false when parts were skipped because they do not parse. */
export interface Chunk extends Span {
  source: LuaSource;
  body: FunctionBody;
  complete: boolean;
}

/** What a call runs. `slots` counts the variables, parameters first; `upvalues` tells which slots are shared with the function around it. */
export interface FunctionBody extends Span {
  parameters: Variable[];
  vararg: boolean;
  block: Block;
  slots: number;
  upvalues: { outer: number; inner: number }[];
}

export interface Block extends Span {
  statements: Statement[];
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '..' | '==' | '~=' | '<' | '<=' | '>' | '>=';

export interface LocalExpression extends Span {
  kind: 'local';
  variable: Variable;
  /** The slot in the function this expression stands in; differs from `variable.slot` for an upvalue. */
  slot: number;
  upvalue: boolean;
}
export interface GlobalExpression extends Span {
  kind: 'global';
  name: string;
}
export interface StringExpression extends Span {
  kind: 'string';
  /** Bytes. */
  value: string;
}
export interface IndexExpression extends Span {
  kind: 'index';
  object: Expression;
  key: Expression;
}
export interface CallExpression extends Span {
  kind: 'call';
  callee: Expression;
  arguments: Expression[];
}
export interface MethodExpression extends Span {
  kind: 'method';
  object: Expression;
  name: StringExpression;
  arguments: Expression[];
}
export interface FunctionExpression extends Span {
  kind: 'function';
  body: FunctionBody;
}
export interface TableField extends Span {
  /** Missing for a list item. */
  key: Expression | undefined;
  value: Expression;
}
export interface TableExpression extends Span {
  kind: 'table';
  fields: TableField[];
}

export type Expression =
  | ({ kind: 'nil' | 'true' | 'false' | 'vararg' | 'cdata' | 'missing' } & Span)
  | ({ kind: 'number'; value: number } & Span)
  | ({ kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression } & Span)
  | ({ kind: 'logical'; operator: 'and' | 'or'; left: Expression; right: Expression } & Span)
  | ({ kind: 'unary'; operator: 'not' | '-' | '#'; operand: Expression } & Span)
  | ({ kind: 'paren'; inner: Expression } & Span)
  | StringExpression
  | LocalExpression
  | GlobalExpression
  | IndexExpression
  | CallExpression
  | MethodExpression
  | FunctionExpression
  | TableExpression;

export type Target = LocalExpression | GlobalExpression | IndexExpression;

export type Statement =
  | ({ kind: 'localStatement'; variables: Variable[]; values: Expression[] } & Span)
  | ({ kind: 'assign'; targets: Target[]; values: Expression[] } & Span)
  | ({ kind: 'callStatement'; call: Expression } & Span)
  | ({ kind: 'do'; block: Block } & Span)
  | ({ kind: 'while'; condition: Expression; block: Block } & Span)
  | ({ kind: 'repeat'; block: Block; condition: Expression } & Span)
  | ({ kind: 'if'; clauses: { condition: Expression; block: Block }[]; otherwise: Block | undefined } & Span)
  | ({
      kind: 'numericFor';
      variable: Variable;
      from: Expression;
      to: Expression;
      step: Expression | undefined;
      block: Block;
    } & Span)
  | ({ kind: 'genericFor'; variables: Variable[]; values: Expression[]; block: Block } & Span)
  | ({ kind: 'localFunction'; variable: Variable; function: FunctionExpression } & Span)
  | ({ kind: 'return'; values: Expression[] } & Span)
  | ({ kind: 'break' } & Span)
  | ({ kind: 'goto' | 'label'; name: string } & Span);
