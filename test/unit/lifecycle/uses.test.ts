// Where a plugin is in use: entries of a declarative file with the ids that Kong gives them, rows of a database by the names of what they are on.
import assert from 'node:assert/strict';
import { idOfNamed } from '../../../src/kong/declarative/ids';
import { readDeclarative } from '../../../src/kong/declarative/read';
import { parseKongVersion } from '../../../src/kong/versions';
import { findUses } from '../../../src/lifecycle/state/inUse';
import { declaredUses, listUses, scopeWords, type ListedUse } from '../../../src/lifecycle/state/use/listUses';
import { viewNode } from '../../../src/lifecycle/state/view';
import { commandLine } from '../cli/commandLine';
import { fakeNode, type FakeNode } from './fakeNode';
import { withFolder, writeFiles } from './plugins';

/** What was posted to /config of real nodes. */
const POSTED = (format: string, instance = ''): string => `_format_version: "${format}"
services:
- name: orders
  url: http://127.0.0.1:9
  routes:
  - name: orders-route
    paths: [/orders]
    plugins:
    - name: acme-header
      config: { value: from-route }
  plugins:
  - name: acme-header
${instance}    config: { value: from-service }
consumers:
- username: ann
  plugins:
  - name: acme-header
    config: { value: from-consumer }
plugins:
- name: acme-header
  tags: [example]
  config: { value: global }
`;

/** And the ids that they answered. */
const IDS = {
  '3.9.1': {
    'route:orders-route': '6761d8d5-a7d6-59d5-aef1-a0299e6e09cd',
    'service:orders': '8db4e547-06dc-599c-823f-2ca88e47a14f',
    'consumer:ann': '64b3c1cc-c777-575b-81de-213dd5fbe90c',
    global: 'e600a1f5-eabc-50f5-9e2f-92375562d2aa',
  },
  '2.8.5': {
    'route:orders-route': '816a0890-18c4-524c-bd86-029da115c6ec',
    'service:orders': 'de448487-327d-5925-b008-2d295577d20b',
    'consumer:ann': '497417be-a1bf-57ab-86bc-4cbab1387bb8',
    global: 'b44517a7-d93f-5749-a168-98644248cf4b',
  },
} as const;

const usesIn = (text: string, kong = '3.9.1'): ListedUse[] => declaredUses(readDeclarative(text).plugins, parseKongVersion(kong));
const byScope = (uses: readonly ListedUse[]): Record<string, string> =>
  Object.fromEntries(uses.map((use) => [scopeWords(use), use.id]));

async function usesOn(node: FakeNode, plugin?: string): Promise<ListedUse[]> {
  const view = await viewNode(node);
  return listUses(view, await findUses(view), plugin);
}

describe('uses', () => {
  for (const [kong, ids] of Object.entries(IDS)) {
    it(`of a declarative file have the ids that Kong ${kong} gives`, () => {
      const text = kong.startsWith('2') ? POSTED('2.1') : POSTED('3.0', '    instance_name: acme-on-orders\n');
      assert.deepEqual(byScope(usesIn(text, kong)), ids);
    });
  }

  it('have the id that is written, and their place where Kong would make one up', () => {
    const text = `_format_version: "3.0"
services:
- id: 00000000-0000-4000-8000-000000000001
  routes:
  - paths: [/]
    plugins: [{name: a}]
  plugins: [{name: a}, {name: a}]
plugins:
- {name: b, id: 00000000-0000-4000-8000-000000000002, enabled: no}
- {name: b, service: 00000000-0000-4000-8000-000000000001}
`;
    const uses = usesIn(text);
    assert.deepEqual(
      uses.map(({ id }) => id),
      [
        'services.0.routes.0.plugins.0',
        'services.0.plugins.0',
        'services.0.plugins.1',
        '00000000-0000-4000-8000-000000000002',
        idOfNamed('plugins', 'plugins:*:b::00000000-0000-4000-8000-000000000001:'),
      ],
    );
    assert.deepEqual(
      uses.map(({ enabled }) => enabled),
      [true, true, true, false, true],
    );
  });

  it('of a database are told by the names of what they are on', async () => {
    const node = fakeNode({
      conf: 'plugins = bundled,hello,other\n',
      database: 'postgres',
      others: { '/services/s': { id: 's', name: 'orders' }, '/consumers/c': { id: 'c', username: 'a/b' } },
      rows: [
        { id: '1', name: 'hello', service: { id: 's' }, consumer: { id: 'c' }, enabled: false, config: { greeting: 'hi' } },
        { id: '2', name: 'other', config: {} },
      ],
      running: false,
    });
    node.running = true;
    const [use, ...others] = await usesOn(node, 'hello');
    assert.deepEqual(others, []);
    assert.ok(use);
    assert.equal(scopeWords(use), 'service:orders and consumer:a/b');
    assert.deepEqual([use.id, use.enabled, use.config], ['1', false, { greeting: 'hi' }]);
    assert.equal((await usesOn(node)).length, 2);
  });

  it('of a file and of the Kong that runs are one, and what only one of them has is listed too', async () => {
    const node = fakeNode({
      conf: 'plugins = bundled,hello\ndeclarative_config = /etc/kong/kong.yml\n',
      others: { '/services/s': { id: 's', name: 'orders' } },
      rows: [
        { id: 'made-up', name: 'hello', service: { id: 's' }, config: {} },
        { id: 'posted', name: 'hello', config: {} },
      ],
      running: false,
    });
    node.running = true;
    const yml =
      '_format_version: "3.0"\nservices:\n- name: orders\n  plugins: [{name: hello}]\nplugins: [{name: hello, consumer: x}]\n';
    node.files.set('/etc/kong/kong.yml', Buffer.from(yml));
    assert.deepEqual(
      (await usesOn(node)).map((use) => [scopeWords(use), use.id, use.declared?.line, use.entity !== undefined]),
      [
        ['service:orders', 'made-up', 4, true],
        ['consumer:x', idOfNamed('plugins', 'plugins:*:hello:::x'), 5, false],
        ['global', 'posted', undefined, true],
      ],
    );
  });

  it('are printed without secrets', () =>
    withFolder(async (folder) => {
      const yml = `_format_version: "3.0"
plugins:
- name: hello
  config: {greeting: hi, api_token: s3cr3t-value, headers: {authorization: Basic abcdefgh}, password: "{vault://env/pw}"}
`;
      await writeFiles(folder, { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\n', 'kong.yml': yml });
      const args = ['uses', 'hello', '--node', `folder:${folder}`];
      const { status, out } = await commandLine([...args, '--format', 'json']);
      assert.equal(status, 0);
      assert.ok(!/s3cr3t|abcdefgh/.test(out), out);
      const [node] = (JSON.parse(out) as { nodes: { uses: { scope: string; config: Record<string, unknown> }[] }[] }).nodes;
      assert.equal(node?.uses[0]?.scope, 'global');
      assert.deepEqual(node.uses[0].config['password'], '{vault://env/pw}');
      const said = await commandLine(args);
      assert.match(said.out, /hello on global \(line 3\): [0-9a-f-]{36}\n {6}greeting: "hi"/);
      assert.match((await commandLine(['uses', 'other', '--node', `folder:${folder}`])).out, /other is not in use/);
    }));
});
