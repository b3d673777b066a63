// Our own process is killed after every single change it makes; whoever comes next must find, or make, a node that is right.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan, type Operation } from '../../../src/lifecycle/plan/plan';
import { recover } from '../../../src/lifecycle/plan/recover';
import { interruptedOn } from '../../../src/lifecycle/state/interrupted';
import { folderNode } from '../../../src/node/folder';
import { runProcess } from '../../../src/system/process';
import { isWholeRun } from '../../equipment/wholeRun';
import { bundled } from '../cli/bundled';
import { filesIn, project, writeFiles } from './plugins';

const START = { 'kong.conf': 'database = off\n# kept\nplugins = bundled # all\n' };
const MOST_CHANGES = 60;
/** A run of every suite tries every second change. */
const STEP = isWholeRun ? 2 : 1;
let faults = 0;
let wrong = 0;

describe('a process killed after any change', function () {
  this.timeout(120_000);
  let folder = '';
  let program = '';
  let source = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kpw-killed-'));
    program = join(folder, 'child.cjs');
    source = join(folder, 'hello');
    await writeFiles(source, project('hello'));
    await bundled(program, 'test/unit/lifecycle/killedChild.ts');
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    console.log(`      ${faults} kills tried, ${wrong} nodes left wrong`);
  });

  const install = async (via?: 'path'): Promise<Operation> =>
    installOperation(await readInstallSource(source, source), { via, enable: true });
  const remove = (): Promise<Operation> =>
    Promise.resolve(removeOperation('hello', { yes: true, keep: () => Promise.resolve('kept') }));

  /** Every kill point of an operation on a node prepared by others; each is followed by the same operation, or by a recovery. */
  async function killEverywhere(
    name: string,
    prepared: readonly Operation[],
    operation: () => Promise<Operation>,
  ): Promise<void> {
    // Settings and journals hold absolute paths, so every run happens in the same place.
    const tree = join(folder, 'tree');
    const become = async (kept: string): Promise<void> => {
      await rm(tree, { recursive: true, force: true });
      await cp(join(folder, kept), tree, { recursive: true });
    };
    const keepAs = async (kept: string): Promise<void> => {
      await rm(join(folder, kept), { recursive: true, force: true });
      await cp(tree, join(folder, kept), { recursive: true });
    };
    await rm(tree, { recursive: true, force: true });
    await writeFiles(tree, START);
    for (const earlier of prepared) await runPlan(folderNode(tree), earlier);
    await keepAs('start');
    const before = await filesIn(tree);
    await runPlan(folderNode(tree), await operation());
    const goal = await filesIn(tree);

    for (let after = 1; after <= MOST_CHANGES; after += STEP) {
      await become('start');
      const child = await runProcess({ command: process.execPath, args: [program, tree, source, name, String(after)] });
      if (child.code !== null) {
        assert.ok(after > 5, `it made only ${after} changes: ${child.stderr.toString('utf8')}`);
        return;
      }
      await keepAs('killed');
      faults += 2;
      // Run again, it ends as if it had never been interrupted …
      await runPlan(folderNode(tree), await operation());
      const again = difference(await filesIn(tree), goal);
      await become('killed');
      // … and nothing else is done there before a person has it put back, unless it was finished but for its notes.
      const other = await runPlan(folderNode(tree), disableOperation('nosuch'));
      const left = await interruptedOn(folderNode(tree), tree);
      if (left === undefined)
        assert.deepEqual(difference(await filesIn(tree), before).length * difference(await filesIn(tree), goal).length, 0);
      else assert.deepEqual([other.ok, other.steps.map((step) => step.name)], [false, ['recover']]);
      assert.ok((await recover(folderNode(tree), { how: 'undo' })).ok);
      const now = await filesIn(tree);
      const undone = left === undefined ? [] : difference(now, before);
      wrong += Number(again.length > 0) + Number(undone.length > 0);
      assert.deepEqual(again, [], `run again after change ${after}`);
      assert.deepEqual(undone, [], `put back after change ${after}`);
    }
    assert.fail(`more than ${MOST_CHANGES} changes`);
  }

  /** Paths whose content differs. */
  function difference(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]);
  }

  it('install by path', () => killEverywhere('install:path', [], () => install('path')));
  it('install over an older version', async () => {
    const older = join(folder, 'older');
    await writeFiles(older, project('hello', '0.0.9'));
    await killEverywhere('install', [installOperation(await readInstallSource(older, older), { enable: true })], () => install());
  });
  it('remove', async () => killEverywhere('remove', [await install()], remove));
  it('an operation that fails and is being undone', async () =>
    killEverywhere('enable', [await install()], () => Promise.resolve(enableOperation('nosuch'))));
});
