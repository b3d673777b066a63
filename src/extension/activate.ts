// The VS Code face: activation makes the services, registers everything and returns; it does no I/O.
import type * as vscode from 'vscode';
import { registerCommands } from './commands';
import { Reports } from './dialogue/reports';
import { LanguageServer } from './languageServer';
import { openLog } from './log';
import { checkOnOpen } from './openingCheck';
import { Troubleshooting } from './panel/troubleshooting';
import { panelActions } from './panelActions';
import type { Services } from './services';
import { registerRequestLenses } from './requestLenses';
import { registerTerminalLinks } from './terminalLinks';
import { registerNodesView } from './views/nodesView';
import { registerPluginsView } from './views/pluginsView';
import { registerStatusBar } from './views/statusBar';
import { Trials } from './trials';
import { Configurations } from './use/configurations';
import { Watching } from './watching';
import { openWalkthroughOnce } from './welcome';
import { WorkspaceCheck } from './workspaceCheck';
import { WorkspaceNodes } from './workspaceNodes';
import { WorkspacePlugins } from './workspacePlugins';

/** Called by VS Code. */
export function activate(context: vscode.ExtensionContext): void {
  const reports = new Reports();
  const log = openLog(context, reports);
  const plugins = new WorkspacePlugins(log);
  const server = new LanguageServer(log, context);
  const nodes = new WorkspaceNodes(log, context.secrets, plugins);
  const check = new WorkspaceCheck(plugins, log);
  const troubleshooting = new Troubleshooting(
    context,
    log,
    plugins,
    panelActions(() => services),
  );
  const trials = new Trials(log, nodes, plugins, reports, troubleshooting);
  const configurations = new Configurations(() => services);
  const watching = new Watching(log, plugins, nodes, troubleshooting, trials);
  const services: Services = {
    ...{ context, log, plugins, nodes, check, reports, server, troubleshooting },
    ...{ configurations, trials, watching },
  };
  context.subscriptions.push(
    log,
    plugins,
    nodes,
    check,
    reports,
    server,
    troubleshooting,
    configurations,
    watching,
    registerCommands(services),
    registerPluginsView(services),
    registerNodesView(services),
    registerStatusBar(services),
    registerTerminalLinks(troubleshooting),
    registerRequestLenses(),
    checkOnOpen(services),
  );
  server.startIfNeeded();
  openWalkthroughOnce(context, log);
}
