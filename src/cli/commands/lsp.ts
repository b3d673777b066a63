// `kong-plugin lsp --stdio`: the language server for editors that start programs. It is a bundle of its own beside this one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../../system/userError';
import type { AddCommand } from '../addCommand';

const NEXT = 'Install kong-plugin again, or run `npm run build` in its source.';

export const addLsp: AddCommand = (program, io) => {
  program
    .command('lsp')
    .description('run the language server for rockspecs, kong.conf and plugin files')
    .requiredOption('--stdio', 'speak the Language Server Protocol over standard input and output')
    .action(async () => {
      // The server reads --stdio from the arguments itself, and ends this process when its client goes.
      const server = join(__dirname, 'server.js');
      if (!existsSync(server)) throw new UserError(`The language server is missing: ${server}`, { exitCode: 3, next: NEXT });
      await import(pathToFileURL(server).href);
      io.signal.addEventListener('abort', () => process.exit(0));
    });
};
