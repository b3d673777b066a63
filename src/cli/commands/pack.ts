// `kong-plugin pack`: a rock or a .tar.gz from a plugin's folder.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { ArchiveKind } from '../../archive/archive';
import type { OutputFormat } from '../io';
import { askYes } from '../ask';

interface PackFlags {
  kind?: ArchiveKind;
  out: string;
  force?: boolean;
  build: boolean;
  format: OutputFormat;
}

export const addPack: AddCommand = (program, io, finish) => {
  program
    .command('pack')
    .description('check a plugin and pack it as a rock or a .tar.gz, its sha256 beside it')
    .argument('[dir]', 'folder of the plugin, or its rockspec', '.')
    .addOption(new Option('--kind <kind>', 'what to make; a rock when there is a rockspec').choices(['rock', 'tar']))
    .option('--out <dir>', 'folder to write to', '.')
    .option('--force', 'replace a different archive of the same version')
    .option('--no-build', 'refuse what LuaRocks would have to build, which runs programs the rockspec names')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (dir: string, flags: PackFlags) => {
      const { packProject } = await import('../../archive/pack');
      const { printArchives } = await import('../archives');
      const archives = await packProject(resolve(io.cwd, dir), {
        out: resolve(io.cwd, flags.out),
        build: flags.build,
        signal: io.signal,
        mayReplace: async (path) => flags.force === true || askYes(io, `Replace ${path}, which holds something else?`),
        ...(flags.kind && { kind: flags.kind }),
        ...(io.interactive && { onProgress: (message: string) => io.err(`${message}\n`) }),
      });
      finish(printArchives(io, archives, flags.format) ? 1 : 0);
    });
};
