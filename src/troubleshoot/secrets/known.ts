// Where values that are known to be secret stand in a text, as they are and as URLs, JSON and base64 write them.
import type { Span } from './values';

/** Shorter ones stand in many places where they are no secret. */
const SHORTEST = 5;
/** Of a longer one its beginning is looked for. */
const LONGEST = 256;
const MOST = 2000;
const BUCKET = 4;
const KEY = 4;
const BITS = 16;
/** Words that are often somebody's password, and more often none. */
const COMMON = new Set(
  'admin basic bearer bundled changeme config default digest enabled disabled false handler kong-plugin localhost master password plugin plugins postgres public redis required root schema secret service string token username value'.split(
    ' ',
  ),
);
/** Half a character, which no URL can hold. */
const HALF = /\p{Surrogate}/u;
const TAIL = /[\w.+/=~-]*/y;

/** The places of these values; what is short or common is left out, and a word is found as a word only. */
export function knownSpans(text: string, values: readonly string[]): Span[] {
  const index = indexOf(values);
  if (index.size === 0) return [];
  const table = new Uint8Array(1 << BITS);
  for (const key of index.keys()) table[slot(key)] = 1;
  const spans: Span[] = [];
  for (let place = 0; place + KEY <= text.length; place++) {
    const key = keyAt(text, place);
    if (table[slot(key)] === 0) continue;
    const value = index.get(key)?.find((one) => standsAt(text, place, one));
    if (value === undefined) continue;
    TAIL.lastIndex = place + value.length;
    const to = value.length < LONGEST ? place + value.length : TAIL.lastIndex + (TAIL.exec(text)?.[0].length ?? 0);
    spans.push({ from: place, to });
    place = to - 1;
  }
  return spans;
}

function keyAt(text: string, at: number): number {
  return (
    (Math.imul(Math.imul(Math.imul(text.charCodeAt(at), 31) + text.charCodeAt(at + 1), 31) + text.charCodeAt(at + 2), 31) +
      text.charCodeAt(at + 3)) |
    0
  );
}

function slot(key: number): number {
  return (key ^ (key >>> BITS)) & ((1 << BITS) - 1);
}

/** The values by their first characters, the longest first. */
function indexOf(values: readonly string[]): Map<number, string[]> {
  const index = new Map<number, string[]>();
  const all = new Set<string>();
  for (const value of values) {
    if (all.size >= MOST) break;
    if (isTelling(value)) for (const form of formsOf(value)) all.add(form.slice(0, LONGEST));
  }
  for (const value of [...all].sort((a, b) => b.length - a.length)) {
    const bucket = index.get(keyAt(value, 0));
    if (bucket === undefined) index.set(keyAt(value, 0), [value]);
    else if (bucket.length < BUCKET) bucket.push(value);
  }
  return index;
}

function isTelling(value: string): boolean {
  return (
    value.length >= SHORTEST &&
    !COMMON.has(value.toLowerCase()) &&
    !/^\d{1,5}$/.test(value) &&
    new Set(value.slice(0, LONGEST)).size >= 3
  );
}

/** A value as it is, and as what carries it writes it. */
function formsOf(value: string): string[] {
  if (value.length > LONGEST) return [value];
  const forms = [value];
  if (/[^\w.~-]/.test(value)) forms.push(JSON.stringify(value).slice(1, -1));
  if (/[^\w.~-]/.test(value) && !HALF.test(value)) forms.push(encodeURIComponent(value));
  if (value.length >= 8) forms.push(Buffer.from(value).toString('base64').replace(/=+$/, ''));
  return forms;
}

function standsAt(text: string, place: number, value: string): boolean {
  if (!text.startsWith(value, place)) return false;
  const end = place + value.length;
  if (value.length >= 8 && /\d/.test(value) && /[a-z]/i.test(value)) return true;
  return !(isWord(text[place - 1]) && isWord(value[0])) && !(isWord(text[end]) && isWord(value.at(-1)));
}

function isWord(sign: string | undefined): boolean {
  return sign !== undefined && /\w/.test(sign);
}
