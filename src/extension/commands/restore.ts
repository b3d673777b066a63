// Restore: the configuration that a removal kept, back on nodes.
import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandHandler } from '../commandHandler';
import { choose, workspacePath } from '../dialogue/ask';
import { askNodes } from '../dialogue/askNodes';
import { operateOn } from '../dialogue/operate';
import type { Services } from '../services';

const OTHER = 'another file';

export const restore: CommandHandler = async (services, argument) => {
  const uri = await askKept(services);
  const name = path.basename(uri.fsPath);
  const nodes = await askNodes(services, argument, `Restore ${name} on`);
  const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
  const { restoreOperation } = await import('../../lifecycle/operations/restore');
  await operateOn(services, nodes, restoreOperation({ name, text }), {
    title: `Restore ${name}`,
    done: 'Configuration restored',
    button: 'Restore',
  });
};

/** A file that a removal kept: of those in the workspace, the newest first, or another one. */
async function askKept(services: Services): Promise<vscode.Uri> {
  const kept = (await vscode.workspace.findFiles('*-removed-*.{json,yml}')).sort((a, b) => (a.path < b.path ? 1 : -1));
  if (kept.length === 0) return askFile();
  const items = [
    ...kept.map((uri) => ({ id: uri.toString(), label: workspacePath(uri.fsPath), uri: () => Promise.resolve(uri) })),
    { id: OTHER, label: '$(folder-opened) Another File…', uri: askFile },
  ];
  return (await choose(services, 'kept configuration', 'Restore which configuration?', items)).uri();
}

async function askFile(): Promise<vscode.Uri> {
  const [file] =
    (await vscode.window.showOpenDialog({ title: 'A configuration that a removal kept', openLabel: 'Restore' })) ?? [];
  if (file === undefined) throw new vscode.CancellationError();
  return file;
}
