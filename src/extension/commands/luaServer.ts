// Set Up Lua Language Server: definitions of the PDK and of the plugins' configurations, and their folder in .luarc.json, as one undoable edit.
import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandHandler } from '../commandHandler';
import { kongVersion } from '../settings';
import { applyFileChanges } from '../workspaceEdit';
import { isInside } from '../../system/paths';

export const setUpLuaServer: CommandHandler = async (services) => {
  const { TYPES_FOLDER } = await import('../../kong/pdk/definitions');
  const { libraryChanges, typeChanges } = await import('../../plugin/typeFiles');
  const folder = await askFolder();
  const root = folder.uri.fsPath;
  const plugins = (await services.plugins.all()).filter(({ dir }) => isInside(root, dir));
  const types = path.join(root, TYPES_FOLDER);
  const kong = kongVersion(folder.uri);
  const { files, changes } = await typeChanges(plugins, kong, types);
  const all = [...changes, ...(await libraryChanges(root, types))];
  if (all.length === 0) {
    void vscode.window.showInformationMessage(`The definitions for Kong ${kong} are up to date, and .luarc.json names them.`);
    return;
  }
  const answer = await vscode.window.showInformationMessage(
    `Set up the Lua language server for Kong ${kong}?`,
    {
      modal: true,
      detail: `Writes ${files.length} files of definitions to ${TYPES_FOLDER} and names the folder in .luarc.json of ${folder.name}. Undo takes it back.`,
    },
    'Set Up',
  );
  if (answer === undefined) throw new vscode.CancellationError();
  await applyFileChanges(all);
  services.log.info(`Set up the Lua language server in ${root}: ${all.length} files written.`);
  void vscode.window.showInformationMessage(
    `The Lua language server knows Kong ${kong} now. Write ---@param conf kong.plugins.NAME.Config above a phase, and it knows the configuration too.`,
  );
};

/** The only workspace folder, or the one the person picks. */
async function askFolder(): Promise<vscode.WorkspaceFolder> {
  const [only, ...others] = vscode.workspace.workspaceFolders ?? [];
  const folder =
    others.length === 0 ? only : await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Which folder is it set up in?' });
  if (folder === undefined) throw new vscode.CancellationError();
  return folder;
}
