// Restore: the configuration that a removal kept, back on nodes.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandHandler } from '../commandHandler';
import { askFile, type FileWanted } from '../dialogue/askFile';
import { askNodes } from '../dialogue/askNodes';
import { operateOn } from '../dialogue/operate';

const KEPT: FileWanted = {
  question: 'kept configuration',
  title: 'Restore which configuration?',
  openLabel: 'Restore',
  glob: '*-removed-*.{json,yml}',
};

export const restore: CommandHandler = async (services, argument) => {
  const file = await askFile(services, KEPT);
  const name = path.basename(file);
  const nodes = await askNodes(services, argument, `Restore ${name} on`);
  const text = await readFile(file, 'utf8');
  const { restoreOperation } = await import('../../lifecycle/operations/restore');
  await operateOn(services, nodes, restoreOperation({ name, text }), {
    title: `Restore ${name}`,
    done: 'Configuration restored',
    button: 'Restore',
  });
};
