// Past diagnoses: the newest first, what says the same twice in a row once.
import assert from 'node:assert/strict';
import { diagnosisHistory, type DiagnosisHistory } from '../../../src/extension/panel/history';
import type { PastDiagnosis } from '../../../src/extension/panel/diagnosis';
import { diagnose } from '../../../src/troubleshoot/diagnose';

function inMemory(): DiagnosisHistory {
  const kept = new Map<string, unknown>();
  return diagnosisHistory({
    keys: () => [...kept.keys()],
    get: <T>(key: string, otherwise?: T) => (kept.has(key) ? kept.get(key) : otherwise) as T,
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
  });
}

async function past(id: string, source: string, plugin: string): Promise<PastDiagnosis> {
  const findings = await diagnose(
    `2026/11/23 08:00:01 [error] 1#0: init_by_lua error: no configuration schema found for plugin: ${plugin}`,
  );
  assert.equal(findings.length, 1);
  return { id, source, node: null, kong: null, time: Number(id), findings };
}

describe('the history of diagnoses', () => {
  it('has one entry for what says the same of the same twice in a row', async () => {
    const history = inMemory();
    for (const id of ['1', '2']) await history.keep(await past(id, 'Watching a', 'a'));
    assert.deepEqual(
      history.all().map(({ id }) => id),
      ['2'],
    );
  });

  it('has an entry for each thing that was said, and for each source', async () => {
    const history = inMemory();
    await history.keep(await past('1', 'Watching a', 'a'));
    await history.keep(await past('2', 'Watching a', 'b'));
    await history.keep(await past('3', 'Watching a', 'a'));
    await history.keep(await past('4', 'error.log', 'a'));
    assert.deepEqual(
      history.all().map(({ id }) => id),
      ['4', '3', '2', '1'],
    );
  });
});
