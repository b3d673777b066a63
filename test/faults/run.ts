// `npm run faults [-- --command NAME --kind KIND --every N]`: every command that writes is stopped or made to fail at every change it makes to a file, and run
// again. What is there then must be what it is without a fault, nothing less and nothing more; what a signal alone leaves must be that, or what was before.
import { parseArgs } from 'node:util';
import { COMMANDS, type WritingCommand } from './commands';
import { makePlace, type Place } from './place';

/** A process that is killed or interrupted, a disk that is full from then on, a single change that fails. */
const KINDS = ['SIGKILL', 'SIGINT', 'SIGTERM', 'ENOSPC', 'EIO', 'EACCES'];
/** What a process hears of, and can put back what it did. */
const HEARD = ['SIGINT', 'SIGTERM'];
const { values } = parseArgs({
  options: { command: { type: 'string' }, kind: { type: 'string' }, every: { type: 'string', default: '1' } },
});
/** Every so many changes one is tried, each kind at others. */
const STEP = Math.max(1, Math.floor(Number(values.every)) || 1);

function difference(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]);
}

/** Tries one command with every kind of fault at every change; gives the number of changes and of trials, and what went wrong. */
async function tryOut(
  place: Place,
  { name, before, args }: WritingCommand,
): Promise<{ changes: number; trials: number; wrong: string[] }> {
  await place.become('empty');
  for (const earlier of before) {
    const { code, stderr } = await place.run(earlier);
    if (code !== 0) throw new Error(`${earlier.join(' ')} ends with ${code}: ${stderr.toString()}`);
  }
  await place.keep('start');
  const start = await place.files();
  const { result, changes } = await place.counted(args);
  if (result.code !== 0) throw new Error(`${args.join(' ')} ends with ${result.code}: ${result.stderr.toString()}`);
  const goal = await place.files();
  const wrong: string[] = [];
  let trials = 0;
  for (const [i, kind] of KINDS.filter((one) => values.kind === undefined || one === values.kind).entries()) {
    for (let at = 1 + (i % STEP); at <= changes; at += STEP) {
      const where = `${name}, ${kind} at change ${at} of ${changes}`;
      await place.become('start');
      const first = await place.run(args, `${kind}:${at}`);
      trials++;
      const half = HEARD.includes(kind) ? await place.files() : start;
      const undone = [difference(half, start), difference(half, goal)];
      if (undone.every(({ length }) => length > 0)) wrong.push(`${where}, not undone: ${undone[0]?.slice(0, 5).join(', ')}`);
      const again = await place.run(args);
      const left = difference(await place.files(), goal);
      if (left.length > 0)
        wrong.push(
          `${where} (ended with ${first.code ?? 'a signal'}, then ${again.code ?? '?'}): ${left.slice(0, 5).join(', ')}\n    ${again.stderr.toString().trim().split('\n').slice(-2).join(' ')}`,
        );
    }
  }
  return { changes, trials, wrong };
}

async function main(): Promise<number> {
  const place = await makePlace();
  try {
    let [trials, failures] = [0, 0];
    for (const command of COMMANDS.filter(({ name }) => values.command === undefined || name === values.command)) {
      const found = await tryOut(place, command);
      trials += found.trials;
      failures += found.wrong.length;
      console.log(
        `${String(found.trials).padStart(5)}  ${command.name} (${found.changes} changes)${found.wrong.map((line) => `\n  ${line}`).join('')}`,
      );
    }
    console.log(`${trials} faults tried, ${failures} left something wrong`);
    return failures > 0 || trials === 0 ? 1 : 0;
  } finally {
    await place.remove();
  }
}

void main().then((code) => {
  process.exitCode = code;
});
