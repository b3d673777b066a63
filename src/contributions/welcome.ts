// What our views say while they are empty, as data; package.json is held against it by a test.
import { CONTEXT, VIEWS } from './names';

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
