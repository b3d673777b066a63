// Bump Version: a new version in the rockspec's name and text and in the handlers, as one undoable edit with a preview.
import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, askText, confirm } from '../dialogue/ask';
import { versionOfRockspec } from '../rockspecVersion';
import { applyFileChanges, currentText } from '../workspaceEdit';

const VERSION = /^\d[\w.]*(-\d+)?$/;

/** The version people ask for most often next: the last number one higher. */
function nextVersion(version: string): string {
  return version.replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + 1));
}

export const bumpVersion: CommandHandler = async (services, argument) => {
  const plugin = await askPlugin(services, argument, 'Bump Version: which plugin?');
  if (plugin.rockspec === undefined) {
    throw new UserError(`${plugin.name} has no rockspec, so its version stands only in its handler.`, {
      next: 'Change VERSION in handler.lua.',
      ...(plugin.handler === undefined ? {} : { at: { path: plugin.handler } }),
    });
  }
  const current = versionOfRockspec(plugin.rockspec) ?? '0.1.0';
  const version = await askText({
    title: `Bump ${plugin.name}`,
    prompt: `New version (now ${current}); add -2 for a revision other than 1.`,
    value: nextVersion(current),
    check: (text) => (VERSION.test(text.trim()) ? undefined : 'A version is numbers and dots, for example 1.2.3 or 1.2.3-2.'),
  });
  const [{ isLowerVersion }, { bumpFolder }] = await Promise.all([
    import('../../rockspec/bump'),
    import('../../rockspec/bumpFolder'),
  ]);
  const lower = isLowerVersion(version, current);
  if (lower)
    await confirm(`${version} is lower than ${current}.`, 'LuaRocks takes the highest version that it finds.', 'Go Back');
  const { from, to, changes, notes } = await bumpFolder(plugin.rockspec, version, { read: currentText, lower });
  await applyFileChanges(changes, `${from} → ${to}`);
  const files = new Set(changes.map((change) => path.basename(change.path)));
  services.log.info(`Bumped ${plugin.name} from ${from} to ${to}: ${[...files].join(', ')}.`);
  for (const note of notes) services.log.warn(note);
  const text = `${plugin.name} is now ${to}.${notes.length === 0 ? '' : ` ${notes.join(' ')}`}`;
  void (notes.length === 0 ? vscode.window.showInformationMessage(text) : vscode.window.showWarningMessage(text));
};
