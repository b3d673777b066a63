// The loop closed: a node is broken, its next start is predicted, its log gives the card, the button is pressed, and the node is healthy; or a
// person is told what to do.
import assert from 'node:assert/strict';
import type { NodeStatus, OperationResult } from '../../src/lifecycle/types';
import type { Finding } from '../../src/troubleshoot/finding';
import { isOfGeneration, itUnless, otherImage, versionOf } from '../equipment/underTest';
import { isWholeRun } from '../equipment/wholeRun';
import { breakNode, NAME } from './brokenNode';
import { BROKEN_STATES, type BrokenState } from './brokenStates';
import { kongPlugin, statusOf } from './commandLine';

/** Why the image under test cannot have a state; undefined when it can, and always with the test node. */
function reasonWithout({ kong, ownWays }: BrokenState): string | undefined {
  if (otherImage === undefined) return undefined;
  const generation = kong === undefined ? undefined : isOfGeneration(kong, 2) ? 2 : 3;
  if (generation !== undefined && !isOfGeneration(otherImage.kong, generation)) return `only Kong ${generation} says so`;
  return ownWays;
}

/** Of states with the same finding and the same remedy the first, in a run of every suite. */
const STATES = BROKEN_STATES.filter(
  (state, at) => !isWholeRun || at === BROKEN_STATES.findIndex(({ id, fix }) => id === state.id && fix === state.fix),
);

/** How many are broken and remedied at a time: much of each is waiting, but where a Kong is not the test node its start is work. */
const AT_ONCE = otherImage === undefined ? 6 : 2;

/** What `kong-plugin fix --format json` prints. */
interface Said {
  findings: Finding[];
  results: OperationResult[];
}

interface Remedied {
  /** What the next start was predicted to say, before it was tried; undefined where the node never served. */
  predicted: NodeStatus['predictedStart'] | undefined;
  first: Finding | undefined;
  exit: number;
  out: string;
  results: OperationResult[];
  status: NodeStatus;
}

async function remedy(state: BrokenState): Promise<Remedied> {
  let predicted: NodeStatus['predictedStart'] | undefined;
  const broken = await breakNode(state, async (node) => {
    if (state.predicted !== null) predicted = (await statusOf(node.id)).predictedStart;
  });
  try {
    const { node, workspace } = broken;
    const kind = state.fix === undefined ? [] : ['--fix', state.fix];
    const diagnosed = state.fix === undefined ? await saidOf(node.id, workspace.dir) : undefined;
    const ran = await kongPlugin('fix', workspace.dir, '--node', node.id, ...kind, '--yes', '--format', 'json');
    const { findings = [], results = [] } = JSON.parse(ran.out === '' ? '{}' : ran.out) as Partial<Said>;
    const log = results.some(({ ok }) => ok) ? '' : await node.logs();
    return {
      predicted,
      first: (diagnosed ?? findings)[0],
      exit: ran.status,
      out: `${ran.err}\n${JSON.stringify(results, null, 2)}\n${log.slice(-3000)}`,
      results,
      status: await statusOf(node.id),
    };
  } finally {
    await broken.remove();
  }
}

/** A node with two problems, remedied twice. */
async function remedyBoth(): Promise<{ first: OperationResult; second: OperationResult; status: NodeStatus }> {
  const broken = await breakNode({ conf: `plugins = bundled,${NAME},ghost\nlog_level = loud\n` });
  const { node, workspace } = broken;
  try {
    const fix = async (): Promise<OperationResult> => {
      const { out, err } = await kongPlugin('fix', workspace.dir, '--node', node.id, '--yes', '--format', 'json');
      const [result] = (JSON.parse(out) as Said).results;
      assert.ok(result?.ok, `${err}\n${out}`);
      return result;
    };
    return { first: await fix(), second: await fix(), status: await statusOf(node.id) };
  } finally {
    await broken.remove();
  }
}

/** What `kong-plugin diagnose` says of a node. */
async function saidOf(node: string, workspace: string): Promise<Finding[]> {
  const { out } = await kongPlugin('diagnose', '--node', node, '--plugin', workspace, '--format', 'json');
  return (JSON.parse(out) as { findings: Finding[] }).findings;
}

describe('broken states: predicted, diagnosed, cured', function () {
  this.timeout(240_000);
  const remedied = new Map<BrokenState, Promise<Remedied>>();
  let both: ReturnType<typeof remedyBoth> | undefined;
  const counts = { predicted: 0, predictable: 0, diagnosed: 0, cured: 0, person: 0 };

  before(() => {
    both = remedyBoth();
    both.catch(() => undefined);
    const begun: Promise<Remedied>[] = [];
    for (const state of STATES.filter((each) => reasonWithout(each) === undefined)) {
      const turn = begun.at(-AT_ONCE) ?? Promise.resolve();
      const work = turn.then(
        () => remedy(state),
        () => remedy(state),
      );
      work.catch(() => undefined);
      begun.push(work);
      remedied.set(state, work);
    }
  });
  after(() => {
    const { predicted, predictable, diagnosed, cured, person } = counts;
    console.log(
      `    broken states: ${remedied.size}; predicted ${predicted} of ${predictable} that can be, diagnosed ${diagnosed}, cured ${cured}, a person told what to do ${person}`,
    );
  });

  for (const state of STATES) {
    const how = `${versionOf(state.kong ?? '3.9.1')}, ${state.reload === undefined ? 'start' : 'reload'}`;
    itUnless(reasonWithout(state), `${state.id}: ${state.fix ?? 'a person'} (${how})`, async () => {
      const { predicted, first, exit, out, results, status } = (await remedied.get(state)) ?? assert.fail();
      if (predicted !== undefined) {
        counts.predictable += 1;
        assert.equal(predicted.problems[0], state.predicted ?? state.id, JSON.stringify(predicted));
        counts.predicted += 1;
      }
      assert.equal(first?.id, state.id, out);
      counts.diagnosed += 1;
      if (state.person !== undefined) {
        assert.equal(exit, 1, out);
        assert.match(out, state.person);
        assert.ok(!results.some(({ ok }) => ok), out);
        counts.person += 1;
        return;
      }
      assert.ok(results.length > 0 && results.every(({ ok }) => ok), out);
      // It was looked for again, and Kong no longer says it.
      assert.equal(results[0]?.steps.at(-1)?.name, 'look-again', out);
      assert.equal(results[0].steps.at(-1)?.status, 'done', out);
      assert.equal(status.running, true, out);
      assert.deepEqual(status.predictedStart, { ok: true, problems: [] }, out);
      const plugin = status.plugins.find(({ name }) => name === NAME);
      if (state.gone === true) assert.notEqual(plugin?.loaded, true, out);
      else assert.equal(plugin?.loaded, true, out);
      counts.cured += 1;
    });
  }

  it('two problems of a node that does not start are mended one after the other', async () => {
    const { first, second, status } = (await both) ?? assert.fail();
    assert.equal(first.steps.at(-1)?.status, 'skipped', JSON.stringify(first));
    assert.match(first.steps.at(-1)?.detail ?? '', /fail for another reason: .*\(ghost\)/);
    assert.equal(second.steps.at(-1)?.status, 'done', JSON.stringify(second));
    assert.equal(status.running, true);
  });
});
