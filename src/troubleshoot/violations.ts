// Kong's schema violations taken apart: every innermost message with its dotted path.
// Forms: kong/db/errors.lua@3.9.1 (schema_violation), kong/db/declarative/init.lua@3.9.1 (pretty_print_error), and the JSON of both.

/** One innermost message: `fields.3.fields.1.type` and `required field missing`. */
export interface ViolatedField {
  path: string[];
  message: string;
}

const MAX_LEAVES = 200;
const MAX_DEPTH = 60;

/** Reads `a.b: message; fields.1: { x = "message", { "message" } }`: what stands between the brackets of `schema violation (…)`. */
export function parseViolation(text: string): ViolatedField[] {
  const leaves: ViolatedField[] = [];
  let at = 0;
  while (at < text.length && leaves.length < MAX_LEAVES) {
    const key = /\s*(@?[\w.@[\]"$-]{1,200}): /y;
    key.lastIndex = at;
    const match = key.exec(text);
    if (match === null) break;
    const path = (match[1] ?? '').split('.');
    at = key.lastIndex;
    if (text[at] === '{') {
      at = readTable(text, at, path, leaves, 0);
    } else {
      const end = nextField(text, at);
      leaves.push({ path, message: text.slice(at, end).trim() });
      at = end;
    }
    while (text[at] === ';' || text[at] === ' ') at++;
  }
  return leaves;
}

/** A message ends before `; key: `; a semicolon inside a message (`not enabled; add it to …`) is part of it. */
function nextField(text: string, from: number): number {
  const next = /; @?[\w.@-]{1,200}: /g;
  next.lastIndex = from;
  return next.exec(text)?.index ?? text.length;
}

/** Reads a Lua table as Kong prints it, from its brace on; returns the position behind it. Tolerates a missing end. */
export function readTable(text: string, from: number, path: readonly string[], leaves: ViolatedField[], depth: number): number {
  let at = from + 1;
  let index = 0;
  while (at < text.length && leaves.length < MAX_LEAVES) {
    const skip = /[\s,]*/y;
    skip.lastIndex = at;
    skip.exec(text);
    at = skip.lastIndex;
    if (text[at] === '}') return at + 1;
    const key = /(?:([\w$-]{1,200})|\["((?:[^"\\]|\\.){1,200})"\]|\[(\d{1,9})\])\s*=\s*/y;
    key.lastIndex = at;
    const match = key.exec(text);
    let name: string;
    if (match === null) {
      index++;
      name = String(index);
    } else {
      name = match[1] ?? match[2] ?? match[3] ?? '';
      if (match[3] !== undefined) index = Number(match[3]);
      at = key.lastIndex;
    }
    const inner = [...path, name];
    if (text[at] === '{' && depth < MAX_DEPTH) {
      at = readTable(text, at, inner, leaves, depth + 1);
    } else {
      const value = /"((?:[^"\\]|\\.){0,4000})"|[^,{}\s]{1,400}/y;
      value.lastIndex = at;
      const found = value.exec(text);
      if (found === null) return text.length;
      if (found[1] !== undefined) leaves.push({ path: inner, message: found[1].replace(/\\(.)/g, '$1') });
      at = value.lastIndex;
    }
  }
  return at;
}

/** The leaves of the `fields` of an Admin API answer. */
export function leavesOfJson(value: unknown, path: readonly string[] = [], leaves: ViolatedField[] = []): ViolatedField[] {
  if (leaves.length >= MAX_LEAVES || path.length > MAX_DEPTH) return leaves;
  if (typeof value === 'string') leaves.push({ path: [...path], message: value });
  else if (Array.isArray(value)) value.forEach((item, i) => leavesOfJson(item, [...path, String(i + 1)], leaves));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) leavesOfJson(item, [...path, key], leaves);
  }
  return leaves;
}

/**
 * Reads the nested form of the declarative configuration: `in 'plugins': - in entry 1 of 'plugins': in 'name': message`.
 * Without line breaks the depth is lost: a message's path is everything named since the last message, below what is still open.
 */
export function parseNested(text: string): ViolatedField[] {
  const steps = [...text.matchAll(/(?:- )?in (?:entry (\d{1,9}) of )?'([^']{1,200})':\s*/g)];
  const leaves: ViolatedField[] = [];
  let path: string[] = [];
  steps.slice(0, MAX_LEAVES).forEach((step, i) => {
    const entry = step[1];
    const name = step[2] ?? '';
    if (entry === undefined) path.push(name);
    else {
      const open = path.lastIndexOf(name);
      if (open >= 0) path = path.slice(0, open + 1);
      path.push(entry);
    }
    const from = step.index + step[0].length;
    const message = text.slice(from, steps[i + 1]?.index ?? text.length).trim();
    if (message !== '') {
      leaves.push({ path: [...path], message });
      path.pop();
    }
  });
  return leaves;
}
