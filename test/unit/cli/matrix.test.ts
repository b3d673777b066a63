// `kong-plugin matrix`, and what check and preflight make of --kong and of paths that hold nothing.
import assert from 'node:assert/strict';
import { makeWorkspace, type Workspace } from '../plugin/workspace';
import { commandLine, type Said } from './commandLine';

const SCHEMA = 'return { name = "tea", fields = { { config = { type = "record", fields = {} } } } }\n';
const OLD = `local Base = require "kong.plugins.base_plugin"
local Tea = Base:extend()
Tea.PRIORITY = 910
Tea.VERSION = "1.0.0"
return Tea
`;
const rockspecOf = (promise: string): string =>
  `package = "kong-plugin-tea"\nversion = "1.0.0-1"\nsource = { url = "git+https://example.org/tea.git", tag = "1.0.0" }\ndescription = { summary = "tea", license = "MIT" } ${promise}\nbuild = { type = "builtin", modules = { ["kong.plugins.tea.handler"] = "kong/plugins/tea/handler.lua", ["kong.plugins.tea.schema"] = "kong/plugins/tea/schema.lua" } }\n`;

describe('kong-plugin matrix', () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  async function matrix(promise: string, ...args: string[]): Promise<Said> {
    workspace = await makeWorkspace({
      'kong/plugins/tea/handler.lua': OLD,
      'kong/plugins/tea/schema.lua': SCHEMA,
      'kong-plugin-tea-1.0.0-1.rockspec': rockspecOf(promise),
    });
    return commandLine(['matrix', ...args], { cwd: workspace.root });
  }

  it('tells each version, as JSON', async () => {
    const { status, out } = await matrix('', '--format', 'json', '--kong', '2.8', '3.9', 'enterprise-3.12');
    assert.equal(status, 0);
    const { plugins } = JSON.parse(out) as {
      plugins: { name: string; dir: string; kong: Record<string, { verdict: string; message: string }> }[];
    };
    const [tea] = plugins;
    assert.ok(tea);
    assert.deepEqual([tea.name, tea.dir], ['tea', 'kong/plugins/tea']);
    assert.deepEqual(
      Object.entries(tea.kong).map(([version, { verdict }]) => `${version} ${verdict}`),
      ['2.8 loads', '3.9 fails', 'enterprise-3.12 fails'],
    );
    assert.match(tea.kong['enterprise-3.12']?.message ?? '', /by the rules of 3\.9, with what is documented since$/);
  });

  it('goes from 2.8 to the newest by itself, and names the reasons below the table', async () => {
    const { out } = await matrix('', '--format', 'markdown');
    const [head, , row, , note] = out.split('\n');
    assert.match(head ?? '', /^\| Kong \| 2\.8 \| 3\.0 \| .* \| 3\.9 \| 3\.10 \| .* \| 3\.16 \|$/);
    assert.match(row ?? '', /^\| tea \| ✓ \| ✗ \|/);
    assert.match(note ?? '', /^- tea, Kong 3\.0, .*: fails: .*module 'kong\.plugins\.base_plugin' not found/);
  });

  it('ends with 1 when a version that the rockspec promises fails', async () => {
    const broken = await matrix('-- kong >= 2.8, < 3.1', '--kong', '2.8', '3.0', '3.9');
    assert.equal(broken.status, 1);
    assert.match(broken.out, /tea promises kong >= 2\.8, < 3\.1, and Kong 3\.0 does not load it\.\n$/);
    await workspace.remove();
    assert.equal((await matrix('-- kong >= 2.1, < 3.0', '--kong', '2.8', '3.0', '3.9')).status, 0);
  });
});

describe('what check takes', () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  it('a folder that holds nothing is wrong usage', async () => {
    workspace = await makeWorkspace({ 'README.md': 'nothing\n' });
    const { status, err } = await commandLine(['check'], { cwd: workspace.root });
    assert.equal(status, 2);
    assert.match(err, /There is no Kong plugin and no rockspec/);
  });

  it('a Lua file of a plugin, and a kong.conf', async () => {
    workspace = await makeWorkspace({
      'kong/plugins/tea/handler.lua': OLD,
      'kong/plugins/tea/schema.lua': SCHEMA,
      'kong.conf': 'databse = off\n',
      'x.lua': 'return 1\n',
    });
    const handler = await commandLine(['check', 'kong/plugins/tea/handler.lua'], { cwd: workspace.root });
    assert.match(handler.out, /handler\.lua:1:14: error: .*\n1 file checked: 1 error/);
    const schema = await commandLine(['check', 'kong/plugins/tea/schema.lua'], { cwd: workspace.root });
    assert.equal(schema.out, '1 file checked: nothing to complain about.\n');
    assert.match((await commandLine(['check', 'kong.conf'], { cwd: workspace.root })).out, /kong\.conf:1:1: \w+: .*databse/);
    const other = await commandLine(['check', 'x.lua'], { cwd: workspace.root });
    assert.deepEqual([other.status, other.err.split('\n')[0]], [2, 'kong-plugin: x.lua is no file of a Kong plugin.']);
  });

  it('versions that do not exist are refused', async () => {
    workspace = await makeWorkspace({
      'kong/plugins/ace/handler.lua': 'return { PRIORITY = 1, VERSION = "1.0.0" }\n',
      'kong/plugins/ace/schema.lua': SCHEMA.replace('tea', 'ace'),
    });
    for (const command of ['check', 'preflight', 'matrix'])
      assert.equal((await commandLine([command, '--kong', '9.9'], { cwd: workspace.root })).status, 2, command);
    const { out } = await commandLine(['check', '--kong', '3.9'], { cwd: workspace.root });
    assert.match(out, /warning: Kong Enterprise 3\.12 ships a plugin called ace itself/);
  });
});
