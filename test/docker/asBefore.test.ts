// A container after install and remove: its whole file system as it was, but for what Kong and LuaRocks keep for themselves.
import assert from 'node:assert/strict';
import { docker } from '../equipment/docker';
import { ready, startTestNode, type TestNode } from '../equipment/testNode';
import { itUnless, otherImage, versionOf } from '../equipment/underTest';
import { operation } from './commandLine';
import { pluginFolder, type PluginFolder } from './pluginFixture';

/** Kong's own: what it prepares anew at every reload, and its logs. LuaRocks' own: the index of its tree. */
const NOT_OURS = /^\/usr\/local\/kong\/(?:\.kong_env|nginx.*\.conf|logs\/.*|ssl\/.*|pids\/.*)$|\/rocks-5\.1\/manifest$/;
/** What a real Kong writes into its prefix besides: its own database of a DB-less node, sockets, its id, working files of nginx. */
const NOR_OURS = /^\/usr\/local\/kong(?:$|\/(?!\.kong-plugin-workbench))/;

const BUNDLED = '/usr/local/share/lua/5.1/kong/plugins/key-auth';

/** Every file and folder of a container, with content, mode and owner. */
async function fileSystem(node: TestNode): Promise<Map<string, string>> {
  const pruned = String.raw`-path /proc -o -path /sys -o -path /dev -o -path /tmp`;
  const text = await node.sh(
    String.raw`find / -xdev \( ${pruned} \) -prune -o -printf '%p\t%y %m %U %l\n'; find / -xdev \( ${pruned} \) -prune -o -type f -print0 | xargs -0 md5sum | sed 's/^\([^ ]*\)  \(.*\)/\2\tf \1/'`,
    'root',
  );
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [path = '', what = ''] = line.split('\t');
    if (!NOT_OURS.test(path) && !(otherImage !== undefined && NOR_OURS.test(path)))
      found.set(path, `${found.get(path) ?? ''} ${what}`);
  }
  return found;
}

function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path}: ${before.get(path) ?? 'nothing'} -> ${after.get(path) ?? 'nothing'}`);
}

describe('the file system of a container after install and remove', function () {
  this.timeout(300_000);
  let plugin: PluginFolder;
  let other: PluginFolder;
  before(async () => {
    plugin = await pluginFolder('guest');
    other = await pluginFolder('second');
  });
  after(() => Promise.all([plugin.remove(), other.remove()]));

  for (const [via, zip, kong] of [
    ['rock', true, '3.9.1'],
    ['path', false, '3.9.1'],
    ['rock', false, '2.8.5'],
  ] as const) {
    const reason = zip ? 'the image has no unzip, and the test node has one that is put in its place' : undefined;
    itUnless(reason, `is as it was (${via}${zip ? ' by luarocks' : ''}, Kong ${versionOf(kong)})`, async () => {
      const node = await startTestNode({ kong, zip });
      try {
        await ready(node);
        // As in a real Kong, its own plugins are there.
        await node.sh(`mkdir -p ${BUNDLED} && touch ${BUNDLED}/handler.lua`);
        const before = await fileSystem(node);
        for (const { dir } of [plugin, other]) {
          const { results } = await operation('install', dir, '--via', via, '--node', node.id);
          assert.ok(results[0]?.ok, JSON.stringify(results, null, 2));
        }
        for (const name of ['guest', 'second']) {
          const { results } = await operation('remove', name, '--node', node.id, '--yes');
          assert.ok(results[0]?.ok, JSON.stringify(results, null, 2));
        }
        assert.deepEqual(changes(before, await fileSystem(node)), []);
        const prepared = await node.sh("grep -E '^(plugins|lua_package_path) ' /usr/local/kong/.kong_env || true");
        assert.doesNotMatch(prepared, /guest|second/);
        // and the engine agrees: nothing was added that a find does not see
        const added = (await docker('diff', node.name)).split('\n').filter((line) => line.startsWith('A '));
        assert.deepEqual(
          added.filter((line) => /kong-plugin-workbench|guest|second|\/etc\/kong/.test(line)),
          [],
        );
      } finally {
        await node.remove();
      }
    });
  }

  it('is as it was when that was done while the container stood still, once it runs and is reloaded', async () => {
    const node = await startTestNode();
    try {
      await ready(node);
      await node.sh(
        `mkdir -p ${BUNDLED} && touch ${BUNDLED}/handler.lua /usr/local/lib/luarocks/rocks-5.1/manifest /etc/kong/kong.conf.default`,
      );
      const before = await fileSystem(node);
      await docker('stop', node.name);
      for (const args of [
        ['install', plugin.dir],
        ['remove', 'guest', '--yes'],
      ] as const) {
        const { results } = await operation(...args, '--node', node.id);
        assert.ok(results[0]?.ok, JSON.stringify(results, null, 2));
      }
      await docker('start', node.name);
      await ready(node);
      const { results } = await operation('reload', '--node', node.id);
      assert.ok(results[0]?.ok, JSON.stringify(results, null, 2));
      assert.deepEqual(changes(before, await fileSystem(node)), []);
    } finally {
      await node.remove();
    }
  });
});
