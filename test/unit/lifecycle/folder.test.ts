// Operations on folder nodes: the three ways in, every rung, predicted starts, and nothing left behind.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { verifyOperation } from '../../../src/lifecycle/operations/verify';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { statusOf } from '../../../src/lifecycle/state/status';
import type { InstallKind, OperationResult, PluginOnNode } from '../../../src/lifecycle/types';
import { folderNode } from '../../../src/node/folder';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { filesIn, HANDLER, project, SCHEMA, withFolder, writeFiles } from './plugins';

const PLUGINS = 'share/lua/5.1/kong/plugins';
const keep = (): Promise<string> => Promise.resolve('kept.json');

interface Place {
  folder: string;
  tree: string;
  node: ReturnType<typeof folderNode>;
}

function onFolder(files: Readonly<Record<string, string>>, test: (place: Place) => Promise<void>): () => Promise<void> {
  return () =>
    withFolder(async (folder) => {
      await writeFiles(join(folder, 'node'), files);
      await writeFiles(join(folder, 'hello'), project('hello'));
      await test({ folder, tree: join(folder, 'node'), node: folderNode(join(folder, 'node')) });
    });
}

async function install({ folder, node }: Place, via?: InstallKind): Promise<OperationResult> {
  return runPlan(node, installOperation(await readInstallSource(join(folder, 'hello'), folder, { via }), { via, enable: true }));
}

async function onNode(node: Place['node'], name: string): Promise<Partial<PluginOnNode> | undefined> {
  return (await statusOf(node)).plugins.find((plugin) => plugin.name === name);
}

describe('a folder node', () => {
  for (const via of ['rock', 'source', 'path'] as const) {
    it(
      `takes a plugin by ${via}, and gives it back`,
      onFolder({ 'kong.conf': 'database = off\r\nplugins = bundled # x\r\n' }, async (place) => {
        const before = await filesIn(place.tree);
        const result = await install(place, via);
        assert.equal(result.ok, true, JSON.stringify(result));
        const rung = await onNode(place.node, 'hello');
        assert.equal(rung?.installed?.via, via);
        assert.equal(rung.enabled, true);
        assert.deepEqual(rung.problems, []);
        assert.equal((await runPlan(place.node, verifyOperation('hello'))).ok, true);
        assert.equal((await runPlan(place.node, removeOperation('hello', { yes: false, keep }))).ok, true);
        const after = await filesIn(place.tree);
        delete after['lib/luarocks/rocks-5.1/manifest'];
        assert.deepEqual(after, before);
      }),
    );
  }

  it(
    'takes a plugin by path whose rockspec cannot be packed',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      const rockspec = join(place.folder, 'hello', 'kong-plugin-hello-0.1.0-1.rockspec');
      await writeFile(rockspec, (await readFile(rockspec, 'utf8')).replace('"builtin"', '"cmake"'));
      const source = await readInstallSource(rockspec, place.folder, { via: 'path' });
      const result = await runPlan(place.node, installOperation(source, { via: 'path', enable: true }));
      assert.equal(result.ok, true, JSON.stringify(result));
      assert.equal((await onNode(place.node, 'hello'))?.installed?.via, 'path');
    }),
  );

  it(
    'replaces an older version whole',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      await install(place);
      await writeFiles(join(place.folder, 'newer'), project('hello', '0.2.0'));
      await runPlan(
        place.node,
        installOperation(await readInstallSource(join(place.folder, 'newer'), place.folder), { enable: true }),
      );
      assert.equal((await onNode(place.node, 'hello'))?.installed?.version, '0.2.0-1');
      assert.equal(
        Object.keys(await filesIn(place.tree)).some((path) => path.includes('0.1.0-1')),
        false,
      );
    }),
  );

  it(
    'tells drift from the workspace',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      await install(place);
      const drift = async (): Promise<boolean | null | undefined> => {
        const workspace = await discoverPlugins([join(place.folder, 'hello')]);
        return (await statusOf(place.node, { workspace })).plugins[0]?.drift;
      };
      assert.equal(await drift(), false);
      await writeFiles(join(place.folder, 'hello'), { 'kong/plugins/hello/handler.lua': HANDLER('0.1.0') + '-- changed\n' });
      assert.equal(await drift(), true);
    }),
  );

  it(
    'tells drift from a workspace whose rockspec names a file that is gone',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      await install(place);
      await rm(join(place.folder, 'hello/kong/plugins/hello/schema.lua'));
      const workspace = await discoverPlugins([join(place.folder, 'hello')]);
      assert.equal((await statusOf(place.node, { workspace })).plugins[0]?.drift, true);
    }),
  );

  it(
    'has the variables of its .env win over kong.conf, and edits them there',
    onFolder({ 'kong.conf': 'plugins = bundled\n', '.env': 'KONG_DATABASE=off\nKONG_PLUGINS=bundled\n' }, async (place) => {
      await install(place);
      const files = await filesIn(place.tree);
      assert.equal(files['kong.conf'], 'plugins = bundled\n');
      assert.equal(files['.env'], 'KONG_DATABASE=off\nKONG_PLUGINS=bundled,hello\n');
      assert.equal((await onNode(place.node, 'hello'))?.enabledBy, 'environment');
    }),
  );

  it(
    'uses etc/kong/kong.conf where that is its file',
    onFolder({ 'etc/kong/kong.conf': 'database = off\n' }, async (place) => {
      await install(place);
      assert.match((await filesIn(place.tree))['etc/kong/kong.conf'] ?? '', /plugins = bundled,hello/);
    }),
  );

  it(
    'an install that would doom the next start is undone to the byte',
    onFolder({ 'kong.conf': 'database = off\nplugins = bundled', [`${PLUGINS}/other/handler.lua`]: HANDLER() }, async (place) => {
      const before = await filesIn(place.tree);
      await writeFiles(join(place.folder, 'hello'), {
        'kong/plugins/hello/handler.lua': 'return { PRIORITY = "high", VERSION = "1.0.0" }',
      });
      const result = await install(place);
      assert.equal(result.ok, false);
      assert.equal(result.findings[0]?.id, 'handler-bad-priority');
      assert.deepEqual(await filesIn(place.tree), before);
    }),
  );
});

describe('folders that an undone install finds empty, or not at all', () => {
  for (const kept of [[], ['lib/luarocks/rocks-5.1', `${PLUGINS}/other`, 'plugins']]) {
    for (const via of ['rock', 'path'] as const) {
      it(
        `stay, or go again (${via}, ${kept.length} empty ones)`,
        onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
          for (const folder of kept) await mkdir(join(place.tree, folder), { recursive: true });
          await writeFiles(join(place.folder, 'hello'), { 'kong/plugins/hello/handler.lua': 'return { PRIORITY = "high" }' });
          const before = (await readdir(place.tree, { recursive: true })).sort();
          assert.equal((await install(place, via)).ok, false);
          assert.deepEqual((await readdir(place.tree, { recursive: true })).sort(), before);
        }),
      );
    }
  }
});

const USED = '_format_version: "3.0"\nservices:\n- name: s\n  url: http://x\n  plugins:\n  - name: hello\n';
const GOOD = { [`${PLUGINS}/hello/handler.lua`]: HANDLER(), [`${PLUGINS}/hello/schema.lua`]: SCHEMA('hello') };

/** Files, what the next start says, and the rungs of `hello`. */
type Start = readonly [string, Record<string, string>, readonly string[], Partial<PluginOnNode> | undefined];

const STARTS: readonly Start[] = [
  ['nothing', { 'kong.conf': 'database = off\n' }, [], undefined],
  ['installed only', { 'kong.conf': 'database = off\n', ...GOOD }, [], { enabled: false, inUse: 0, problems: [] }],
  [
    'installed and enabled',
    { 'kong.conf': 'database = off\nplugins = bundled,hello\n', ...GOOD },
    [],
    { enabled: true, problems: [] },
  ],
  [
    'enabled, not installed',
    { 'kong.conf': 'database = off\nplugins = bundled,hello\n' },
    ['plugin-enabled-not-installed'],
    { installed: null, enabled: true, problems: ['plugin-enabled-not-installed'] },
  ],
  [
    'in use, not enabled',
    { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\n', 'kong.yml': USED, ...GOOD },
    ['plugin-in-use-not-enabled'],
    { enabled: false, inUse: 1, problems: ['plugin-in-use-not-enabled'] },
  ],
  [
    'in use and enabled',
    { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\nplugins = bundled,hello\n', 'kong.yml': USED, ...GOOD },
    [],
    { enabled: true, inUse: 1, problems: [] },
  ],
  [
    'without a schema',
    { 'kong.conf': 'database = off\nplugins = hello\n', [`${PLUGINS}/hello/handler.lua`]: HANDLER() },
    ['no-configuration-schema'],
    { enabled: true, problems: ['no-configuration-schema'] },
  ],
  [
    'a handler that does not parse',
    { 'kong.conf': 'database = off\nplugins = hello\n', ...GOOD, [`${PLUGINS}/hello/handler.lua`]: 'return {\n' },
    ['plugin-module-syntax-error'],
    { problems: ['plugin-module-syntax-error'] },
  ],
  [
    'found by lua_package_path',
    {
      'kong.conf': 'database = off\nplugins = hello\nlua_package_path = ./src/?.lua;;\n',
      'src/kong/plugins/hello/handler.lua': HANDLER(),
      'src/kong/plugins/hello/schema.lua': SCHEMA('hello'),
    },
    [],
    { enabled: true, problems: [] },
  ],
  [
    'handler and schema in two folders of the path',
    {
      'kong.conf': 'database = off\nplugins = hello\nlua_package_path = ./src/?.lua;;\n',
      'src/kong/plugins/hello/handler.lua': HANDLER(),
      [`${PLUGINS}/hello/schema.lua`]: SCHEMA('hello'),
    },
    [],
    { enabled: true, problems: [] },
  ],
  [
    'quotes around the list',
    { 'kong.conf': 'database = off\nplugins = "bundled,hello"\n', ...GOOD },
    ['plugins-setting-malformed'],
    undefined,
  ],
  [
    'a declarative file that cannot be read',
    { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\n', 'kong.yml': 'a: [b\n' },
    ['declarative-config-unparseable'],
    undefined,
  ],
  ...(
    [
      ['no _format_version', 'plugins: []\n'],
      ['a _format_version that is too new', '_format_version: "4.0"\n'],
      ['a _format_version that is a number', '_format_version: 3.0\n'],
      ['a key that no Kong knows', '_format_version: "3.0"\n_info: {}\n'],
      ['a field that no service has', '_format_version: "3.0"\nservices:\n- name: s\n  url: http://x\n  colour: red\n'],
      [
        'a field that no plugin has, below a route',
        '_format_version: "3.0"\nservices:\n- name: s\n  url: http://x\n  routes:\n  - paths: [/]\n    plugins:\n    - name: hello\n      confg: {}\n',
        'declarative-config-invalid',
      ],
      ['nothing in the file', '# nothing\n'],
      ['a text in place of a map', 'hello\n'],
    ] as const satisfies readonly (readonly [string, string, string?])[]
  ).map(([what, text, id = 'declarative-config-unparseable']): Start => [
    `${what} in the declarative file`,
    { 'kong.conf': 'database = off\nplugins = bundled,hello\ndeclarative_config = kong.yml\n', 'kong.yml': text, ...GOOD },
    [id],
    { problems: [] },
  ]),
  [
    'two documents, keys twice and an entry with an alias, which libyaml takes',
    {
      'kong.conf': 'database = off\nplugins = bundled,hello\ndeclarative_config = kong.yml\n',
      'kong.yml':
        '_format_version: "3.0"\nplugins:\n- &p\n  name: hello\n  enabled: true\n  enabled: false\n---\nother: document\n',
      ...GOOD,
    },
    [],
    { inUse: 1 },
  ],
  [
    'a declarative file that is not there',
    { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\n' },
    ['declarative-config-unparseable'],
    undefined,
  ],
  [
    'in use in a text of declarative_config_string',
    { '.env': `KONG_DATABASE=off\nKONG_DECLARATIVE_CONFIG_STRING='{"_format_version":"1.1","plugins":[{"name":"hello"}]}'\n` },
    ['plugin-in-use-not-enabled'],
    undefined,
  ],
  [
    'bundled plugins in use that the list lost',
    {
      'kong.conf': 'database = off\nplugins = hello\ndeclarative_config = kong.yml\n',
      'kong.yml': '_format_version: "1.1"\nplugins:\n- name: key-auth\n',
      ...GOOD,
    },
    ['plugins-without-bundled'],
    { problems: [] },
  ],
  ['a refused setting in a variable', { '.env': 'KONG_LOG_LEVEL=loud\n' }, ['conf-invalid-enum'], undefined],
  [
    'a refused setting that a variable overrides',
    { '.env': 'KONG_LOG_LEVEL=info\nKONG_DATABASE=off\n', 'kong.conf': 'log_level = loud\n' },
    [],
    undefined,
  ],
  ['an address without a port', { '.env': 'KONG_DATABASE=off\nKONG_ADMIN_LISTEN=0.0.0.0\n' }, ['conf-listen-invalid'], undefined],
  ['a number that is none', { '.env': 'KONG_DATABASE=off\nKONG_PG_PORT=abc\n' }, ['conf-wrong-type'], undefined],
  [
    'a refused setting',
    { 'kong.conf': 'database = off\nlog_level = loud\nplugins = hello\n' },
    ['conf-invalid-enum'],
    { enabled: true },
  ],
];

describe('what stands in the plugins list by mistake', () => {
  for (const name of ['two words', '"quoted"', 'my-plugin;', '../../share', '$(id)', '']) {
    const list = { 'kong.conf': `database = off\nplugins = bundled,${name},key-auth\n` };
    for (const [verb, operation] of [
      ['disable', disableOperation(name)],
      ['remove', removeOperation(name, { yes: true, keep })],
    ] as const) {
      it(
        `is taken out by ${verb}: ${JSON.stringify(name)}`,
        onFolder(list, async (place) => {
          const result = await runPlan(place.node, operation);
          assert.equal(result.ok, true, JSON.stringify(result));
          assert.deepEqual(await filesIn(place.tree), { 'kong.conf': 'database = off\nplugins = bundled,key-auth\n' });
        }),
      );
    }
    it(
      `is not put in: ${JSON.stringify(name)}`,
      onFolder(list, async (place) => {
        await assert.rejects(runPlan(place.node, enableOperation(name)), /cannot be a plugin name/);
      }),
    );
    it(
      `is refused where it does not stand: ${JSON.stringify(name)}`,
      onFolder({ 'kong.conf': 'plugins = bundled\n' }, async (place) => {
        await assert.rejects(runPlan(place.node, disableOperation(name)), /cannot be a plugin name/);
        await assert.rejects(runPlan(place.node, removeOperation(name, { yes: true, keep })), /cannot be a plugin name/);
      }),
    );
  }
});

describe('the ladder and the predicted start', () => {
  for (const [what, files, problems, expected] of STARTS) {
    it(
      what,
      onFolder(files, async ({ node }) => {
        const status = await statusOf(node);
        const { ok, problems: predicted } = status.predictedStart;
        assert.deepEqual({ ok, problems: predicted }, { ok: problems.length === 0, problems });
        const row = status.plugins.find((plugin) => plugin.name === 'hello');
        if (expected === undefined) return;
        assert.ok(row);
        assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, row[key as keyof PluginOnNode]])), expected);
      }),
    );
  }

  for (const plugins of ['bundled', 'bundled,hello', 'hello, bundled', 'off, bundled']) {
    it(
      `"${plugins}" makes no plugin called bundled, where the version of Kong is not known`,
      onFolder({ 'kong.conf': `database = off\nplugins = ${plugins}\n`, ...GOOD }, async ({ node }) => {
        const status = await statusOf(node);
        assert.equal(status.kong, null);
        assert.deepEqual(
          status.plugins.map(({ name }) => name),
          ['hello'],
        );
      }),
    );
  }

  it(
    'a data plane says what it is, and that its uses are not known here',
    onFolder({ 'kong.conf': 'role = data_plane\ndatabase = off\nplugins = hello\n', ...GOOD }, async ({ node }) => {
      const status = await statusOf(node);
      assert.equal(status.role, 'data_plane');
      assert.equal(status.plugins[0]?.inUse, null);
    }),
  );

  it(
    'Kong before 2.3 speaks of uses first, later ones of plugins first',
    onFolder(
      { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\nplugins = other\n', 'kong.yml': USED },
      async ({ tree }) => {
        const saidBy = async (kong: string): Promise<string[]> =>
          (await statusOf(folderNode(tree, { kong }))).predictedStart.problems;
        assert.deepEqual(await saidBy('2.2'), ['plugin-in-use-not-enabled']);
        assert.deepEqual(await saidBy('3.9'), ['plugin-enabled-not-installed']);
      },
    ),
  );

  it(
    'a plugin that requires what is elsewhere on the node loads',
    onFolder(
      {
        'kong.conf': 'database = off\nplugins = hello\n',
        ...GOOD,
        [`${PLUGINS}/hello/handler.lua`]: `local helper = require "acme.helper"\n${HANDLER()}`,
        'share/lua/5.1/acme/helper.lua': 'return {}\n',
      },
      async ({ node }) => assert.deepEqual((await statusOf(node)).predictedStart.problems, []),
    ),
  );

  it(
    'enabling a second plugin on a doomed node is not held back by the first one',
    onFolder({ 'kong.conf': 'database = off\nplugins = nosuch\n', ...GOOD }, async ({ node }) => {
      const result = await runPlan(node, enableOperation('hello'));
      assert.equal(result.ok, true);
      assert.match(result.steps.find(({ name }) => name === 'verify')?.detail ?? '', /would not start for another reason/);
      assert.match(result.steps.at(-1)?.detail ?? '', /would fail, and not because of hello/);
    }),
  );
});
