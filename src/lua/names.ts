// How Lua names expressions and arguments in its error messages.
import type { Expression } from './ast';
import type { ArgumentError } from './errors';

/** How Lua names an expression in an error message: `local 'x'`, `field 'y'`; empty when it has no name for it. */
export function describe(expression: Expression): string {
  switch (expression.kind) {
    case 'local':
      return `${expression.upvalue ? 'upvalue' : 'local'} '${expression.variable.name}'`;
    case 'global':
      return `global '${expression.name}'`;
    case 'index':
      return expression.key.kind === 'string' ? `field '${expression.key.value}'` : '';
    case 'method':
      return `method '${expression.name.value}'`;
    case 'paren':
      return describe(expression.inner);
    default:
      return '';
  }
}

/** What luaL_argerror says: a method does not count its object. */
export function argumentMessage({ index, message }: ArgumentError, described: string): string {
  const [, kind, name = '?'] = /^(\w+) '(.*)'$/s.exec(described) ?? [];
  if (kind !== 'method') return `bad argument #${index} to '${name}' (${message})`;
  return index === 1 ? `calling '${name}' on bad self (${message})` : `bad argument #${index - 1} to '${name}' (${message})`;
}
