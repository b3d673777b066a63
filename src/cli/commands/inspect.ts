// `kong-plugin inspect`: what an archive holds, where installing puts it, and what is wrong with it.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { OutputFormat } from '../io';
import type { AddCommand } from '../addCommand';

export const addInspect: AddCommand = (program, io, finish) => {
  program
    .command('inspect')
    .description(
      'say what a .rock or .tar.gz holds, where installing puts it and what is wrong with it; nothing is unpacked or run',
    )
    .argument('<archive>', 'a .rock or a .tar.gz')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (path: string, { format }: { format: OutputFormat }) => {
      const { inspectArchive } = await import('../../archive/inspect');
      const { printArchives } = await import('../archives');
      const archive = await inspectArchive(resolve(io.cwd, path), { signal: io.signal });
      finish(printArchives(io, [archive], format) ? 1 : 0);
    });
};
