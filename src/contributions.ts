// Every name the editor knows us by (commands, settings, views, menus, context keys), as data; package.json is held against it by a test.

export const EXTENSION_ID = 'kong-plugin-workbench.kong-plugin-workbench';
export const CATEGORY = 'Kong Plugin';

/** Ids of our views and of the containers they stand in. */
export const VIEWS = {
  plugins: 'kongPlugin.plugins',
  nodes: 'kongPlugin.nodes',
  troubleshooting: 'kongPlugin.troubleshooting',
} as const;
export const CONTAINERS = { activityBar: 'kongPlugin', panel: 'kongPluginTroubleshooting' } as const;

/** Keys we set for `when` clauses. */
export const CONTEXT = {
  /** Discovery has finished at least once. */
  discovered: 'kongPlugin.discovered',
  /** Nodes have been looked for at least once. */
  nodesKnown: 'kongPlugin.nodesKnown',
  /** Some plugin is watched. */
  watching: 'kongPlugin.watching',
  /** The panel shows a diagnosis with findings. */
  diagnosed: 'kongPlugin.diagnosed',
} as const;

/** What the names of development nodes' containers begin with. */
export const DEVELOPMENT_PREFIX = 'kong-dev-';

/** First words of `contextValue` of our tree items; more words behind them say what the item can do. */
export const ITEMS = { plugin: 'plugin', archive: 'archive', node: 'node', nodePlugin: 'nodePlugin' } as const;

/** Where a command stands besides the palette. */
export interface Placement {
  menu: 'view/title' | 'view/item/context' | 'explorer/context' | 'editor/title' | 'editor/context' | 'editor/title/context';
  when: string;
  group: string;
}

/** A command as package.json declares it. */
export interface CommandContribution {
  title: string;
  icon?: string;
  /** When the palette offers it; false: it makes sense only with an argument. */
  palette?: false | string;
  /** Starts programs or writes to nodes: answers "trust this workspace first" in Restricted Mode. */
  needsTrust?: true;
  places?: readonly Placement[];
}

const pluginItem = (group: string, word = ''): Placement => ({
  menu: 'view/item/context',
  when: `view == ${VIEWS.plugins} && viewItem =~ /^${ITEMS.plugin}\\b${word === '' ? '' : `.*\\b${word}\\b`}/`,
  group,
});
const archiveItem = (group: string): Placement => ({
  menu: 'view/item/context',
  when: `view == ${VIEWS.plugins} && viewItem == ${ITEMS.archive}`,
  group,
});
const nodeItem = (group: string, word = ''): Placement => ({
  menu: 'view/item/context',
  when: `view == ${VIEWS.nodes} && viewItem =~ /^${ITEMS.node}\\b${word === '' ? '' : `.*\\b${word}\\b`}/`,
  group,
});
const nodePluginItem = (group: string, word = ''): Placement => ({
  menu: 'view/item/context',
  when: `view == ${VIEWS.nodes} && viewItem =~ /^${ITEMS.nodePlugin}\\b${word === '' ? '' : `.*\\b${word}\\b`}/`,
  group,
});
const title = (view: string, group: string): Placement => ({ menu: 'view/title', when: `view == ${view}`, group });
const rockspecTitle = (group: string): Placement => ({ menu: 'editor/title', when: 'resourceExtname == .rockspec', group });
const inExplorer = (when: string, group = '6_kongPlugin'): Placement => ({ menu: 'explorer/context', when, group });

/** Plugins are looked for in folders. */
const IN_FOLDER = 'workbenchState != empty';
const ROCKSPEC = 'resourceExtname == .rockspec';
const ARCHIVE = 'resourceFilename =~ /\\.(rock|tar\\.gz|tgz)$/';
const LOG = 'resourceFilename =~ /\\.(log|txt|out)$/';

const commands = {
  'kongPlugin.checkWorkspace': {
    title: 'Check Workspace',
    palette: IN_FOLDER,
    icon: '$(checklist)',
    places: [title(VIEWS.plugins, 'navigation@1'), rockspecTitle('navigation@1')],
  },
  'kongPlugin.newPlugin': { title: 'New Plugin…', icon: '$(add)', places: [title(VIEWS.plugins, 'navigation@2')] },
  'kongPlugin.renamePlugin': { title: 'Rename Plugin…', palette: IN_FOLDER, places: [pluginItem('5_edit@1', 'lua')] },
  'kongPlugin.bumpVersion': {
    title: 'Bump Version…',
    palette: IN_FOLDER,
    places: [pluginItem('5_edit@2', 'rockspec'), inExplorer(ROCKSPEC, '6_kongPlugin@4')],
  },
  'kongPlugin.pack': {
    title: 'Pack…',
    palette: IN_FOLDER,
    icon: '$(package)',
    places: [pluginItem('2_build@1', 'lua'), rockspecTitle('navigation@2'), inExplorer(ROCKSPEC, '6_kongPlugin@1')],
  },
  'kongPlugin.inspectArchive': {
    title: 'Inspect Archive…',
    icon: '$(search)',
    places: [archiveItem('inline@1'), archiveItem('2_build@1'), inExplorer(ARCHIVE)],
  },
  'kongPlugin.publish': {
    title: 'Publish to LuaRocks…',
    palette: IN_FOLDER,
    needsTrust: true,
    places: [pluginItem('2_build@9', 'rockspec')],
  },
  'kongPlugin.setLuaRocksKey': { title: 'Set LuaRocks API Key…' },
  'kongPlugin.refreshPlugins': {
    title: 'Refresh Plugins',
    palette: IN_FOLDER,
    icon: '$(refresh)',
    places: [title(VIEWS.plugins, 'navigation@9')],
  },
  'kongPlugin.install': {
    title: 'Install on Node…',
    palette: IN_FOLDER,
    icon: '$(cloud-upload)',
    needsTrust: true,
    places: [
      pluginItem('inline@1', 'lua'),
      pluginItem('3_node@1', 'lua'),
      archiveItem('3_node@1'),
      nodeItem('3_node@1'),
      rockspecTitle('navigation@3'),
      inExplorer(ROCKSPEC, '6_kongPlugin@2'),
    ],
  },
  'kongPlugin.installFromRock': { title: 'Install Rock from File or Address…', needsTrust: true, places: [nodeItem('3_node@2')] },
  'kongPlugin.enable': {
    title: 'Enable on Node…',
    palette: IN_FOLDER,
    needsTrust: true,
    places: [pluginItem('3_node@2', 'lua'), nodePluginItem('3_node@2', 'disabled')],
  },
  'kongPlugin.disable': {
    title: 'Disable on Node…',
    palette: IN_FOLDER,
    needsTrust: true,
    places: [pluginItem('3_node@3', 'lua'), nodePluginItem('3_node@3', 'enabled')],
  },
  'kongPlugin.verify': {
    title: 'Verify on Node…',
    palette: IN_FOLDER,
    icon: '$(verified)',
    needsTrust: true,
    places: [pluginItem('3_node@4', 'lua'), nodePluginItem('inline@1'), nodePluginItem('3_node@4')],
  },
  'kongPlugin.remove': {
    title: 'Remove from Node…',
    palette: IN_FOLDER,
    needsTrust: true,
    places: [pluginItem('3_node@9', 'lua'), nodePluginItem('3_node@9')],
  },
  'kongPlugin.reload': {
    title: 'Reload Kong',
    icon: '$(debug-restart)',
    needsTrust: true,
    places: [nodeItem('inline@1', 'real'), nodeItem('2_run@1', 'real')],
  },
  'kongPlugin.restart': { title: 'Restart Kong', needsTrust: true, places: [nodeItem('2_run@2', 'real')] },
  'kongPlugin.startDevelopmentNode': {
    title: 'Start Development Node',
    palette: IN_FOLDER,
    icon: '$(run-all)',
    needsTrust: true,
    places: [pluginItem('3_node@7', 'lua'), title(VIEWS.nodes, 'navigation@3')],
  },
  'kongPlugin.stopDevelopmentNode': {
    title: 'Stop Development Node',
    icon: '$(debug-stop)',
    needsTrust: true,
    places: [nodeItem('inline@2', 'development'), nodeItem('2_run@8', 'development')],
  },
  'kongPlugin.startWatching': {
    title: 'Watch on Node…',
    palette: IN_FOLDER,
    icon: '$(eye)',
    needsTrust: true,
    places: [pluginItem('3_node@6', 'unwatched')],
  },
  'kongPlugin.persist': {
    title: 'Persist Installation…',
    palette: IN_FOLDER,
    needsTrust: true,
    places: [nodePluginItem('3_node@8', 'persistable')],
  },
  'kongPlugin.stopWatching': {
    title: 'Stop Watching',
    palette: CONTEXT.watching,
    icon: '$(eye-closed)',
    places: [pluginItem('3_node@6', 'watched')],
  },
  'kongPlugin.refreshNodes': {
    title: 'Refresh Nodes',
    needsTrust: true,
    icon: '$(refresh)',
    places: [title(VIEWS.nodes, 'navigation@9')],
  },
  'kongPlugin.chooseTargetNode': {
    title: 'Choose Target Node…',
    needsTrust: true,
    icon: '$(target)',
    places: [title(VIEWS.nodes, 'navigation@2')],
  },
  'kongPlugin.useAsTarget': {
    title: 'Use as Target',
    needsTrust: true,
    palette: false,
    places: [nodeItem('1_target@1', 'choosable')],
  },
  'kongPlugin.addNode': { title: 'Add Node…', needsTrust: true, icon: '$(add)', places: [title(VIEWS.nodes, 'navigation@1')] },
  'kongPlugin.forgetNode': { title: 'Forget Node', palette: false, places: [nodeItem('9_forget@1', 'listed')] },
  'kongPlugin.setAdminToken': { title: 'Set Admin API Token…', needsTrust: true, places: [nodeItem('8_admin@1', 'real')] },
  'kongPlugin.diagnoseClipboard': {
    title: 'Diagnose Clipboard',
    icon: '$(clippy)',
    places: [title(VIEWS.troubleshooting, 'navigation@1')],
  },
  'kongPlugin.diagnoseFile': {
    title: 'Diagnose Log File…',
    icon: '$(folder-opened)',
    places: [title(VIEWS.troubleshooting, 'navigation@2'), inExplorer(LOG)],
  },
  'kongPlugin.diagnoseSelection': {
    title: 'Diagnose Selection',
    palette: 'editorIsOpen',
    places: [{ menu: 'editor/context', when: 'editorHasSelection && resourceExtname != .rockspec', group: '9_kongPlugin' }],
  },
  'kongPlugin.diagnoseNode': {
    title: 'Diagnose Node Log…',
    icon: '$(server-environment)',
    needsTrust: true,
    places: [title(VIEWS.troubleshooting, 'navigation@3'), nodeItem('2_run@5')],
  },
  'kongPlugin.followNode': {
    title: 'Follow Node Log…',
    needsTrust: true,
    places: [nodeItem('2_run@6')],
  },
  'kongPlugin.explainStart': {
    title: 'Explain Next Start…',
    needsTrust: true,
    places: [nodeItem('2_run@7')],
  },
  'kongPlugin.copyDiagnosis': {
    title: 'Copy Diagnosis as Markdown',
    palette: CONTEXT.diagnosed,
    icon: '$(copy)',
  },
  'kongPlugin.explainFinding': { title: 'Explain This', palette: false },
  'kongPlugin.restartServer': { title: 'Restart Language Server' },
  'kongPlugin.showLog': { title: 'Show Log' },
} as const satisfies Record<string, CommandContribution>;

export type CommandId = keyof typeof commands;
export const COMMANDS: Readonly<Record<CommandId, CommandContribution>> = commands;

/** The buttons each empty view offers, in the order they are tried. */
export const WELCOME: readonly { view: string; when?: string; contents: string }[] = [
  {
    view: VIEWS.plugins,
    when: 'workbenchState == empty',
    contents:
      'Open the folder of a Kong plugin to see it here.\n[Open Folder](command:vscode.openFolder)\n[New Plugin](command:kongPlugin.newPlugin)',
  },
  {
    view: VIEWS.plugins,
    when: `workbenchState != empty && ${CONTEXT.discovered}`,
    contents:
      'No Kong plugin in this workspace: a plugin has its code in kong/plugins/<name>/handler.lua or in a module its rockspec names so.\n[New Plugin](command:kongPlugin.newPlugin)\n[Look Again](command:kongPlugin.refreshPlugins)',
  },
  {
    view: VIEWS.plugins,
    when: `workbenchState != empty && !${CONTEXT.discovered}`,
    contents: 'Looking for Kong plugins …',
  },
  {
    view: VIEWS.nodes,
    when: `isWorkspaceTrusted && !${CONTEXT.nodesKnown}`,
    contents: 'Looking for Kong nodes …',
  },
  {
    view: VIEWS.nodes,
    when: '!isWorkspaceTrusted',
    contents:
      'Looking for Kong nodes starts programs, which Restricted Mode does not allow.\n[Manage Workspace Trust](command:workbench.trust.manage)',
  },
  {
    view: VIEWS.nodes,
    when: `isWorkspaceTrusted && ${CONTEXT.nodesKnown}`,
    contents:
      'No Kong node found. A node is where a Kong runs: a folder with a kong.conf and a LuaRocks tree, the Kong of this machine, or a container.\n[Add Node](command:kongPlugin.addNode)\n[Look Again](command:kongPlugin.refreshNodes)',
  },
];

/** A setting as package.json declares it (a JSON schema with a scope). */
export interface SettingContribution {
  type: string | readonly string[];
  default: unknown;
  markdownDescription: string;
  scope?: 'machine-overridable' | 'resource' | 'window' | 'application';
  pattern?: string;
  patternErrorMessage?: string;
  items?: object;
  additionalProperties?: object | boolean;
  enum?: readonly string[];
}

/** How a node is named: what `--node` of the command line takes. */
const NODE_PATTERN = '^(local|(local|folder|docker|compose):.+)$';
const nodeId = {
  type: 'string',
  pattern: NODE_PATTERN,
  patternErrorMessage: 'Write folder:DIR, local, local:PATH-OF-KONG.CONF, docker:CONTAINER or compose:PROJECT/SERVICE.',
} as const;

const settings = {
  'kongPlugin.kong': {
    type: 'string',
    default: '3.9',
    pattern: '^\\d+\\.\\d+(\\.\\d+){0,2}$',
    patternErrorMessage: 'A Kong version, for example 3.9 or 2.8.5.',
    scope: 'resource',
    markdownDescription: 'The Kong version that rockspecs, handlers and schemas are checked for.',
  },
  'kongPlugin.luarocks': {
    type: 'string',
    default: '',
    pattern: '^(\\d+\\.\\d+(\\.\\d+)?)?$',
    patternErrorMessage: 'A LuaRocks version, for example 3.11.1, or empty.',
    scope: 'resource',
    markdownDescription: 'The LuaRocks version whose verdict the checks repeat. Empty: the one inside the chosen Kong.',
  },
  'kongPlugin.inlayHints.enabled': {
    type: 'boolean',
    default: true,
    scope: 'resource',
    markdownDescription: 'Show the evaluated key or value where a rockspec computes it.',
  },
  'kongPlugin.nodes': {
    type: 'array',
    items: nodeId,
    default: [],
    scope: 'resource',
    markdownDescription:
      'Kong nodes besides the containers that are found by themselves: `folder:DIR` (relative to the workspace folder), `local`, `local:PATH-OF-KONG.CONF`, `docker:CONTAINER`, `compose:PROJECT/SERVICE`.',
  },
  'kongPlugin.clusters': {
    type: 'object',
    additionalProperties: { type: 'array', items: nodeId },
    default: {},
    scope: 'resource',
    markdownDescription:
      'Named groups of nodes that are changed together, one after the other: `{"staging": ["docker:kong-1", "docker:kong-2"]}`.',
  },
  'kongPlugin.targetNode': {
    type: 'string',
    default: '',
    scope: 'resource',
    markdownDescription: 'The node (or the name of a cluster) that commands offer first and the status bar shows.',
  },
  'kongPlugin.adminApi': {
    type: 'object',
    additionalProperties: { type: 'string', pattern: '^https?://' },
    default: {},
    scope: 'resource',
    markdownDescription:
      'Where the Admin API of a node answers, when it cannot be derived: `{"docker:kong": "http://127.0.0.1:8001"}`. Its token is kept in the secret storage: run [Set Admin API Token…](command:kongPlugin.setAdminToken).',
  },
  'kongPlugin.docker.path': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    markdownDescription: 'The Docker (or Podman) program. Empty: `docker` on the PATH, else `podman`.',
  },
  'kongPlugin.development.image': {
    type: 'string',
    default: 'kong:3.9',
    scope: 'machine-overridable',
    markdownDescription: 'The image that *Start Development Node* starts: an official Kong image, or one made from it.',
  },
  'kongPlugin.development.database': {
    type: 'string',
    enum: ['off', 'postgres'],
    default: 'off',
    scope: 'resource',
    markdownDescription: 'Whether a development node keeps its configuration in memory (`off`) or in a Postgres of its own.',
  },
  'kongPlugin.development.postgresImage': {
    type: 'string',
    default: 'postgres:16',
    scope: 'machine-overridable',
    markdownDescription: 'The image of that Postgres.',
  },
  'kongPlugin.development.config': {
    type: 'string',
    default: '',
    scope: 'resource',
    markdownDescription:
      'A declarative configuration that a development node without database starts with, relative to the workspace folder.',
  },
  'kongPlugin.development.environment': {
    type: 'object',
    additionalProperties: { type: 'string' },
    default: {},
    scope: 'resource',
    markdownDescription: 'More variables for a development node: `{"KONG_LOG_LEVEL": "debug"}`.',
  },
  'kongPlugin.trace.server': {
    type: 'string',
    enum: ['off', 'messages', 'verbose'],
    default: 'off',
    scope: 'window',
    markdownDescription: 'What of the conversation with the language server is written to the log.',
  },
} as const satisfies Record<string, SettingContribution>;

export type SettingId = keyof typeof settings;
export const SETTINGS: Readonly<Record<SettingId, SettingContribution>> = settings;

/** Settings of a workspace that are ignored until it is trusted: they name programs to start and places to write to. */
export const RESTRICTED_SETTINGS: readonly SettingId[] = [
  'kongPlugin.docker.path',
  'kongPlugin.nodes',
  'kongPlugin.clusters',
  'kongPlugin.adminApi',
  'kongPlugin.development.image',
  'kongPlugin.development.postgresImage',
  'kongPlugin.development.environment',
];
