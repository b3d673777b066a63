// Every entry of the catalogue on an example of its own, and on a text that only looks like it.
import assert from 'node:assert/strict';
import { CATALOGUE, type EntryId } from '../../../src/troubleshoot/catalogue';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { CODE_EXAMPLES } from './examples/code';
import type { Example } from './examples/example';
import { LIMIT_EXAMPLES } from './examples/limits';
import { LOAD_EXAMPLES } from './examples/load';
import { START_EXAMPLES } from './examples/start';
import { TOOL_EXAMPLES } from './examples/tools';

/** The compiler demands an example of every entry. */
const EXAMPLES: Readonly<Record<EntryId, Example>> = {
  ...LOAD_EXAMPLES,
  ...START_EXAMPLES,
  ...TOOL_EXAMPLES,
  ...CODE_EXAMPLES,
  ...LIMIT_EXAMPLES,
};

describe('examples of the catalogue', () => {
  for (const [id, { log, near, plugin, file, line }] of Object.entries(EXAMPLES)) {
    if (log !== undefined) {
      it(id, async () => {
        const findings = await diagnose(log);
        const found = findings.find((finding) => finding.id === id);
        assert.ok(found, `found ${findings.map((finding) => finding.id).join(', ') || 'nothing'}`);
        assert.deepEqual([found.plugin, found.file, found.line], [plugin ?? null, file ?? null, line ?? null]);
        assert.ok(found.evidence.length > 0);
      });
    } else {
      it(`${id} is proved by no message`, () =>
        assert.ok(CATALOGUE[id as EntryId].messages.every((message) => message.sign === true)));
    }
    it(`near ${id}`, async () => {
      const findings = await diagnose(near);
      assert.ok(!findings.some((finding) => finding.id === id), 'a near miss is taken for it');
    });
  }

  it('are about no other entries', () => assert.deepEqual(Object.keys(EXAMPLES).sort(), Object.keys(CATALOGUE).sort()));
});
