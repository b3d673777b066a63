// The errors of a schema as Kong collects them, each with the place it speaks of, and their text as Kong prints it.
import type { Place } from '../../lua/source';

/** One message at one place. */
export interface ErrorLeaf {
  message: string;
  place: Place | undefined;
}

/** Errors of the parts of a value, by field name or list index; `@entity` holds those of the whole. */
export class ErrorTree {
  readonly parts = new Map<string | number, ErrorNode>();

  set(key: string | number, node: ErrorNode): this {
    this.parts.set(key, node);
    return this;
  }

  /** Adds a message about the whole value. */
  addEntityError(leaf: ErrorLeaf): void {
    const list = this.parts.get('@entity');
    if (list instanceof ErrorTree) list.set(list.parts.size + 1, leaf);
    else this.set('@entity', new ErrorTree().set(1, leaf));
  }
}

export type ErrorNode = ErrorLeaf | ErrorTree;

/** Every message of a tree with the path that leads to it, in the order in which Kong prints them. */
export function leaves(
  node: ErrorNode,
  path: readonly (string | number)[] = [],
): { path: readonly (string | number)[]; leaf: ErrorLeaf }[] {
  if (!(node instanceof ErrorTree)) return [{ path, leaf: node }];
  return [...node.parts].sort(([a], [b]) => byKey(a, b)).flatMap(([key, part]) => leaves(part, [...path, key]));
}

/** The list part comes before names. */
function byKey(a: string | number, b: string | number): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : 1;
}

/** Raised where Kong's own code fails on what it is given; the message is LuaJIT's. */
export class LoaderThrows extends Error {}

/** The text of a schema violation as Kong's loader prints it, with the word for the database before it. */
export function violationText(errors: ErrorTree, database: string): string {
  return `[${database}] ${violationMessage(errors)}`;
}

/**
 * The message of a schema violation (schema_violation of kong/db/errors.lua@3.9.1): two levels are joined, deeper ones pretty-printed.
 * Throws LoaderThrows for numeric and named keys side by side, which Kong cannot sort.
 */
export function violationMessage(errors: ErrorTree): string {
  const messages: string[] = [];
  const entity = errors.parts.get('@entity');
  if (entity instanceof ErrorTree)
    for (const part of entity.parts.values()) if (!(part instanceof ErrorTree)) messages.push(part.message);
  for (const key of sortedKeys(errors)) {
    const node = errors.parts.get(key);
    if (key === '@entity' || node === undefined) continue;
    if (!(node instanceof ErrorTree)) messages.push(`${key}: ${node.message}`);
    else {
      for (const sub of sortedKeys(node)) {
        const value = node.parts.get(sub);
        if (value !== undefined) messages.push(`${key}.${sub}: ${value instanceof ErrorTree ? pretty(value) : value.message}`);
      }
    }
  }
  const counted = messages.length === 1 ? 'schema violation' : `${messages.length} schema violations`;
  return `${counted} (${messages.join('; ')})`;
}

function sortedKeys(tree: ErrorTree): (string | number)[] {
  const keys = [...tree.parts.keys()];
  const numbers = keys.filter((key) => typeof key === 'number');
  if (numbers.length > 0 && numbers.length < keys.length) throw new LoaderThrows('attempt to compare string with number');
  return keys.sort((a, b) => (a < b ? -1 : 1));
}

/** As pl.pretty.write prints a table: the list part first, then names, then other numbers. */
function pretty(tree: ErrorTree, indent = ''): string {
  const inner = `${indent}  `;
  const text = (node: ErrorNode): string => (node instanceof ErrorTree ? pretty(node, inner) : quoted(node.message));
  const lines: string[] = [];
  let listed = 0;
  for (let node = tree.parts.get(1); node !== undefined; node = tree.parts.get(listed + 1)) {
    lines.push(inner + text(node));
    listed++;
  }
  const names = [...tree.parts.keys()].filter((key) => typeof key === 'string').sort();
  const numbers = [...tree.parts.keys()].filter((key) => typeof key === 'number' && key > listed);
  for (const key of [...names, ...numbers]) {
    const node = tree.parts.get(key);
    const name = typeof key === 'number' ? `[${key}]` : /^[A-Za-z_]\w*$/.test(key) ? key : `["${key}"]`;
    if (node !== undefined) lines.push(`${inner}${name} = ${text(node)}`);
  }
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function quoted(message: string): string {
  return `"${message.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
