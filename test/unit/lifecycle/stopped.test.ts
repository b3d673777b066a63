// Our own process is stopped by Ctrl-C or SIGTERM in the middle of an operation: the node is as it was, or as it should become, with nothing left over.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { runPlan, type Operation } from '../../../src/lifecycle/plan/plan';
import { folderNode } from '../../../src/node/folder';
import { runProcess } from '../../../src/system/process';
import { filesIn, project, writeFiles } from './plugins';

const START = { 'kong.conf': 'database = off\n# kept\nplugins = bundled # all\n' };
/** After which changes of a file: close at the beginning, where most is at stake, then ever wider. */
const POINTS = [1, 4, 10, 22, 40, 60];
let trials = 0;

describe('a process stopped by a signal', function () {
  this.timeout(120_000);
  let folder = '';
  let program = '';
  let source = '';
  let older = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kpw-stopped-'));
    program = join(folder, 'child.cjs');
    source = join(folder, 'hello');
    older = join(folder, 'older');
    await writeFiles(source, project('hello'));
    await writeFiles(older, project('hello', '0.0.9'));
    const entry = join(import.meta.dirname, 'killedChild.ts');
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'cjs', outfile: program, logLevel: 'error' });
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    console.log(`      ${trials} signals sent`);
  });

  const install = async (from: string): Promise<Operation> =>
    installOperation(await readInstallSource(from, from), { enable: true });

  /** Stops an operation at each point, with the one signal and the other in turn. */
  async function stopEverywhere(name: string, prepared: () => Promise<Operation[]>): Promise<void> {
    const tree = join(folder, 'tree');
    const start = join(folder, 'start');
    await rm(tree, { recursive: true, force: true });
    await writeFiles(tree, START);
    for (const earlier of await prepared()) assert.ok((await runPlan(folderNode(tree), earlier)).ok);
    await rm(start, { recursive: true, force: true });
    await cp(tree, start, { recursive: true });
    const before = await filesIn(tree);
    /** Whether it was stopped. */
    const run = async (...more: string[]): Promise<boolean> => {
      await rm(tree, { recursive: true, force: true });
      await cp(start, tree, { recursive: true });
      const args = [program, tree, source, name, ...more];
      const { code, stdout, stderr } = await runProcess({ command: process.execPath, args });
      assert.notEqual(code, null, `the signal itself ended it: ${stderr.toString('utf8')}`);
      return stdout.toString('utf8') === 'stopped';
    };
    await run('0');
    const goal = await filesIn(tree);
    for (const [i, point] of POINTS.entries()) {
      const signal = i % 2 === 0 ? 'SIGINT' : 'SIGTERM';
      const stopped = await run(String(point), signal);
      const now = await filesIn(tree);
      if (!stopped) {
        assert.ok(i > 1, `it made fewer than ${point} changes`);
        assert.deepEqual(now, goal);
        return;
      }
      trials += 1;
      // Behind its last step an operation is done.
      if (!same(now, goal)) assert.deepEqual(now, before, `${signal} after change ${point}`);
      else assert.ok(i > 1 || same(before, goal), `${signal} after change ${point} stopped nothing`);
    }
    assert.fail('it has more changes than there are points');
  }

  const same = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
    JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

  it('install by path', () => stopEverywhere('install:path', () => Promise.resolve([])));
  it('install over an older version', () => stopEverywhere('install', async () => [await install(older)]));
  it('remove', () => stopEverywhere('remove', async () => [await install(source)]));
  it('an operation that is being undone already', () => stopEverywhere('enable', async () => [await install(source)]));
});
