// The test node is held against recordings of real Kong: what it says when plugins load, and when they do not.
import assert from 'node:assert/strict';
import { loadedPlugins, ready, startTestNode, type TestNode } from '../equipment/testNode';

const HANDLER = 'local H = { PRIORITY = 1000, VERSION = "1.2.0" }\nfunction H:access(conf) end\nreturn H\n';

describe('the test node', function () {
  this.timeout(240_000);
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
    await ready(node);
  });
  after(() => node.remove());

  it('serves the Admin API with the bundled plugins', async () => {
    assert.ok((await loadedPlugins(node)).includes('key-auth'));
  });

  it('keeps serving the old plugins after a reload that fails, and exits 0', async () => {
    const dir = '/usr/local/share/lua/5.1/kong/plugins/broken';
    await node.sh(`mkdir -p ${dir} && printf '%s' '${HANDLER}' > ${dir}/handler.lua`);
    assert.equal(await node.sh('KONG_PLUGINS=bundled,broken kong reload'), 'Kong reloaded');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.ok(!(await loadedPlugins(node)).includes('broken'));
    assert.match(await node.logs(), /no configuration schema found for plugin: broken/);
  });
});
