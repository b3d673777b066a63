// What must hold for every input of every entry: it comes back with the same answer each time, ranges lie in the text, and edits leave it readable.
import { isDeepStrictEqual } from 'node:util';
import { parse } from '../../src/lua/parser';
import { LuaSource } from '../../src/lua/source';
import { applyEdits } from '../../src/text/edits';
import type { Diagnostic, FileChange, Position, Range } from '../../src/text/diagnostic';
import { outcome, type Entry, type Kind } from './entries';

/** CPU time, in microseconds, that no text of a few thousand characters may take, however busy the machine is. */
const HANG = 10_000_000;
const LUA: readonly Kind[] = ['rockspec', 'handler', 'schema'];

/** What is wrong with what an entry gives for a text; undefined when nothing is. */
export async function wrongWith(entry: Entry, text: string): Promise<string | undefined> {
  const before = process.cpuUsage();
  let first: unknown;
  try {
    first = await outcome(entry, text);
    const { user } = process.cpuUsage(before);
    if (user > HANG) return `it takes ${(user / 1_000_000).toFixed(0)} s of CPU time`;
    if (!isDeepStrictEqual(plain(first), plain(await outcome(entry, text)))) return 'it gives another answer the second time';
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : `it throws ${String(error)}`;
  }
  return outsideOf(first, text, entry) ?? brokenBy(first, text, entry);
}

/** Answers as they can be compared: functions and what only points back are not part of them. */
function plain(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}

/** A diagnostic or an edit of the text itself whose range is not in it. */
function outsideOf(answer: unknown, text: string, { name }: Entry): string | undefined {
  if (!/^(?:rockspec\/check|conf\/check|declarative\/check)$/.test(name)) return undefined;
  const lines = text.split(/\r\n|\n|\r/);
  const isIn = ({ line, character }: Position): boolean => character >= 0 && character <= (lines[line]?.length ?? -1);
  for (const { range, message } of answer as Diagnostic[]) {
    const isOrdered =
      range.start.line < range.end.line || (range.start.line === range.end.line && range.start.character <= range.end.character);
    if (!isIn(range.start) || !isIn(range.end) || !isOrdered) return `${message}: ${rangeText(range)} is not in the text`;
  }
  return undefined;
}

const rangeText = ({ start, end }: Range): string => `${start.line}:${start.character}-${end.line}:${end.character}`;

/** An edit that cannot be made, or that makes of a text that Lua reads one that it does not. */
function brokenBy(answer: unknown, input: string, { kind, name }: Entry): string | undefined {
  if (!LUA.includes(kind)) return undefined;
  // what an editor holds of a file with these bytes: an edit is one of that
  const text = name === 'rockspec/bytes' ? Buffer.from(input, 'latin1').toString('utf8') : input;
  const dialect = kind === 'rockspec' ? '5.1' : 'luajit';
  const isRead = (one: string): boolean => parse(new LuaSource(one), dialect).error === undefined;
  const wasRead = isRead(text);
  for (const { title, changes } of fixesIn(answer)) {
    for (const change of changes) {
      if (change.kind !== 'edit' || !/\.(?:rockspec|lua)$/.test(change.path)) continue;
      let after: string;
      try {
        after = applyEdits(text, change.edits);
      } catch (error) {
        return `${title}: ${String(error)}`;
      }
      if (wasRead && !isRead(after)) return `${title}: Lua does not read the text any more: ${JSON.stringify(change.edits)}`;
    }
  }
  return undefined;
}

/** The fixes of diagnostics, or the changes that are the answer. */
function fixesIn(answer: unknown): { title: string; changes: readonly FileChange[] }[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const items = Array.isArray(answer)
    ? (answer as unknown[])
    : 'changes' in answer
      ? [{ fixes: [{ title: 'the change', ...answer }] }]
      : [];
  const own = items.filter(
    (item): item is FileChange => typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'edit',
  );
  if (own.length > 0) return [{ title: 'the edit', changes: own }];
  return items.flatMap((item) =>
    typeof item === 'object' && item !== null && 'fixes' in item ? ((item as Pick<Diagnostic, 'fixes'>).fixes ?? []) : [],
  );
}
