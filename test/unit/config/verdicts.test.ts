// Configurations and what real Kong 3.9.1 and 2.8.5 said to each: refused with message and fields, or stored with its defaults.
import assert from 'node:assert/strict';
import { bundledSchema } from '../../../src/config/pluginSchema';
import type { Json } from '../../../src/config/luaTables';
import { validatePlugin } from '../../../src/config/validate';
import { parseKongVersion } from '../../../src/kong/versions';
import { recorded, recordedOfBundled, schemaOf, type Answer } from './recorded';

/** An answer with a made-up id as one that both make up. */
function sameIds(answer: Answer): unknown {
  return JSON.parse(JSON.stringify(answer).replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'an id'));
}

describe('configurations as real Kong judges them', () => {
  for (const [at, kong] of ['3.9.1', '2.8.5'].entries()) {
    it(`says of every recorded one what Kong ${kong} said, in the same words on the same fields`, () => {
      const wrong: unknown[] = [];
      for (const [plugin, config, ...answers] of recorded) {
        const answer = answers[at] ?? answers[0];
        const verdict = validatePlugin(schemaOf(plugin, kong), { config });
        const { config: stored } = (verdict.stored ?? {}) as { config?: Json };
        const ours: Answer =
          verdict.verdict === 'taken' ? { config: stored ?? null } : { fields: verdict.fields, message: verdict.message };
        try {
          assert.deepEqual(sameIds(ours), sameIds(answer));
          assert.deepEqual(verdict.unsure, []);
        } catch {
          wrong.push({ plugin, config, answer, ours, unsure: verdict.unsure });
        }
      }
      assert.deepEqual(wrong, []);
    });
  }

  it('refuses no configuration of a bundled plugin that Kong takes, and takes next to none that it refuses', () => {
    const refused: unknown[] = [];
    const taken: unknown[] = [];
    let bad = 0;
    for (const [plugin, kong, config, status, message] of recordedOfBundled) {
      const schema = bundledSchema(plugin, parseKongVersion(kong));
      assert(schema !== undefined, `${plugin} of ${kong}`);
      const verdict = validatePlugin(schema, { config });
      if (status === 200 && verdict.verdict !== 'taken') refused.push([plugin, kong, config, verdict.message]);
      if (status !== 200) bad++;
      if (status !== 200 && verdict.verdict === 'taken') taken.push([plugin, kong, config, message]);
    }
    assert.deepEqual(refused, []);
    assert(taken.length * 20 <= bad, `${taken.length} of ${bad} are taken: ${JSON.stringify(taken, null, 1)}`);
  });
});
