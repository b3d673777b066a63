// A log that grows tells, piece by piece, what it tells as a whole.
import assert from 'node:assert/strict';
import { diagnose, diagnoseGrowing } from '../../../src/troubleshoot/diagnose';
import { LABELS, readLog } from './recorded';

describe('a log that grows', () => {
  for (const size of [1, 7]) {
    it(`says the same in pieces of ${size} lines as at once, for every recorded log`, async () => {
      for (const name of Object.keys(LABELS)) {
        const text = readLog(name);
        const lines = text.split('\n');
        const log = diagnoseGrowing();
        for (let i = 0; i < lines.length; i += size) {
          log.push(lines.slice(i, i + size));
          log.findings();
        }
        log.rest();
        assert.deepEqual(log.findings(), await diagnose(text), name);
      }
    });
  }

  it('tells what is complete at once, and the last words when nothing more comes', () => {
    const log = diagnoseGrowing();
    log.push(["2026/11/23 08:00:01 [error] 1#0: init_by_lua error: on plugin 'acme': acme plugin is enabled but not installed;"]);
    assert.deepEqual(log.findings(), []);
    log.push(['no plugin found', '2026/11/23 08:00:02 [notice] 1#0: exiting']);
    assert.deepEqual(
      log.findings().map(({ id, evidence }) => [id, evidence[0]?.line]),
      [['plugin-enabled-not-installed', 1]],
    );
    log.push(['2026/11/23 08:00:03 [error] 1#0: init_by_lua error: no configuration schema found for plugin: other']);
    log.rest();
    assert.deepEqual(
      log.findings().map(({ id, plugin }) => [id, plugin]),
      [
        ['plugin-enabled-not-installed', 'acme'],
        ['no-configuration-schema', 'other'],
      ],
    );
  });

  it('can be opened in the middle: its lines are numbered on', () => {
    const log = diagnoseGrowing({ after: 100 });
    log.push(['2026/11/23 08:00:03 [error] 1#0: init_by_lua error: no configuration schema found for plugin: other']);
    log.rest();
    assert.equal(log.findings()[0]?.evidence[0]?.line, 101);
  });

  it('tells the version of Kong that it shows', () => {
    const told: string[] = [];
    const log = diagnoseGrowing({ onKong: (version) => told.push(version) });
    log.push(['2026/11/23 08:00:01 [verbose] Kong: 3.9.1', '2026/11/23 08:00:02 [verbose] Kong: 3.8.0', '']);
    log.rest();
    assert.deepEqual(told, ['3.9.1']);
  });
});
