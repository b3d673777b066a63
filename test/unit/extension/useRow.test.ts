// The row of a use below its plugin: scope in words, what is switched off, and the differences from the defaults without their secrets.
import assert from 'node:assert/strict';
import { useRow } from '../../../src/extension/views/useRow';
import type { ComparedUse } from '../../../src/lifecycle/state/use/seenUses';

const USE: ComparedUse = {
  id: 'abc',
  plugin: 'hello',
  on: [{ kind: 'consumer_group', name: 'gold' }],
  enabled: true,
  instance: undefined,
  config: {},
  workspace: undefined,
  entity: undefined,
  declared: undefined,
  differences: [],
};

describe('the row of a use', () => {
  it('says what it is applied to, and nothing where all is as it is by itself', () => {
    const { name, description, label, tooltip } = useRow(USE);
    assert.deepEqual([name, description, label], ['on consumer group gold', '', 'hello on consumer group gold']);
    assert.match(tooltip, /Every field has its default/);
  });

  it('says that it is switched off, and which of several it is', () => {
    const row = useRow({ ...USE, on: [], enabled: false, instance: 'second', workspace: 'w' });
    assert.equal(row.label, 'hello global, switched off · second · workspace w');
    assert.equal(row.icon, 'circle-slash');
    assert.match(row.tooltip, /Kong does not run it/);
  });

  it('shows on hover what differs, cut and without secrets', () => {
    const differences = [
      { field: 'limit', value: 5 },
      { field: 'auth.api_key', value: 's3cr3t-1234-abcd' },
      { field: 'text', value: 'x'.repeat(500) },
    ];
    const { description, tooltip } = useRow({ ...USE, differences });
    assert.equal(description, '3 fields set');
    assert.match(tooltip, / {2}limit: 5\n {2}auth\.api_key: "\*+"\n {2}text: "x{79}…\n/);
  });

  it('does not speak of defaults that are not known', () => {
    assert.match(useRow({ ...USE, differences: undefined }).tooltip, /schema is not known/);
  });
});
