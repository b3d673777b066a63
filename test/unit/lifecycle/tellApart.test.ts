// Ambiguous words of Kong, told apart by looking at the node.
import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { tellApart } from '../../../src/lifecycle/state/ambiguous';
import { folderNode } from '../../../src/node/folder';
import { UserError } from '../../../src/system/userError';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import type { Finding } from '../../../src/troubleshoot/finding';
import { fakeNode, result, type FakeNode } from './fakeNode';
import { withFolder, writeFiles } from './plugins';

const START = 'nginx: [error] init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:708: error loading plugin schemas: ';
const NOT_INSTALLED = `${START}on plugin 'acme': acme plugin is enabled but not installed;\nno plugin found`;
const HOME = '/usr/local/share/lua/5.1/kong/plugins/acme';

/** A node with files, on which Kong's user may read those that `readable` says. */
function nodeWith(files: readonly string[], readable: boolean, conf?: string): FakeNode {
  const node = fakeNode(conf === undefined ? { running: false } : { running: false, conf });
  for (const path of files) node.files.set(path, Buffer.from('return {}'));
  node.run = (args, options) => {
    assert.deepEqual([args.slice(0, 2), options?.as], [['test', '-r'], 'kong']);
    return Promise.resolve(result('', readable ? 0 : 1));
  };
  return node;
}

async function toldApart(node: Parameters<typeof tellApart>[0], text: string): Promise<Finding> {
  const findings = await diagnose(text);
  assert.equal(findings.length, 1);
  const [finding] = await tellApart(node, findings);
  assert.ok(finding !== undefined);
  return finding;
}

describe('a finding of a node', () => {
  it('that is not installed means that no file is there, and where was looked', async () => {
    const finding = await toldApart(nodeWith([], true), NOT_INSTALLED);
    assert.equal(finding.id, 'plugin-enabled-not-installed');
    assert.equal(finding.alternatives, undefined);
    assert.match(finding.cause, new RegExp(`none of .*${HOME}/handler\\.lua`));
  });

  it('may be of an external plugin, when the node has plugin servers', async () => {
    const finding = await toldApart(nodeWith([], true, 'pluginserver_names = go\n'), NOT_INSTALLED);
    assert.deepEqual(
      finding.alternatives?.map(({ id }) => id),
      ['pluginserver-plugin-not-found'],
    );
  });

  for (const [part, text] of [
    ['handler', NOT_INSTALLED],
    ['schema', `${START}on plugin 'acme': no configuration schema found for plugin: acme`],
  ] as const) {
    it(`means an unreadable ${part} where Kong's user may not read it`, async () => {
      const finding = await toldApart(nodeWith([`${HOME}/${part}.lua`], false), text);
      assert.equal(finding.id, 'plugin-file-unreadable');
      assert.match(finding.cause, new RegExp(`${HOME}/${part}\\.lua`));
      assert.deepEqual(finding.fixes, ['make-readable', 'reinstall']);
      assert.equal(finding.plugin, 'acme');
      assert.ok(finding.evidence.length > 0);
    });

    it(`means that Kong only has to be reloaded where the ${part} is there now`, async () => {
      const finding = await toldApart(nodeWith([`${HOME}/${part}.lua`], true), text);
      assert.match(finding.cause, /is there now/);
      assert.match(finding.steps[0] ?? '', /^Reload Kong/);
      assert.equal(finding.fixes?.[0], 'restart');
      assert.equal(finding.alternatives, undefined);
    });
  }

  it('that is in use means plugins without bundled, for a plugin that comes with Kong', async () => {
    const text = `${START}key-auth plugin is in use but not enabled`;
    assert.equal((await toldApart(nodeWith([], true, 'plugins = acme\n'), text)).id, 'plugins-without-bundled');
    const own = await toldApart(nodeWith([], true, 'plugins = bundled\n'), `${START}acme plugin is in use but not enabled`);
    assert.equal(own.id, 'plugin-in-use-not-enabled');
    assert.equal(own.alternatives, undefined);
  });

  it('stays as it is when the node cannot be looked at', async () => {
    const node = nodeWith([], true);
    node.facts = () => Promise.reject(new UserError('The container is gone.'));
    const findings = await diagnose(NOT_INSTALLED);
    assert.deepEqual(await tellApart(node, findings), findings);
  });

  it('of a folder is judged by the permissions for everybody', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'share/lua/5.1/kong/plugins/acme/handler.lua': 'return {}' });
      const dir = join(folder, 'share/lua/5.1/kong/plugins/acme');
      assert.match((await toldApart(folderNode(folder), NOT_INSTALLED)).cause, /is there now/);
      await chmod(join(dir, 'handler.lua'), 0o600);
      assert.equal((await toldApart(folderNode(folder), NOT_INSTALLED)).id, 'plugin-file-unreadable');
      await chmod(join(dir, 'handler.lua'), 0o644);
      await chmod(dir, 0o700);
      assert.equal((await toldApart(folderNode(folder), NOT_INSTALLED)).id, 'plugin-file-unreadable');
    }));
});
