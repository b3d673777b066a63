// Which part of a log is of the reload that was asked for last, as real masters wrote it.
import assert from 'node:assert/strict';
import { ofLastReload, takenAt } from '../../../src/lifecycle/state/logOfNow';

const line = (level: string, text: string): string => `2026/11/23 15:09:34 [${level}] 1#1: ${text}\n`;
const ASKED = line('notice', 'signal 1 (SIGHUP) received from 517, reconfiguring');
const BEGUN = line('notice', 'reconfiguring');
const STARTED = line('notice', 'start worker processes') + line('notice', 'start worker process 675');
const REFUSED = line('error', "init_by_lua error: on plugin 'a': no configuration schema found for plugin: a");

const CASES: readonly [name: string, log: string, text: string, started: boolean | undefined][] = [
  ['nothing but what a higher log level lets through', REFUSED, REFUSED, undefined],
  ['asked for, while the one before loads', ASKED, '', false],
  ['begun', ASKED + BEGUN, BEGUN, false],
  ['refused', ASKED + BEGUN + REFUSED, BEGUN + REFUSED, false],
  ['done', ASKED + BEGUN + STARTED, BEGUN + STARTED, true],
  ['asked for while the one before is refused', BEGUN + ASKED + REFUSED, '', false],
  ['asked for while the one before starts its workers', BEGUN + ASKED + STARTED, '', false],
  ['begun after the one before', BEGUN + ASKED + STARTED + BEGUN, BEGUN, false],
  ['done after one that was refused', ASKED + BEGUN + REFUSED + ASKED + BEGUN + STARTED, BEGUN + STARTED, true],
];

describe('the log of the last reload', () => {
  for (const [name, log, text, started] of CASES) {
    for (const [ends, end] of [
      ['LF', '\n'],
      ['CRLF', '\r\n'],
    ] as const) {
      it(`${name}, ${ends}`, () => {
        assert.deepEqual(ofLastReload(log.replaceAll('\n', end)), { text: text.replaceAll('\n', end), started });
      });
    }
  }
});

describe('the log of the Kong that runs now', () => {
  it('begins where it last took a configuration', () => {
    const now = STARTED + REFUSED;
    const log = REFUSED + ASKED + BEGUN + STARTED + ASKED + BEGUN + now;
    assert.equal(log.slice(takenAt(log)), now);
  });

  it('is all of it where none was taken', () => {
    assert.equal(takenAt(REFUSED + ASKED + BEGUN + REFUSED), 0);
  });
});
