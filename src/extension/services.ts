// What commands and views share: made once at activation, handed to each.
import type * as vscode from 'vscode';
import type { LanguageServer } from './languageServer';
import type { Troubleshooting } from './panel/troubleshooting';
import type { Reports } from './dialogue/reports';
import type { Configurations } from './use/configurations';
import type { Trials } from './trials';
import type { Watching } from './watching';
import type { WorkspaceCheck } from './workspaceCheck';
import type { WorkspaceNodes } from './workspaceNodes';
import type { WorkspacePlugins } from './workspacePlugins';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly plugins: WorkspacePlugins;
  readonly nodes: WorkspaceNodes;
  readonly check: WorkspaceCheck;
  readonly reports: Reports;
  readonly server: LanguageServer;
  readonly troubleshooting: Troubleshooting;
  readonly configurations: Configurations;
  readonly trials: Trials;
  readonly watching: Watching;
}
