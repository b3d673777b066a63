// The literals that a version was made of, and the edits that make another version of it.
import type { LuaString } from '../lua/values';
import type { Place } from '../lua/source';
import type { FileChange } from '../text/diagnostic';
import { applyEdits } from '../text/edits';
import { fileChanges, type PlacedEdit } from './edits';

/** A file with its text. */
export interface SourceText {
  path: string;
  text: string;
}

/** Edits of several files, no place twice. */
export class EditList {
  readonly #edits = new Map<string, PlacedEdit>();

  add(place: Place, newText: string): void {
    this.#edits.set(`${place.source.path ?? ''}:${place.start}`, { place, newText });
  }

  /** The text of one file with its edits. */
  apply({ path, text }: SourceText): string {
    const own = [...this.#edits.values()].filter(({ place }) => place.source.path === path);
    return applyEdits(
      text,
      own.map(({ place, newText }) => ({ range: place.source.range(place), newText })),
    );
  }

  /** Every edit, one change a file. */
  changes(): FileChange[] {
    return fileChanges('', [...this.#edits.values()]);
  }
}

/** The pieces of a string that were written somewhere, in order; a piece without a place cannot be edited. */
function literalsOf(string: LuaString): { text: string; place: Place | undefined }[] {
  if (string.origin?.kind === 'parts') return string.origin.parts.flatMap(literalsOf);
  return [{ text: string.value, place: string.origin === undefined ? undefined : insideQuotes(string.origin.place) }];
}

/** Where the content of a literal lies, without its quotes or long brackets; undefined for anything that is not written as one. */
function insideQuotes(literal: Place): Place | undefined {
  const bytes = literal.source.bytes.slice(literal.start, literal.end);
  const open = /^(?:["']|\[(=*)\[)/.exec(bytes);
  if (open === null) return undefined;
  const width = open[0].length;
  return { source: literal.source, start: literal.start + width, end: literal.end - width };
}

/** Which pieces may change, tried in this order: the fewest first, so that a prefix such as `v` stays. */
const VARYING: readonly RegExp[] = [/\d/, /[A-Za-z0-9]/];

/** More pieces than any version has; a bound on the ways to share a text among them. */
const MAX_VARYING = 6;

/** Plans edits of the literals that a string was made of, so that it becomes `to`; false when there is no way. */
export function rewrite(string: LuaString, to: string, edits: EditList): boolean {
  const pieces = literalsOf(string);
  for (const varies of VARYING) {
    for (const dots of [false, true]) {
      const groups = new Map<string, { index: number; place: Place }>();
      const shape = pieces.map(({ text, place }) => {
        if (place === undefined || !varies.test(text)) return escapeRegExp(text);
        const key = `${place.source.path ?? ''}:${place.start}`;
        const known = groups.get(key);
        if (known !== undefined) return `\\${known.index}`;
        groups.set(key, { index: groups.size + 1, place });
        return `([A-Za-z0-9${dots || text.includes('.') ? '.' : ''}${text.includes('-') || pieces.length === 1 ? '-' : ''}]+)`;
      });
      if (groups.size > MAX_VARYING) continue;
      const match = new RegExp(`^${shape.join('')}$`).exec(to);
      if (match === null) continue;
      for (const { index, place } of groups.values()) {
        const newText = match[index] ?? '';
        if (place.source.bytes.slice(place.start, place.end) !== newText) edits.add(place, newText);
      }
      return true;
    }
  }
  return false;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}

/** Replaces the version in the literals of one string; with revision first, then without. */
export function replaceIn(string: LuaString, { from, to }: { from: string; to: string }, edits: EditList): boolean {
  let replaced = false;
  for (const { text, place } of literalsOf(string)) {
    if (place?.source.bytes.slice(place.start, place.end) !== text) continue;
    const newText = [
      [from, to],
      [baseOf(from), baseOf(to)],
    ].reduce((result, [old = '', next = '']) => (result === text ? result.replace(versionShape(old), next) : result), text);
    if (newText === text) continue;
    edits.add(place, newText);
    replaced = true;
  }
  return replaced;
}

/** A version as a word of its own: `v1.2.3` and `plugin-1.2.3.tar.gz` hold 1.2.3, `11.2.3` and `1.2.30` do not. */
function versionShape(version: string): RegExp {
  return new RegExp(`(?<![0-9]|[0-9]\\.|[A-Za-uw-z]|[A-Za-z]v)${escapeRegExp(version)}(?![0-9A-Za-z]|\\.[0-9])`, 'g');
}

/** A version without its revision. */
export function baseOf(version: string): string {
  return version.replace(/-\d+$/, '');
}
