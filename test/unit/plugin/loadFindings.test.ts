// What a refused plugin comes to without a log, against what the reader finds in the log of such a start.
import assert from 'node:assert/strict';
import logs from '../../fixtures/plugin/load-logs.json';
import verdicts from '../../fixtures/plugin/load-verdicts.json';
import { parseKongVersion } from '../../../src/kong/versions';
import { moduleOfFile } from '../../../src/lua/moduleName';
import { LuaSource } from '../../../src/lua/source';
import { preflightCode, type Preflight } from '../../../src/plugin/preflight';
import { findingsOf } from '../../../src/troubleshoot/conclude';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import type { Finding } from '../../../src/troubleshoot/finding';

const VERSIONS = ['1.2.3', '1.5.1', '2.0.5', '2.3.3', '2.8.5', '3.0.2', '3.4.2', '3.9.3'];
const CASES = [...verdicts.map((recorded) => ({ plugin: 'my-plugin', ...recorded })), ...logs];

/** Words of Kong by which nobody knows what is wrong. */
const SAYS_NOTHING = ['(error object is a table value)', 'attempt to compare string with number'];

function judged(plugin: string, files: Readonly<Record<string, string | null | undefined>>, kong: string): Preflight {
  const sources = Object.entries(files).flatMap(([file, text]): [string, LuaSource][] => {
    const module = moduleOfFile(file);
    return typeof text === 'string' ? [[`kong.plugins.${plugin}.${module}`, new LuaSource(text, `/workspace/${file}`)]] : [];
  });
  return preflightCode({ name: plugin, sources: new Map(sources), dependencies: [] }, parseKongVersion(kong));
}

/** What both ways must tell alike; a log may leave open whose fault it is. */
function told({ id, file, line, steps, fixes }: Finding): unknown {
  return { id, file, line, steps, fixes };
}

describe('findings of a plugin that Kong would refuse', () => {
  for (const { case: title, plugin, files } of CASES) {
    it(`are those of the log: ${title}`, async () => {
      for (const kong of VERSIONS) {
        const { verdict, stops } = judged(plugin, files, kong);
        const findings = findingsOf(stops, kong);
        if (verdict.verdict !== 'fails') {
          assert.deepEqual(findings, []);
          continue;
        }
        assert.ok(findings.every((finding) => finding.plugin === plugin));
        const read = await diagnose(`nginx: [error] init_by_lua error: ${verdict.message}`, { kong });
        if (SAYS_NOTHING.includes(verdict.message)) {
          assert.equal(findings.length, 1);
          assert.deepEqual(
            read.map(({ id }) => id),
            ['unknown-error'],
          );
          continue;
        }
        // Kong's words may name no plugin; what is known without a log says more.
        const named = read.some((finding) => finding.plugin === plugin) ? plugin : null;
        const asInLog = findingsOf(
          stops.map((stop) => ({ ...stop, plugin: named })),
          kong,
        );
        assert.deepEqual(asInLog.map(told), read.map(told), `${kong}: ${verdict.message}`);
      }
    });
  }

  it('quote what Kong would say', () => {
    const { stops, verdict } = judged('x', { 'handler.lua': 'return { PRIORITY = 1, VERSION = "1.0.0" }' }, '3.9');
    const [finding] = findingsOf(stops, '3.9');
    assert.equal(finding?.id, 'no-configuration-schema');
    assert.deepEqual(finding.evidence, [{ line: 1, text: verdict.message }]);
  });
});
