// A plugin with migrations on a node with a database: asked for, migrated with the plugin in place, and loaded by the reload.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadedPlugins, ready, startTestNode, type TestNode } from '../equipment/testNode';
import { operation } from './commandLine';
import { pluginFolder, type PluginFolder } from './pluginFixture';

/** The second has a second half, which `kong migrations finish` executes. */
const MIGRATIONS: Readonly<Record<string, string>> = {
  init: 'return { "000_base_ledger", "001_amount" }\n',
  '000_base_ledger':
    'return { postgres = { up = [[ CREATE TABLE IF NOT EXISTS "ledger" ("id" UUID PRIMARY KEY, "amount" TEXT); ]] } }\n',
  '001_amount':
    'return { postgres = { up = [[ SELECT 1; ]], teardown = function(connector) assert(connector:query("SELECT 1")) end } }\n',
};

describe('a plugin with migrations', function () {
  this.timeout(120_000);
  let plugin: PluginFolder;
  let node: TestNode;

  before(async () => {
    plugin = await pluginFolder('ledger');
    const folder = path.join(plugin.dir, 'kong/plugins/ledger/migrations');
    await mkdir(folder);
    for (const [name, text] of Object.entries(MIGRATIONS)) await writeFile(path.join(folder, `${name}.lua`), text);
    const rockspec = path.join(plugin.dir, 'kong-plugin-ledger-0.1.0-1.rockspec');
    const modules = Object.keys(MIGRATIONS).map(
      (name) => `    ["kong.plugins.ledger.migrations.${name}"] = "kong/plugins/ledger/migrations/${name}.lua",\n`,
    );
    const text = await readFile(rockspec, 'utf8');
    await writeFile(rockspec, text.replace('modules = {\n', `modules = {\n${modules.join('')}`));
    node = await startTestNode({ database: 'bootstrapped' });
    await ready(node);
  });
  after(async () => {
    await node.remove();
    await plugin.remove();
  });

  it('is not installed unless somebody agrees, and then it is', async () => {
    const install = async (...more: string[]): Promise<{ status: number; steps: string[]; details: string }> => {
      const { status, results } = await operation('install', plugin.dir, '--node', node.id, ...more);
      const steps = results[0]?.steps ?? [];
      return {
        status,
        steps: steps.map((step) => `${step.name} ${step.status}`),
        details: JSON.stringify(steps, null, 2),
      };
    };
    const refused = await install();
    assert.deepEqual([refused.status, refused.steps.at(-1)], [1, 'migrate failed'], refused.details);
    assert.match(refused.details, /ledger: 000_base_ledger, 001_amount would be executed/);
    assert.ok(!(await loadedPlugins(node)).includes('ledger'));
    assert.equal(await node.sh('find / -path "*kong/plugins/ledger*" -not -path "/proc/*" 2>/dev/null || true'), '');
    const done = await install('--yes');
    assert.equal(done.status, 0, done.details);
    for (const step of ['migrate done', 'reload done', 'verify done', 'finish-migrations done', 'next-start done'])
      assert.ok(done.steps.includes(step), done.details);
    assert.ok((await loadedPlugins(node)).includes('ledger'));
  });
});
