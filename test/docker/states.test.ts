// Every state a plugin can be in on a node, made by hand: `status` names the rung, and what it predicts is what the node says at its next start.
import assert from 'node:assert/strict';
import path from 'node:path';
import type { NodeStatus, PluginOnNode } from '../../src/lifecycle/types';
import { diagnose } from '../../src/troubleshoot/diagnose';
import { docker } from '../equipment/image';
import { loadedPlugins, ready, startTestNode, until, type TestNode, type TestNodeOptions } from '../equipment/testNode';
import { ENTRYPOINT, FORMAT, KONG_USER, versionOf } from '../equipment/underTest';
import { kongPlugin } from './commandLine';
import { pluginFolder, type PluginFolder } from './pluginFixture';

const TREE = '/usr/local/share/lua/5.1/kong/plugins';
const CONF = '/etc/kong/kong.conf';
const LOADED = 'loaded';

interface State {
  what: string;
  options?: TestNodeOptions;
  /** Brings the plugin's files. */
  files: boolean;
  /** Shell lines run as Kong's user. */
  then?: string;
  /** Waits for the plugin to be loaded before looking. */
  wait?: typeof LOADED;
  expected: Partial<PluginOnNode> | undefined;
  /** What the next start says; empty is that it starts. */
  says?: string[];
}

const enabledInFile = `echo 'plugins = bundled,state' > ${CONF}`;
const declared = `printf '_format_version: "${FORMAT}"\\nplugins:\\n- name: state\\n' > /etc/kong/kong.yml`;
const declarative = { env: { KONG_DECLARATIVE_CONFIG: '/etc/kong/kong.yml' } };
const EMPTY_CONFIG = [
  'sh',
  '-c',
  `[ -f /etc/kong/kong.yml ] || echo '_format_version: "${FORMAT}"' > /etc/kong/kong.yml; exec ${ENTRYPOINT} kong docker-start`,
];

const STATES: readonly State[] = [
  { what: 'nothing', files: false, expected: undefined },
  {
    what: 'installed',
    files: true,
    expected: { enabled: false, enabledBy: null, loaded: false, inUse: 0, drift: false },
  },
  {
    what: 'enabled by the file, loaded',
    files: true,
    then: `${enabledInFile} && kong reload -c ${CONF}`,
    wait: LOADED,
    expected: { enabled: true, enabledBy: 'file', loaded: true, inUse: 0 },
  },
  {
    what: 'enabled by the file, not loaded yet',
    files: true,
    then: enabledInFile,
    expected: { enabled: true, enabledBy: 'file', loaded: false },
  },
  {
    what: 'enabled by a reload only',
    files: true,
    then: 'KONG_PLUGINS=bundled,state kong reload',
    wait: LOADED,
    expected: { enabled: true, enabledBy: 'reload', loaded: true },
  },
  {
    what: 'taken out of the file, still loaded',
    files: true,
    then: `${enabledInFile} && kong reload -c ${CONF} && echo 'plugins = bundled' > ${CONF}`,
    wait: LOADED,
    expected: { enabled: true, enabledBy: 'reload', loaded: true },
  },
  {
    what: 'changed on the node',
    files: true,
    then: `echo '-- by hand' >> ${TREE}/state/handler.lua`,
    expected: { drift: true },
  },
  {
    what: 'in use',
    options: { ...declarative, command: EMPTY_CONFIG },
    files: true,
    then: `${enabledInFile} && ${declared} && kong reload -c ${CONF}`,
    wait: LOADED,
    expected: { enabled: true, loaded: true, inUse: 1 },
  },
  {
    what: 'enabled, not installed',
    files: false,
    then: enabledInFile,
    expected: { installed: null, enabled: true, loaded: false, problems: ['plugin-enabled-not-installed'] },
    says: ['plugin-enabled-not-installed'],
  },
  {
    what: 'installed without its schema',
    files: true,
    then: `${enabledInFile} && rm ${TREE}/state/schema.lua`,
    expected: { enabled: true, problems: ['no-configuration-schema'] },
    says: ['no-configuration-schema'],
  },
  {
    what: 'a handler with a mistake',
    files: true,
    then: `${enabledInFile} && echo 'return {' > ${TREE}/state/handler.lua`,
    expected: { enabled: true },
    says: ['plugin-module-syntax-error'],
  },
];

describe('the states of a plugin', function () {
  this.timeout(60_000);
  let plugin: PluginFolder;
  let node: TestNode;
  before(async () => {
    plugin = await pluginFolder('state');
  });
  after(() => plugin.remove());
  afterEach(() => node.remove());

  for (const { what, options, files, then, wait, expected, says = [] } of STATES) {
    it(what, async () => {
      node = await startTestNode(options);
      await ready(node);
      if (files) {
        await docker('cp', path.join(plugin.dir, 'kong/plugins/state'), `${node.name}:${TREE}/state`);
        await node.sh(`chown -R ${KONG_USER} ${TREE}/state`, 'root');
      }
      if (then !== undefined) await node.sh(then);
      if (wait === LOADED)
        await until('the plugin', async () => ((await loadedPlugins(node)).includes('state') ? true : undefined));

      const { out } = await kongPlugin('status', '--node', node.id, '--workspace', plugin.dir, '--format', 'json');
      const [status] = (JSON.parse(out) as { nodes: NodeStatus[] }).nodes;
      const row = status?.plugins.find(({ name }) => name === 'state');
      if (expected === undefined) assert.equal(row, undefined);
      else {
        assert.ok(row, out);
        const seen = Object.fromEntries(Object.keys(expected).map((key) => [key, row[key as keyof PluginOnNode]]));
        assert.deepEqual(seen, expected, out);
      }
      assert.deepEqual(status?.predictedStart, { ok: says.length === 0, problems: says });

      // and now it starts
      await docker('restart', '--time', '2', node.name);
      if (says.length === 0) {
        await ready(node);
        return;
      }
      await until('the end', async () =>
        (await docker('inspect', '--format', '{{.State.Running}}', node.name)) === 'true' ? undefined : true,
      );
      const said = await node.logs();
      const findings = await diagnose(said, { kong: versionOf('3.9.1') });
      assert.equal(findings[0]?.id, says[0], said);
    });
  }

  it('three nodes: one table of results, stopped at the first failure, all at once when told', async () => {
    node = await startTestNode();
    const others = await Promise.all([startTestNode(), startTestNode()]);
    try {
      const all = [node, ...others];
      await Promise.all(all.map(ready));
      const flags = all.flatMap(({ id }) => ['--node', id]);
      assert.equal((await kongPlugin('install', plugin.dir, '--parallel', ...flags)).status, 0);
      for (const [words, there] of [
        [['disable', 'state'], false],
        [['enable', 'state'], true],
        [['verify', 'state'], true],
        [['reload'], true],
      ] as const) {
        const { status, out } = await kongPlugin(...words, '--parallel', ...flags);
        assert.equal(status, 0, out);
        for (const { id } of all) assert.ok(out.includes(`${id}\n`), out);
        for (const each of all) assert.equal((await loadedPlugins(each)).includes('state'), there, words.join(' '));
      }
      // the second cannot; the third is not begun
      await others[0].sh(`rm ${TREE}/state/schema.lua`);
      const { status, out } = await kongPlugin('reload', ...flags);
      assert.equal(status, 1);
      assert.match(out, /✗ reload[\s\S]*- begin: Not begun, because docker:\S+ failed/);
    } finally {
      await Promise.all(others.map((other) => other.remove()));
    }
  });
});
