// `kong-plugin upgrade`: shown first, done when agreed to, and what it ends with.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { makeWorkspace, type Workspace } from '../plugin/workspace';
import { commandLine, type Said } from './commandLine';

const OLD = `local Base = require "kong.plugins.base_plugin"
local Tea = Base:extend()
Tea.PRIORITY = 910
Tea.VERSION = "1.0.0"
return Tea
`;
const NEW = 'local Tea = {}\nTea.PRIORITY = 910\nTea.VERSION = "1.0.0"\nreturn Tea\n';
const SCHEMA = 'return { name = "tea", fields = { { config = { type = "record", fields = {} } } } }\n';

describe('kong-plugin upgrade', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await makeWorkspace({
      'kong/plugins/tea/handler.lua': OLD,
      'kong/plugins/tea/schema.lua': SCHEMA,
      'kong/plugins/pot/handler.lua': OLD.replaceAll('Tea', 'Pot'),
      'kong/plugins/pot/schema.lua': SCHEMA.replace('tea', 'pot'),
    });
  });
  afterEach(() => workspace.remove());

  const upgrade = (...args: string[]): Promise<Said> => commandLine(['upgrade', ...args], { cwd: workspace.root });
  const handler = (name = 'tea'): Promise<string> => readFile(workspace.at(`kong/plugins/${name}/handler.lua`), 'utf8');

  it('shows what it would do in a dry run, with the lines that go and come', async () => {
    const { status, out } = await upgrade('tea', '--dry-run');
    assert.equal(status, 0);
    assert.match(out, /^tea: Kong 3\.9 does not load it; 2\.8 is the newest before it that does\.$/m);
    assert.match(out, /^Mended:\n {2}kong\/plugins\/tea\/handler\.lua:1 {2}Kong 3\.0 took BasePlugin away/m);
    assert.match(out, /^Kong 3\.9 loads it then\.$/m);
    assert.match(out, /- local Tea = Base:extend\(\)\n {2}\+ local Tea = \{\}\n/);
    assert.equal(await handler(), OLD);
  });

  it('changes nothing where nobody agrees, and says how to', async () => {
    const { status, err } = await upgrade('tea');
    assert.equal(status, 2);
    assert.match(err, /Nothing was changed\.[^]*--yes/);
    assert.equal(await handler(), OLD);
  });

  it('changes the plugins that are named, and no others', async () => {
    const { status } = await upgrade('tea', '--yes');
    assert.equal(status, 0);
    assert.deepEqual([await handler(), (await handler('pot')).includes('base_plugin')], [NEW, true]);
    const again = await upgrade('tea', '--yes');
    assert.match(again.out, /^tea: Kong 3\.9 loads it already; 3\.8 is the newest before it that does\.$/m);
  });

  it('prints one JSON document, and takes all plugins of a folder', async () => {
    const { out } = await upgrade('.', '--yes', '--format', 'json');
    const { to, plugins, changes } = JSON.parse(out) as {
      to: string;
      plugins: {
        name: string;
        from: string;
        before: { verdict: string };
        after: { verdict: string };
        mended: { id: string; line: number }[];
      }[];
      changes: { path: string }[];
    };
    assert.equal(to, '3.9');
    assert.deepEqual(
      plugins.map(({ name, from, before, after, mended }) => [
        name,
        from,
        before.verdict,
        after.verdict,
        mended[0]?.id,
        mended[0]?.line,
      ]),
      [
        ['pot', '2.8', 'fails', 'loads', 'base-plugin', 1],
        ['tea', '2.8', 'fails', 'loads', 'base-plugin', 1],
      ],
    );
    assert.deepEqual(
      changes.map(({ path }) => path),
      ['kong/plugins/pot/handler.lua', 'kong/plugins/tea/handler.lua'],
    );
  });

  it('ends with 1 while that Kong does not load it', async () => {
    await workspace.write({ 'kong/plugins/tea/handler.lua': 'local s = require "kong.singletons"\ns.dao.x()\nreturn {}\n' });
    const { status, out } = await upgrade('tea', '--dry-run');
    assert.equal(status, 1);
    assert.match(out, /^Left for you:\n {2}kong\/plugins\/tea\/handler\.lua:1 {2}Kong had kong\.singletons up to 2\.8: /m);
  });

  it('names the plugins that there are for a name that is none', async () => {
    const { status, err } = await upgrade('coffee');
    assert.equal(status, 2);
    assert.match(err, /There is pot, tea\./);
  });
});
