// `npm run faults [-- --command NAME --kind KIND]`: every command that writes is stopped or made to fail at every change it makes to a file, and run
// again. What is there then must be what it is without a fault, nothing less and nothing more.
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { runProcess, type ProcessResult } from '../../src/system/process';
import { filesIn, project, writeFiles } from '../unit/lifecycle/plugins';
import { COMMANDS, type WritingCommand } from './commands';

/** A process that is killed or interrupted, a disk that is full from then on, a single change that fails. */
const KINDS = ['SIGKILL', 'SIGINT', 'ENOSPC', 'EIO', 'EACCES'];
const { values } = parseArgs({ options: { command: { type: 'string' }, kind: { type: 'string' } } });

const wound = pathToFileURL(join(import.meta.dirname, 'wound.mjs')).href;

/** Where the trials are made. Settings and journals hold absolute paths, so all happen in one folder. */
interface Place {
  work: string;
  program: string;
  kept: (name: string) => string;
}

async function run({ work, program }: Place, args: readonly string[], env: Record<string, string> = {}): Promise<ProcessResult> {
  return runProcess({
    command: process.execPath,
    args: ['--import', wound, program, ...args],
    cwd: work,
    env: { ...process.env, XDG_STATE_HOME: `${work}-state`, ...env },
  });
}

async function become({ work, kept }: Place, name: string): Promise<void> {
  await rm(work, { recursive: true, force: true });
  await cp(kept(name), work, { recursive: true });
}

async function keep({ work, kept }: Place, name: string): Promise<void> {
  await rm(kept(name), { recursive: true, force: true });
  await cp(work, kept(name), { recursive: true });
}

function difference(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]);
}

/** Tries one command with every kind of fault at every change; gives the number of trials, and what went wrong. */
async function tryOut(place: Place, { name, before, args }: WritingCommand): Promise<{ trials: number; wrong: string[] }> {
  await become(place, 'empty');
  for (const earlier of before) {
    const { code, stderr } = await run(place, earlier);
    if (code !== 0) throw new Error(`${earlier.join(' ')} ends with ${code}: ${stderr.toString()}`);
  }
  await keep(place, 'start');
  const counted = `${place.work}-count`;
  const { code, stderr } = await run(place, args, { FAULT_COUNT: counted });
  if (code !== 0) throw new Error(`${args.join(' ')} ends with ${code}: ${stderr.toString()}`);
  const goal = await filesIn(place.work);
  const changes = Number(await readFile(counted, 'utf8'));
  const wrong: string[] = [];
  let trials = 0;
  for (const kind of KINDS.filter((one) => values.kind === undefined || one === values.kind)) {
    for (let at = 1; at <= changes; at++) {
      await become(place, 'start');
      const first = await run(place, args, { FAULT: `${kind}:${at}` });
      const again = await run(place, args);
      trials++;
      const left = difference(await filesIn(place.work), goal);
      if (left.length > 0)
        wrong.push(
          `${name}, ${kind} at change ${at} of ${changes} (ended with ${first.code ?? 'a signal'}, then ${again.code ?? '?'}): ${left.slice(0, 5).join(', ')}\n    ${again.stderr.toString().trim().split('\n').slice(-2).join(' ')}`,
        );
    }
  }
  return { trials, wrong };
}

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kpw-faults-'));
  const place: Place = {
    work: join(folder, 'work'),
    program: join(folder, 'cli.cjs'),
    kept: (name) => join(folder, `kept-${name}`),
  };
  try {
    const entry = join(import.meta.dirname, '../../src/cli/main.ts');
    await build({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: place.program,
      mainFields: ['module', 'main'],
      logLevel: 'error',
    });
    await mkdir(join(place.work, 'out'), { recursive: true });
    const hello = Object.entries(project('hello')).map(([path, text]): [string, string] => [`hello/${path}`, text]);
    await writeFiles(place.work, {
      ...Object.fromEntries(hello),
      'node/kong.conf': 'database = off\nplugins = bundled # all\n',
      'out/.keep': '',
    });
    await keep(place, 'empty');
    let [trials, failures] = [0, 0];
    for (const command of COMMANDS.filter(({ name }) => values.command === undefined || name === values.command)) {
      const found = await tryOut(place, command);
      trials += found.trials;
      failures += found.wrong.length;
      console.log(`${String(found.trials).padStart(5)}  ${command.name}${found.wrong.map((line) => `\n  ${line}`).join('')}`);
    }
    console.log(`${trials} faults tried, ${failures} left something wrong`);
    return failures > 0 || trials === 0 ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main().then((code) => {
  process.exitCode = code;
});
