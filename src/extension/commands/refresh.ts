// Refresh: look again from the start, for when file events were missed.
import * as vscode from 'vscode';
import { VIEWS } from '../../contributions/names';
import type { CommandHandler } from '../commandHandler';

export const refreshPlugins: CommandHandler = async ({ plugins }) => {
  await vscode.window.withProgress({ location: { viewId: VIEWS.plugins } }, () => plugins.refresh());
};
