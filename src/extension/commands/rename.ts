// Rename Plugin: the name in every place it stands, as one undoable edit with a preview.
import { errorCode } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, askText } from '../dialogue/ask';
import { applyFileChanges, currentText } from '../workspaceEdit';

export const renamePlugin: CommandHandler = async (services, argument) => {
  const plugin = await askPlugin(services, argument, 'Rename: which plugin?');
  const { newNameProblem } = await import('../../plugin/newPlugin');
  const name = await askText({
    title: `Rename ${plugin.name}`,
    prompt: 'Its new name: folder, rockspec, module keys, schema, requires and specs follow. A preview comes first.',
    value: plugin.name,
    check: (text) => newNameProblem(text.trim()),
  });
  const { renamePlugin: plan } = await import('../../plugin/renamePlugin');
  const read = (file: string): Promise<string | undefined> =>
    currentText(file).catch((error: unknown) => {
      if (errorCode(error) === undefined) throw error;
      return undefined;
    });
  const changes = await plan(plugin, name, { read, siblings: await services.plugins.all() });
  if (changes.length === 0) return;
  await applyFileChanges(changes, `${plugin.name} → ${name}`);
  services.log.info(`Renamed ${plugin.name} to ${name}.`);
};
