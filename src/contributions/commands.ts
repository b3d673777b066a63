// The commands, as data: their words, and where they stand; package.json is held against it by a test.
import { CONTEXT, VIEWS } from './names';
import {
  ARCHIVE,
  archiveItem,
  CONFIGURATION,
  IN_FOLDER,
  inExplorer,
  LOG,
  nodeItem,
  nodePluginItem,
  pluginItem,
  ROCKSPEC,
  rockspecTitle,
  title,
  useItem,
  type Placement,
} from './places';

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
  'kongPlugin.upgradePlugin': {
    title: 'Upgrade Plugin to Another Kong…',
    palette: IN_FOLDER,
    places: [pluginItem('5_edit@3', 'lua')],
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
    places: [pluginItem('3_node@2', 'placed'), nodePluginItem('3_node@2', 'disabled')],
  },
  'kongPlugin.disable': {
    title: 'Disable on Node…',
    palette: IN_FOLDER,
    needsTrust: true,
    places: [pluginItem('3_node@3', 'placed'), nodePluginItem('3_node@3', 'enabled')],
  },
  'kongPlugin.verify': {
    title: 'Verify on Node…',
    palette: IN_FOLDER,
    icon: '$(verified)',
    needsTrust: true,
    places: [pluginItem('3_node@4', 'placed'), nodePluginItem('inline@1'), nodePluginItem('3_node@4')],
  },
  'kongPlugin.remove': {
    title: 'Remove from Node…',
    palette: IN_FOLDER,
    needsTrust: true,
    places: [pluginItem('3_node@9', 'placed'), nodePluginItem('3_node@9')],
  },
  'kongPlugin.restore': { title: 'Restore Configuration…', needsTrust: true, places: [nodeItem('3_node@3')] },
  'kongPlugin.reload': {
    title: 'Reload Kong',
    icon: '$(debug-restart)',
    needsTrust: true,
    places: [nodeItem('inline@1', 'running'), nodeItem('2_run@1', 'running')],
  },
  'kongPlugin.startNode': {
    title: 'Start Kong',
    icon: '$(play)',
    needsTrust: true,
    places: [nodeItem('inline@3', 'stopped'), nodeItem('2_run@1', 'stopped')],
  },
  'kongPlugin.restart': { title: 'Restart Kong', needsTrust: true, places: [nodeItem('2_run@2', 'local')] },
  'kongPlugin.recover': {
    title: 'Recover Interrupted Operation…',
    icon: '$(history)',
    needsTrust: true,
    places: [nodeItem('inline@1', 'interrupted'), nodeItem('2_run@0', 'interrupted')],
  },
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
  'kongPlugin.configure': {
    title: 'Configure…',
    needsTrust: true,
    places: [pluginItem('3_node@5', 'lua'), nodeItem('3_node@4'), nodePluginItem('3_node@5', 'enabled')],
  },
  'kongPlugin.applyConfiguration': { title: 'Apply Configuration', palette: CONFIGURATION, needsTrust: true },
  'kongPlugin.applyAndTry': { title: 'Apply Configuration and Try Request', palette: CONFIGURATION, needsTrust: true },
  'kongPlugin.discardConfiguration': { title: 'Discard Configuration', palette: CONFIGURATION },
  'kongPlugin.editUse': {
    title: 'Edit Configuration…',
    icon: '$(edit)',
    needsTrust: true,
    places: [useItem('inline@1'), useItem('1_edit@1')],
  },
  'kongPlugin.switchUseOn': { title: 'Switch Configuration On…', needsTrust: true, places: [useItem('2_run@1', 'off')] },
  'kongPlugin.switchUseOff': { title: 'Switch Configuration Off…', needsTrust: true, places: [useItem('2_run@1', 'on')] },
  'kongPlugin.copyUseAsDeclarative': {
    title: 'Copy Configuration as kong.yml',
    needsTrust: true,
    places: [useItem('5_copy@1')],
  },
  'kongPlugin.copyUseAsAdminCall': {
    title: 'Copy Configuration as Admin API Call',
    needsTrust: true,
    places: [useItem('5_copy@2')],
  },
  'kongPlugin.removeUse': { title: 'Remove Configuration…', needsTrust: true, places: [useItem('9_remove@1')] },
  'kongPlugin.tryRequest': {
    title: 'Try Request…',
    needsTrust: true,
    places: [nodeItem('2_run@3', 'running')],
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
    places: [title(VIEWS.troubleshooting, 'navigation@3'), nodeItem('inline@2', 'stopped'), nodeItem('2_run@5')],
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
  'kongPlugin.doctor': { title: 'Doctor', needsTrust: true },
  'kongPlugin.setUpLuaServer': { title: 'Set Up Lua Language Server', palette: IN_FOLDER },
  'kongPlugin.restartServer': { title: 'Restart Language Server' },
  'kongPlugin.showLog': { title: 'Show Log' },
} as const satisfies Record<string, CommandContribution>;

export type CommandId = keyof typeof commands;
export const COMMANDS: Readonly<Record<CommandId, CommandContribution>> = commands;
