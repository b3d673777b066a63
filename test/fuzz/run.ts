// `npm run fuzz [-- --seconds N --seed S --target T]`: inputs by chance for every entry point until the time is up. What fails is made short, saved in
// out/fuzz and printed with the line that repeats it. `--only NUMBER` or `--file FILE` with a target tries one input again.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ENTRIES, type Entry } from './entries';
import { inputOf } from './inputs';
import { wrongWith } from './judge';
import { reduced } from './reduce';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string', default: '' },
    only: { type: 'string' },
    file: { type: 'string' },
  },
});
const out = join(import.meta.dirname, '../../out/fuzz');
const seed = Number(values.seed);
const targets = ENTRIES.filter(({ name }) => name === values.target || name.startsWith(values.target));
/** Failures of one entry with the same first line are one. */
const seen = new Set<string>();
const counts = new Map<string, number>(targets.map(({ name }) => [name, 0]));
let failures = 0;

async function attempt(entry: Entry, text: string, again: string): Promise<void> {
  const wrong = await wrongWith(entry, text);
  counts.set(entry.name, (counts.get(entry.name) ?? 0) + 1);
  if (wrong === undefined) return;
  const kind = kindOf(wrong);
  if (seen.has(`${entry.name} ${kind}`)) return;
  seen.add(`${entry.name} ${kind}`);
  failures++;
  const short = await reduced(text, async (one) => {
    const found = await wrongWith(entry, one);
    return found !== undefined && kindOf(found) === kind;
  });
  mkdirSync(out, { recursive: true });
  const file = join(out, `${entry.name.replaceAll('/', '-')}-${failures}.txt`);
  writeFileSync(file, short);
  console.log(
    `\n${entry.name}: ${wrong}\n  input: ${JSON.stringify(short).slice(0, 400)}\n  again: ${again}\n  short: npm run fuzz -- --target ${entry.name} --file ${file}`,
  );
}

/** What failures have in common: the first line without numbers and texts of the input. */
function kindOf(wrong: string): string {
  return wrong
    .split('\n', 2)
    .join(' ')
    .replace(/\d+|"[^"]*"|'[^']*'/g, '')
    .slice(0, 80);
}

async function main(): Promise<number> {
  if (targets.length === 0) {
    console.error(`No target ${values.target}. Targets: ${ENTRIES.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const again = (entry: Entry, number: number | string): string =>
    `npm run fuzz -- --seed ${seed} --target ${entry.name} --only ${number}`;
  if (values.file !== undefined || values.only !== undefined) {
    for (const entry of targets) {
      const text =
        values.file === undefined
          ? inputOf(entry.kind, seed, entry.name, Number(values.only))
          : readFileSync(values.file, 'utf8');
      await attempt(entry, text, again(entry, values.only ?? ''));
    }
  } else {
    const end = performance.now() + Number(values.seconds) * 1000;
    // A few inputs of each in turn, so that a short run reaches every entry; what is about to be tried is written down, in case it never returns.
    mkdirSync(out, { recursive: true });
    for (let from = 0; performance.now() < end; from += ROUND) {
      for (const entry of targets) {
        writeFileSync(join(out, 'current.txt'), `${again(entry, from)} (or one of the ${ROUND} behind it)\n`);
        for (let number = from; number < from + ROUND; number++)
          await attempt(entry, inputOf(entry.kind, seed, entry.name, number), again(entry, number));
        if (performance.now() > end) break;
      }
    }
  }
  for (const [name, count] of counts) console.log(`${String(count).padStart(9)}  ${name}`);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${total} inputs over ${counts.size} targets with seed ${seed}, ${failures} failures`);
  return failures > 0 ? 1 : 0;
}

const ROUND = 20;

void main().then((code) => {
  process.exitCode = code;
});
