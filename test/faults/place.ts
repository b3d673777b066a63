// Where commands are made to fail: one folder with a plugin, a folder node and an empty `out`, in which the bundled command line runs in a process of its own.
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProcess, type ProcessResult } from '../../src/system/process';
import { bundled } from '../unit/cli/bundled';
import { filesIn, project, writeFiles } from '../unit/lifecycle/plugins';

const wound = pathToFileURL(join(import.meta.dirname, 'wound.mjs')).href;

/** A plugin for Kong 0.x. */
const OLD_HANDLER = `local Base = require "kong.plugins.base_plugin"
local Old = Base:extend()
function Old:access(conf)
  Old.super.access(self)
end
return Old
`;

/** Settings and journals hold absolute paths, so everything happens in one folder. */
export interface Place {
  /** Runs the command line there; `fault` is `KIND:N` (wound.mjs). */
  run(args: readonly string[], fault?: string): Promise<ProcessResult>;
  /** As run, with how many changes were made to files. */
  counted(args: readonly string[]): Promise<{ result: ProcessResult; changes: number }>;
  /** Every file, and nothing else of it, as it was when it was kept under a name; `empty` was kept when it was made. */
  become(name: string): Promise<void>;
  keep(name: string): Promise<void>;
  files(): Promise<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes the folder and bundles the command line. */
export async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'kpw-faults-'));
  const work = join(folder, 'work');
  const program = join(folder, 'cli.cjs');
  const kept = (name: string): string => join(folder, `kept-${name}`);
  await bundled(program);
  const run = (args: readonly string[], env: Record<string, string> = {}): Promise<ProcessResult> =>
    runProcess({
      command: process.execPath,
      args: ['--import', wound, program, ...args],
      cwd: work,
      env: { ...process.env, XDG_STATE_HOME: join(folder, 'state'), ...env },
    });
  const keep = async (name: string): Promise<void> => {
    await rm(kept(name), { recursive: true, force: true });
    await cp(work, kept(name), { recursive: true });
  };
  await mkdir(join(work, 'out'), { recursive: true });
  const hello = Object.entries(project('hello')).map(([path, text]): [string, string] => [`hello/${path}`, text]);
  await writeFiles(work, {
    ...Object.fromEntries(hello),
    'old/kong/plugins/old/handler.lua': OLD_HANDLER,
    'old/kong/plugins/old/schema.lua': 'return { no_consumer = true, fields = { name = { type = "string" } } }\n',
    'wrong/kong/plugins/wrong/handler.lua': 'local H = { PRIORITY = 1, VERSION = "0.1.0" }\nfunction H:access() end\n',
    'wrong/kong/plugins/wrong/schema.lua':
      'return { name = "wrong", fields = { { config = { type = "record", fields = { a = { type = "string" } } } } } }\n',
    'node/kong.conf': 'database = off\nplugins = bundled # all\n',
    'out/.keep': '',
  });
  await keep('empty');
  return {
    run: (args, fault) => run(args, fault === undefined ? {} : { FAULT: fault }),
    async counted(args) {
      const file = join(folder, 'count');
      const result = await run(args, { FAULT_COUNT: file });
      return { result, changes: Number(await readFile(file, 'utf8')) };
    },
    async become(name) {
      await rm(work, { recursive: true, force: true });
      await cp(kept(name), work, { recursive: true });
    },
    keep,
    files: () => filesIn(work),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
