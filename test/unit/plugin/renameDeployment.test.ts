// A rename reaches what deploys the plugin: declarative files, manifests, images, compose files above, other plugins. What is left is listed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { namesLeft, renamePlugin } from '../../../src/plugin/renamePlugin';
import { applyChanges } from '../../../src/system/applyChanges';
import { commandLine } from '../cli/commandLine';
import { makeWorkspace, type Workspace } from './workspace';

const HANDLER = 'local H = { PRIORITY = 900, VERSION = "0.4.0" }\nfunction H:access(conf) end\nreturn H\n';
const SCHEMA = 'return { name = "tea", fields = { { config = { type = "record", fields = {} } } } }\n';
const PLUGIN = { 'kong/plugins/tea/handler.lua': HANDLER, 'kong/plugins/tea/schema.lua': SCHEMA };

/** File, text before, text after. */
const FILES: readonly (readonly [path: string, before: string, after: string])[] = [
  [
    'docker-compose.yml',
    'services:\n  gateway:\n    build: ./kong\n    environment:\n      KONG_PLUGINS: bundled,tea\n    volumes:\n      - ./kong.yaml:/kong.yaml:ro\n      - ./kong/plugins/tea:/usr/local/share/lua/5.1/kong/plugins/tea\n',
    'services:\n  gateway:\n    build: ./kong\n    environment:\n      KONG_PLUGINS: bundled,mate\n    volumes:\n      - ./kong.yaml:/kong.yaml:ro\n      - ./kong/plugins/mate:/usr/local/share/lua/5.1/kong/plugins/mate\n',
  ],
  [
    'kong.yaml',
    '_format_version: "3.0"\n# kong.plugins.tea is ours\nplugins:\n  - name: tea\n    config: {}\nservices:\n  - name: tea\n    url: http://tea\n    plugins: [{ name: "tea" }, { name: tea-pot }]\n',
    '_format_version: "3.0"\n# kong.plugins.mate is ours\nplugins:\n  - name: mate\n    config: {}\nservices:\n  - name: tea\n    url: http://tea\n    plugins: [{ name: "mate" }, { name: tea-pot }]\n',
  ],
  [
    'kong/Dockerfile',
    'FROM kong:3.9\nCOPY plugins/tea /usr/local/share/lua/5.1/kong/plugins/tea\n',
    'FROM kong:3.9\nCOPY plugins/mate /usr/local/share/lua/5.1/kong/plugins/mate\n',
  ],
  ['kong/plugins/Dockerfile', 'FROM kong:3.9\nADD tea /opt/x\nRUN echo tea\n', 'FROM kong:3.9\nADD mate /opt/x\nRUN echo tea\n'],
  [
    'k8s/plugin.yaml',
    'apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata:\n  name: tea\nplugin: tea\n---\nkind: Service\nplugin: tea\n',
    'apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata:\n  name: tea\nplugin: mate\n---\nkind: Service\nplugin: tea\n',
  ],
  [
    'values.yaml',
    'env:\n  plugins: bundled, tea\nplugins:\n  configMaps:\n    - pluginName: tea\n      name: kong-plugin-tea\n',
    'env:\n  plugins: bundled, mate\nplugins:\n  configMaps:\n    - pluginName: mate\n      name: kong-plugin-tea\n',
  ],
  [
    'Makefile',
    'up:\n\tdocker run -v $(PWD)/kong/plugins/tea:/p -e KONG_PLUGINS=tea kong\n',
    'up:\n\tdocker run -v $(PWD)/kong/plugins/mate:/p -e KONG_PLUGINS=mate kong\n',
  ],
  ['deck.json', '{ "plugins": [{ "name": "tea" }] }\n', '{ "plugins": [{ "name": "mate" }] }\n'],
];

describe('renamePlugin in a deployment', () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  async function rename(root: string, around = root): Promise<string[]> {
    const siblings = await discoverPlugins([root]);
    const plugin = siblings.find(({ name }) => name === 'tea');
    assert.ok(plugin);
    const options = { siblings, around };
    const changes = await renamePlugin(plugin, 'mate', options);
    const left = await namesLeft(plugin, changes, options);
    await applyChanges(changes);
    return left.map(
      ({ path, line }) =>
        `${path
          .slice(workspace.root.length + 1)
          .split(/[/\\]/)
          .join('/')}:${line}`,
    );
  }

  it('changes every place that means the plugin, and lists the others', async () => {
    workspace = await makeWorkspace({ ...PLUGIN, ...Object.fromEntries(FILES.map(([path, before]) => [path, before])) });
    const left = await rename(workspace.root);
    for (const [path, , after] of FILES)
      assert.equal(await readFile(workspace.at(path.replace('/tea/', '/mate/')), 'utf8'), after, path);
    assert.deepEqual(left, [
      'k8s/plugin.yaml:4',
      'k8s/plugin.yaml:8',
      'kong.yaml:7',
      'kong.yaml:8',
      'kong/plugins/Dockerfile:3',
      'values.yaml:6',
    ]);
    assert.deepEqual(await discoverPlugins([workspace.root]).then((found) => found.map(({ name }) => name)), ['mate']);
  });

  it('follows the files and folders that it renames: rocks, specs; and calls of the Admin API', async () => {
    const files: Readonly<Record<string, readonly [before: string, after: string]>> = {
      'kong-plugin-tea-0.4.0-1.rockspec': [
        'package = "kong-plugin-tea"\nversion = "0.4.0-1"\n',
        'package = "kong-plugin-mate"\nversion = "0.4.0-1"\n',
      ],
      'ci.yml': [
        'run: |\n  luarocks lint kong-plugin-tea-0.4.0-1.rockspec\n  luarocks lint old/kong-plugin-tea-0.3.0-1.rockspec\n  pongo run spec/tea/01_spec.lua\n',
        'run: |\n  luarocks lint kong-plugin-mate-0.4.0-1.rockspec\n  luarocks lint old/kong-plugin-tea-0.3.0-1.rockspec\n  pongo run spec/mate/01_spec.lua\n',
      ],
      'up.sh': [
        'luarocks install kong-plugin-tea-$V.all.rock\ncurl -X POST localhost:8001/plugins \\\n  --data "name=tea" -d config.name=tea\ncurl localhost:8001/services -d name=tea\n',
        'luarocks install kong-plugin-mate-$V.all.rock\ncurl -X POST localhost:8001/plugins \\\n  --data "name=mate" -d config.name=tea\ncurl localhost:8001/services -d name=tea\n',
      ],
      '.luacheckrc': ['files["kong/plugins/tea"] = {}\n', 'files["kong/plugins/mate"] = {}\n'],
      'main.tf': ['name = "tea"\n', 'name = "tea"\n'],
    };
    workspace = await makeWorkspace({
      ...PLUGIN,
      'old/kong-plugin-tea-0.3.0-1.rockspec': 'package = "kong-plugin-tea"\nversion = "0.3.0-1"\n',
      'spec/tea/01_spec.lua': 'helpers.get_db_utils(nil, nil, { "tea" })\n',
      ...Object.fromEntries(Object.entries(files).map(([path, [before]]) => [path, before])),
    });
    const left = await rename(workspace.root);
    for (const [path, [, after]] of Object.entries(files))
      assert.equal(await readFile(workspace.at(path.replace(/-tea-0\.4/, '-mate-0.4')), 'utf8'), after, path);
    assert.equal(await readFile(workspace.at('spec/mate/01_spec.lua'), 'utf8'), 'helpers.get_db_utils(nil, nil, { "mate" })\n');
    // Lines that name it twice, and files of which nothing is known.
    assert.deepEqual(
      left.filter((line) => !line.startsWith('old/')),
      ['ci.yml:3', 'main.tf:1', 'up.sh:3', 'up.sh:4'],
    );
  });

  it('lists a line by the place where its file is now', async () => {
    const handler = 'local t = "tea time"\n';
    workspace = await makeWorkspace({ ...PLUGIN, 'kong/plugins/tea/handler.lua': handler + HANDLER });
    const { out } = await commandLine(['rename', 'tea', 'mate', '.'], { cwd: workspace.root });
    assert.match(out, /^ {2}kong\/plugins\/mate\/handler\.lua:1 {2}local t = "tea time"$/m);
  });

  it('reaches a compose file above, up to the root of the repository', async () => {
    const under = Object.fromEntries(Object.entries(PLUGIN).map(([path, text]) => [`gateway/${path}`, text]));
    workspace = await makeWorkspace({
      ...under,
      '.git/HEAD': 'ref: refs/heads/main\n',
      'compose.yaml':
        'services:\n  kong:\n    volumes: ["./gateway/kong/plugins/tea:/x/tea"]\n    environment: { KONG_PLUGINS: "bundled,tea" }\n',
    });
    await rename(workspace.at('gateway'));
    assert.match(await readFile(workspace.at('compose.yaml'), 'utf8'), /gateway\/kong\/plugins\/mate:.*\n.*bundled,mate/);
  });

  it('reaches other plugins that require its modules', async () => {
    const other = {
      'b/kong/plugins/b/handler.lua': `local x = require "kong.plugins.tea.handler"\n${HANDLER}`,
      'b/kong/plugins/b/schema.lua': SCHEMA.replace('tea', 'b'),
    };
    workspace = await makeWorkspace({
      ...Object.fromEntries(Object.entries(PLUGIN).map(([path, text]) => [`a/${path}`, text])),
      ...other,
    });
    const siblings = await discoverPlugins([workspace.root]);
    const plugin = siblings.find(({ name }) => name === 'tea');
    assert.ok(plugin);
    await applyChanges(await renamePlugin(plugin, 'mate', { siblings }));
    assert.match(await readFile(workspace.at('b/kong/plugins/b/handler.lua'), 'utf8'), /require "kong\.plugins\.mate\.handler"/);
  });

  it('leaves nothing of which check and preflight have to say something', async () => {
    const [compose, kong, docker] = FILES;
    assert.ok(compose && kong && docker);
    workspace = await makeWorkspace({
      ...PLUGIN,
      [docker[0]]: docker[1],
      'kong.yaml': '_format_version: "3.0"\nplugins:\n  - name: tea\n',
    });
    const said = await commandLine(['rename', 'tea', 'mate', '.'], { cwd: workspace.root });
    assert.equal(said.status, 0, said.err);
    assert.doesNotMatch(said.out, /Not changed/);
    for (const command of ['check', 'preflight']) {
      const { status, out } = await commandLine([command], { cwd: workspace.root });
      assert.equal(status, 0, out);
      assert.doesNotMatch(out, /\btea\b/);
    }
    assert.doesNotMatch(await readFile(join(dirname(workspace.at('kong.yaml')), 'kong.yaml'), 'utf8'), /\btea\b/);
  });
});
