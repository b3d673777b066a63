// Rename Plugin: the name in every place it stands, as one undoable edit with a preview.
import * as vscode from 'vscode';
import { count } from '../../text/count';
import { pathAfter } from '../../text/edits';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, askText } from '../dialogue/ask';
import { applyFileChanges, currentTextOrNothing } from '../workspaceEdit';

export const renamePlugin: CommandHandler = async (services, argument) => {
  const plugin = await askPlugin(services, argument, 'Rename: which plugin?');
  const { newNameProblem } = await import('../../plugin/newPlugin');
  const name = await askText({
    title: `Rename ${plugin.name}`,
    prompt: 'Its new name: folder, rockspec, module keys, schema, requires and specs follow. A preview comes first.',
    value: plugin.name,
    check: (text) => newNameProblem(text.trim()),
  });
  const { namesLeft, renamePlugin: plan } = await import('../../plugin/renamePlugin');
  const around = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(plugin.root))?.uri.fsPath;
  const options = {
    read: currentTextOrNothing,
    siblings: await services.plugins.all(),
    ...(around === undefined ? {} : { around }),
  };
  const changes = await plan(plugin, name, options);
  if (changes.length === 0) return;
  const left = await namesLeft(plugin, changes, options);
  await applyFileChanges(changes, `${plugin.name} → ${name}`);
  services.log.info(`Renamed ${plugin.name} to ${name}.`);
  for (const { path, line, text } of left) services.log.info(`${pathAfter(changes, path)}:${line} still says: ${text}`);
  if (left.length === 0) return;
  const show = 'Show Lines';
  const lines = `${count(left.length, 'line')} still ${left.length === 1 ? 'names' : 'name'} ${plugin.name}, which may be something else there.`;
  void vscode.window.showInformationMessage(lines, show).then(async (chosen) => {
    if (chosen !== show) return;
    const listed = left.map(({ path, line, text }) => `${pathAfter(changes, path)}:${line}  ${text}\n`);
    await services.reports.show(`${plugin.name} is ${name}.txt`, listed.join(''));
  });
};
