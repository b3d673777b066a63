// Marks of a container's log, with an engine and a container that say what they are told.
import assert from 'node:assert/strict';
import { containerLog, containerLogEnd, type LogPlace } from '../../../src/node/container/log';
import type { Container } from '../../../src/node/container/containers';
import type { ProcessResult } from '../../../src/system/process';

const result = (stdout: string): ProcessResult => ({
  code: 0,
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
  timedOut: false,
});

/** A running container whose engine has these lines; `clock` is what `date` in it says. */
function place(lines: readonly string[], clock = ''): LogPlace & { calls: string[][] } {
  const calls: string[][] = [];
  const call = (args: readonly string[]): Promise<ProcessResult> => {
    calls.push([...args]);
    return Promise.resolve(result(`${lines.join('\n')}\n`));
  };
  return {
    client: { program: 'docker', call, ask: () => Promise.resolve(Buffer.alloc(0)) },
    container: { name: 'kong', running: true } as Container,
    errorLog: '/usr/local/kong/logs/error.log',
    script: (text) => Promise.resolve(result(text.startsWith('date') ? `${clock}\n7:300\n` : '')),
    calls,
  };
}

describe('the log of a container', () => {
  it('ends now by the clock of the container, without a question to the engine', async () => {
    const log = place([], '2026-03-01T10:00:00.123456789Z');
    assert.equal(await containerLogEnd(log), '2026-03-01T10:00:00.123456789Z|7:300');
    assert.deepEqual(log.calls, []);
  });

  for (const clock of ['2026-03-01T10:00:00.%NZ', '2026-03-01T10:00:00.Z', ''])
    it(`ends with its last line where the clock says ${JSON.stringify(clock)}`, async () => {
      const log = place(['2026-03-01T09:59:59.500000000Z last'], clock);
      assert.equal(await containerLogEnd(log), '2026-03-01T09:59:59.500000000Z|7:300');
    });

  it('tells what came after a mark, in whatever zone and length the engine writes its times', async () => {
    const log = place([
      '2026-03-01T10:00:00.1Z before',
      '2026-03-01T05:00:00.12-05:00 the same moment',
      '2026-03-01T05:00:00.1200001-05:00 after',
      '2026-03-01T11:00:00.2+01:00 later',
      '2026-03-01T10:00:01Z last',
    ]);
    const { text, mark } = await containerLog(log, '2026-03-01T10:00:00.120000000Z|');
    assert.deepEqual(text.split('\n'), ['after', 'later', 'last']);
    assert.equal(mark, '2026-03-01T10:00:01.000000000Z|');
  });
});
