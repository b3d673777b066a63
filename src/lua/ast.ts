// The syntax tree of Lua: every expression and statement knows its place; locals are resolved to slots of their function when parsed.
import type { LuaSource, Place, Span } from './source';

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

export interface LocalExpression extends Place {
  kind: 'local';
  variable: Variable;
  /** The slot in the function this expression stands in; differs from `variable.slot` for an upvalue. */
  slot: number;
  upvalue: boolean;
}
export interface GlobalExpression extends Place {
  kind: 'global';
  name: string;
}
export interface StringExpression extends Place {
  kind: 'string';
  /** Bytes. */
  value: string;
}
export interface IndexExpression extends Place {
  kind: 'index';
  object: Expression;
  key: Expression;
}
export interface CallExpression extends Place {
  kind: 'call';
  callee: Expression;
  arguments: Expression[];
}
export interface MethodExpression extends Place {
  kind: 'method';
  object: Expression;
  name: StringExpression;
  arguments: Expression[];
}
export interface FunctionExpression extends Place {
  kind: 'function';
  body: FunctionBody;
}
export interface TableField extends Place {
  /** Missing for a list item. */
  key: Expression | undefined;
  value: Expression;
}
export interface TableExpression extends Place {
  kind: 'table';
  fields: TableField[];
}

export type Expression =
  | ({ kind: 'nil' | 'true' | 'false' | 'vararg' | 'cdata' | 'missing' } & Place)
  | ({ kind: 'number'; value: number } & Place)
  | ({ kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression } & Place)
  | ({ kind: 'logical'; operator: 'and' | 'or'; left: Expression; right: Expression } & Place)
  | ({ kind: 'unary'; operator: 'not' | '-' | '#'; operand: Expression } & Place)
  | ({ kind: 'paren'; inner: Expression } & Place)
  | StringExpression
  | LocalExpression
  | GlobalExpression
  | IndexExpression
  | CallExpression
  | MethodExpression
  | FunctionExpression
  | TableExpression;

export type Assignable = LocalExpression | GlobalExpression | IndexExpression;

export type Statement =
  | ({ kind: 'localStatement'; variables: Variable[]; values: Expression[] } & Place)
  | ({ kind: 'assign'; targets: Assignable[]; values: Expression[] } & Place)
  | ({ kind: 'callStatement'; call: Expression } & Place)
  | ({ kind: 'do'; block: Block } & Place)
  | ({ kind: 'while'; condition: Expression; block: Block } & Place)
  | ({ kind: 'repeat'; block: Block; condition: Expression } & Place)
  | ({ kind: 'if'; clauses: { condition: Expression; block: Block }[]; otherwise: Block | undefined } & Place)
  | ({
      kind: 'numericFor';
      variable: Variable;
      from: Expression;
      to: Expression;
      step: Expression | undefined;
      block: Block;
    } & Place)
  | ({ kind: 'genericFor'; variables: Variable[]; values: Expression[]; block: Block } & Place)
  | ({ kind: 'localFunction'; variable: Variable; function: FunctionExpression } & Place)
  | ({ kind: 'return'; values: Expression[] } & Place)
  | ({ kind: 'break' } & Place)
  | ({ kind: 'goto' | 'label'; name: string } & Place);
