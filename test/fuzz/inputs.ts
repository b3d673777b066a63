// One input by its number: a text of the grammar's words, or one that was right and is changed in a few places.
import { gzipSync } from 'node:zlib';
import { tarOf, zipOf } from '../unit/archive/hostile';
import type { Kind } from './entries';
import { random, type Random } from './random';
import { SEEDS, WORDS } from './words';

const MOST_WORDS = 60;
const MOST_CHANGES = 6;

/** The input of a number for an entry; the same for the same seed. */
export function inputOf(kind: Kind, seed: number, name: string, number: number): string {
  const by = random(seed, name, number);
  if (kind === 'archive') return archive(by);
  const seeds = SEEDS[kind];
  return by.below(3) === 0 || seeds.length === 0 ? written(kind, by) : changed(by.one(seeds), kind, by);
}

function written(kind: Kind, by: Random): string {
  const words = Array.from({ length: by.below(MOST_WORDS) }, () => by.one(WORDS[kind]));
  return words.join(by.one(['', ' ', ' ', '\n']));
}

/** A text with words put in, stretches taken out, doubled, moved, or single characters changed. */
function changed(text: string, kind: Kind, by: Random): string {
  let now = text.length > 6000 ? text.slice(by.below(text.length - 6000)).slice(0, 6000) : text;
  for (let left = 1 + by.below(MOST_CHANGES); left > 0; left--) {
    const at = by.below(now.length + 1);
    const to = Math.min(now.length, at + by.below(by.one([2, 20, 200])));
    const [before, stretch, after] = [now.slice(0, at), now.slice(at, to), now.slice(to)];
    now = by.one([
      (): string => before + by.one(WORDS[kind]) + after,
      (): string => `${before}${by.one(WORDS[kind])} ${stretch}${after}`,
      (): string => before + after,
      (): string => before + stretch.repeat(1 + by.below(4)) + after,
      (): string => stretch + before + after,
      (): string => before + String.fromCharCode(by.one([by.below(128), by.below(256), by.below(65536)])) + after,
      (): string => before + stretch.split('').reverse().join('') + after,
    ])();
  }
  return now;
}

/** The bytes of an archive, one character each: with members of chance, then a few bytes changed. */
function archive(by: Random): string {
  const members = Array.from({ length: by.below(6) }, () => ({
    path: by.one([
      'kong/plugins/demo/handler.lua',
      'a/kong/plugins/demo/schema.lua',
      '../x',
      '/x',
      'demo-1-1.rockspec',
      'rock_manifest',
      'a',
      'a/b',
      'A',
      'lua/x.lua',
      'x\ny',
      '',
    ]),
    content: by.one([
      '',
      'return {}',
      SEEDS.rockspec[0] ?? '',
      'rock_manifest = { lua = { ["x.lua"] = "0" } }',
      '\0'.repeat(5000),
      '}{',
    ]),
    deflate: by.below(2) === 0,
  }));
  const bytes = by.one([zipOf, tarOf, (): Buffer => gzipSync(Buffer.from(written('archive', by), 'latin1'))])(members);
  for (let left = by.below(4); left > 0; left--) bytes[by.below(bytes.length)] = by.below(256);
  const kept = by.below(5) === 0 ? bytes.subarray(0, by.below(bytes.length)) : bytes;
  return kept.toString('latin1');
}
