// The row of a plugin below its node: the icon tells what the words tell.
import assert from 'node:assert/strict';
import { rungRow } from '../../../src/extension/views/rungRow';
import { findingsOf } from '../../../src/troubleshoot/conclude';
import { problemWords } from '../../../src/text/problemWords';
import type { PluginOnNode } from '../../../src/lifecycle/types';

const LOADED: PluginOnNode = {
  name: 'hello',
  installed: { version: '0.1.0-1', via: 'rock', path: '/usr/local/share/lua/5.1/kong/plugins/hello' },
  enabled: true,
  loaded: true,
  inUse: 0,
  problems: [],
  enabledBy: 'file',
  drift: false,
};

/** What is known of the plugin, the icon of its row, and what a screen reader says. */
const ROWS: readonly (readonly [Partial<PluginOnNode>, string, string])[] = [
  [{}, 'pass', 'Plugin hello, 0.1.0-1 · loaded'],
  [{ inUse: 2 }, 'pass-filled', 'Plugin hello, 0.1.0-1 · in use 2×'],
  [{ loaded: null }, 'circle-large-filled', 'Plugin hello, 0.1.0-1 · enabled'],
  [{ loaded: false, enabled: false }, 'circle-large-outline', 'Plugin hello, 0.1.0-1 · installed'],
  [{ loaded: false, enabled: false, installed: null }, 'circle-slash', 'Plugin hello, not installed'],
  [{ drift: true }, 'warning', 'Plugin hello, warning, differs from workspace · 0.1.0-1 · loaded'],
  [{ drift: true, inUse: 1 }, 'warning', 'Plugin hello, warning, differs from workspace · 0.1.0-1 · in use 1×'],
  [
    { drift: true, problems: ['handler-bad-priority'] },
    'error',
    'Plugin hello, error: Kong would not start with it, differs from workspace · 0.1.0-1 · loaded',
  ],
];

describe('the row of a plugin on a node', () => {
  for (const [known, icon, label] of ROWS) {
    it(label, () => {
      const row = rungRow({ ...LOADED, ...known }, []);
      assert.equal(row.icon.id, icon);
      assert.equal(row.label, label);
    });
  }

  it('says on hover what drift means', () => {
    assert.match(rungRow({ ...LOADED, drift: true }, []).tooltip, /files differ from those of the workspace/);
    assert.doesNotMatch(rungRow(LOADED, []).tooltip, /differ/);
  });

  it('says on hover what is wrong in words, not by its id', () => {
    const told = findingsOf(
      ['hello', 'other'].map((plugin) => ({ id: 'handler-bad-priority', words: {}, plugin, said: `${plugin}: bad` })),
      undefined,
    );
    const { tooltip } = rungRow({ ...LOADED, problems: ['handler-bad-priority'] }, told);
    assert.deepEqual(
      tooltip.split('\n').slice(2),
      told.flatMap((finding) => (finding.plugin === 'hello' ? [problemWords(finding)] : [])),
    );
  });
});
