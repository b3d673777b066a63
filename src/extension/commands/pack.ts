// Pack: a plugin becomes a rock or a .tar.gz, checked first; a refusal says why.
import path from 'node:path';
import * as vscode from 'vscode';
import type { Archive, ArchiveKind } from '../../archive/archive';
import type { Plugin } from '../../plugin/plugin';
import { count } from '../../text/count';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, choose, confirm, workspacePath } from '../dialogue/ask';
import { withProgress } from '../dialogue/progress';
import { runCommand } from '../ourCommands';
import type { Services } from '../services';

const KINDS = [
  { id: 'rock', label: '$(package) Rock', description: '.all.rock, installed with luarocks install' },
  { id: 'tar', label: '$(file-zip) Archive', description: '.tar.gz, for nodes without LuaRocks' },
] as const;

export const pack: CommandHandler = async (services, argument) => {
  const plugin = await askPlugin(services, argument, 'Pack: which plugin?');
  const kind: ArchiveKind =
    plugin.rockspec === undefined ? 'tar' : (await choose(services, 'kind of archive', `Pack ${plugin.name} as`, KINDS)).id;
  const archives = await packPlugin(services, plugin, kind);
  for (const archive of archives) void tell(services, plugin, archive);
};

/** Packs with progress and Cancel; asks before it replaces a different archive of the same version. */
export async function packPlugin(services: Services, plugin: Plugin, kind: ArchiveKind): Promise<Archive[]> {
  await vscode.workspace.saveAll(false);
  return withProgress(`Packing ${plugin.name}`, async ({ signal, say }) => {
    const { packProject } = await import('../../archive/pack');
    return packProject(plugin.rockspec ?? plugin.root, {
      kind,
      out: plugin.root,
      // building runs the rockspec's programs
      build: vscode.workspace.isTrusted,
      signal,
      onProgress: (message) => {
        say(message);
        services.log.debug(message);
      },
      mayReplace: (file) =>
        confirm(
          `Replace ${path.basename(file)}?`,
          'An archive of the same version exists already and holds something else. Nodes that have it would not notice the difference.',
          'Replace',
        ).then(() => true),
    });
  });
}

async function tell({ log, plugins }: Services, plugin: Plugin, archive: Archive): Promise<void> {
  for (const { severity, code, message } of archive.problems) {
    if (severity === 'error') log.error(`${code}: ${message}`);
    else log.warn(`${code}: ${message}`);
  }
  const name = path.basename(archive.path);
  const { sha256 } = archive;
  if (sha256 === null) {
    const [first, ...others] = archive.problems.filter(({ severity }) => severity === 'error');
    const more = others.length === 0 ? '' : ` (and ${others.length} more in the log)`;
    const buttons = plugin.rockspec === undefined ? ['Show Log'] : ['Open Rockspec', 'Show Log'];
    const chosen = await vscode.window.showErrorMessage(
      `${plugin.name} was not packed. ${first?.message ?? ''}${more}`,
      ...buttons,
    );
    if (chosen === 'Show Log') log.show();
    else if (chosen !== undefined && plugin.rockspec !== undefined)
      await vscode.window.showTextDocument(vscode.Uri.file(plugin.rockspec));
    return;
  }
  log.info(`Packed ${workspacePath(archive.path)}, ${count(archive.files.length, 'file')}, sha256 ${sha256}.`);
  const warnings = archive.problems.length === 0 ? '' : ` with ${count(archive.problems.length, 'warning')} (see the log)`;
  const packed = (): { plugin: Plugin | undefined; file: string } => ({
    plugin: plugins.known?.find(({ dir }) => dir === plugin.dir),
    file: archive.path,
  });
  const actions = {
    'Install…': () => runCommand('kongPlugin.install', packed()),
    Inspect: () => runCommand('kongPlugin.inspectArchive', packed()),
    Reveal: () => vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(archive.path)),
    'Copy sha256': () => vscode.env.clipboard.writeText(sha256),
  };
  const chosen = await vscode.window.showInformationMessage(
    `Packed ${name}, ${count(archive.files.length, 'file')}${warnings}.`,
    ...(Object.keys(actions) as (keyof typeof actions)[]),
  );
  if (chosen !== undefined) await actions[chosen]();
}
