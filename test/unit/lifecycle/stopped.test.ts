// Our own process is stopped by Ctrl-C or SIGTERM in the middle of each command that writes: everything is as it was, or as it should become, with nothing left over.
import assert from 'node:assert/strict';
import { COMMANDS, type WritingCommand } from '../../faults/commands';
import { makePlace, type Place } from '../../faults/place';

/** At its first change, and in the midst of them. */
const POINTS = [
  ['SIGINT', 1],
  ['SIGTERM', 5],
] as const;

describe('a process stopped by a signal', function () {
  this.timeout(120_000);
  let place: Place;
  const prepared = new Set<string>();
  let stopped = 0;

  before(async () => {
    place = await makePlace();
  });
  after(async () => {
    await place.remove();
    console.log(`      ${stopped} commands stopped`);
  });

  /** The name under which what is there before a command is kept. */
  async function prepare({ before: earlier }: Pick<WritingCommand, 'before'>): Promise<string> {
    const name = `after-${earlier.flat().join('-').replaceAll(/\W+/g, '-')}`;
    if (!prepared.has(name)) {
      await place.become('empty');
      for (const args of earlier) assert.equal((await place.run(args)).code, 0, args.join(' '));
      await place.keep(name);
    }
    prepared.add(name);
    await place.become(name);
    return name;
  }

  /** What is there when nothing stops it. */
  async function goalOf({ args }: WritingCommand, start: string): Promise<Record<string, string>> {
    await place.become(start);
    await place.run(args);
    return place.files();
  }

  for (const command of COMMANDS) {
    it(command.name, async () => {
      let goal: Record<string, string> | undefined;
      for (const [signal, at] of POINTS) {
        const start = await prepare(command);
        const before = await place.files();
        const { code, stderr } = await place.run(command.args, `${signal}:${at}`);
        const now = await place.files();
        assert.notEqual(code, null, `the signal itself ended it: ${stderr.toString()}`);
        if (code === 0) {
          goal ??= await goalOf(command, start);
          assert.deepEqual(now, goal, `${signal} at change ${at} came too late, and it is not done`);
        } else {
          assert.deepEqual(now, before, `${signal} at change ${at}`);
          stopped += 1;
        }
        // An operation on a node has much to do after its first change.
        if (at === 1 && command.args.includes('folder:node')) assert.notEqual(code, 0, 'it was not stopped');
      }
    });
  }

  it('while it is undone already', async () => {
    for (const [signal, at] of POINTS) {
      await prepare({ before: [] });
      const before = await place.files();
      assert.equal((await place.run(['enable', 'nosuch', '--node', 'folder:node'], `${signal}:${at}`)).code, 1);
      assert.deepEqual(await place.files(), before, `${signal} at change ${at}`);
    }
  });
});
