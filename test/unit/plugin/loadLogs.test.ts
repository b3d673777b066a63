// The predicted verdicts and messages against what real nodes of Kong 2.8.5 and 3.9.1 logged when they started with the same files.
import assert from 'node:assert/strict';
import recorded from '../../fixtures/plugin/load-logs.json';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { preflightPlugin } from '../../../src/plugin/judge';
import { makeWorkspace } from './workspace';

/** Kong cuts long paths and lists types in another order at every start; where the plugin lay differs from node to node. */
function comparable(message: string): string {
  return message
    .replace(/(?:\.\.\.|\/)[^\s':]*\/(?=(?:handler|schema|daos)\.lua\b)/g, '')
    .replace(
      /(expected one of: |must be non-empty: )([^"\n]*)/g,
      (_all, before: string, list: string) => before + list.split(', ').sort().join(', '),
    )
    .trim();
}

describe('preflightPlugin', () => {
  for (const { case: title, plugin, files, kong } of recorded) {
    for (const [version, message] of Object.entries(kong)) {
      it(`${title} in Kong ${version}`, async () => {
        const workspace = await makeWorkspace(
          Object.fromEntries(
            Object.entries(files).flatMap(([path, text]) =>
              typeof text === 'string' ? [[`kong/plugins/${plugin}/${path}`, text]] : [],
            ),
          ),
        );
        try {
          const [found] = await discoverPlugins([workspace.root]);
          assert.ok(found);
          const verdict = await preflightPlugin(found, version, { database: 'off' });
          assert.deepEqual(
            { verdict: verdict.verdict, message: comparable(verdict.message) },
            { verdict: message === '' ? 'loads' : 'fails', message: comparable(message) },
          );
        } finally {
          await workspace.remove();
        }
      });
    }
  }
});
