// Helpers: a plugin and a folder node, and what its next start would find.
import { join } from 'node:path';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { statusOf } from '../../../src/lifecycle/state/status';
import type { InstallKind, OperationResult, PluginOnNode } from '../../../src/lifecycle/types';
import { folderNode } from '../../../src/node/folder';
import { HANDLER, project, SCHEMA, withFolder, writeFiles } from './plugins';

export const PLUGINS = 'share/lua/5.1/kong/plugins';

export const keep = (): Promise<string> => Promise.resolve('kept.json');

export interface Place {
  folder: string;
  tree: string;
  node: ReturnType<typeof folderNode>;
}

export function onFolder(files: Readonly<Record<string, string>>, test: (place: Place) => Promise<void>): () => Promise<void> {
  return () =>
    withFolder(async (folder) => {
      await writeFiles(join(folder, 'node'), files);
      await writeFiles(join(folder, 'hello'), project('hello'));
      await test({ folder, tree: join(folder, 'node'), node: folderNode(join(folder, 'node')) });
    });
}

export async function install({ folder, node }: Place, via?: InstallKind): Promise<OperationResult> {
  return runPlan(node, installOperation(await readInstallSource(join(folder, 'hello'), folder, { via }), { via, enable: true }));
}

export async function onNode(node: Place['node'], name: string): Promise<Partial<PluginOnNode> | undefined> {
  return (await statusOf(node)).plugins.find((plugin) => plugin.name === name);
}

export const USED = '_format_version: "3.0"\nservices:\n- name: s\n  url: http://x\n  plugins:\n  - name: hello\n';

export const GOOD = { [`${PLUGINS}/hello/handler.lua`]: HANDLER(), [`${PLUGINS}/hello/schema.lua`]: SCHEMA('hello') };

/** Files, what the next start says, and the rungs of `hello`. */
export type Start = readonly [string, Record<string, string>, readonly string[], Partial<PluginOnNode> | undefined];

export const STARTS: readonly Start[] = [
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
