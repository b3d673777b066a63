// `kong-plugin new NAME [DIR]`: a plugin that passes every check, to begin with.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import { shownPath } from '../paths';
import { workspacePlugins } from '../pluginsAt';
import { putBackUnfinished } from '../unfinished';

interface NewFlags {
  phases: string;
  license: string;
  url?: string;
  dryRun?: true;
  format: 'text' | 'json';
}

export const addNew: AddCommand = (program, io) => {
  program
    .command('new')
    .description('create a plugin: handler, schema, rockspec, spec, README and CI')
    .argument('<name>', 'what Kong will know it by')
    .argument('[dir]', 'the folder for it (default: kong-plugin-NAME)')
    .option('--phases <list>', 'the phases to implement, with commas', 'access')
    .option('--license <spdx>', 'its licence', 'Apache-2.0')
    .option('--url <url>', 'its repository (default: that of git)')
    .option('--dry-run', 'say what would be created, and create nothing')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(async (name: string, dir: string | undefined, flags: NewFlags) => {
      const { newPlugin } = await import('../../plugin/newPlugin');
      const { applyChanges } = await import('../../system/applyChanges');
      const phases = flags.phases.split(',').map((phase) => phase.trim());
      const folder = resolve(io.cwd, dir ?? `kong-plugin-${name}`);
      await putBackUnfinished(io, folder, flags.dryRun === true);
      const others = (await workspacePlugins(folder, io)).map((other) => ({ ...other, dir: shownPath(io.cwd, other.dir) }));
      const { changes, notes } = await newPlugin({
        name,
        dir: folder,
        others,
        phases,
        license: flags.license,
        ...(flags.url !== undefined && { url: flags.url }),
      });
      if (flags.dryRun === undefined) await applyChanges(changes, { noted: true });
      const paths = changes.map(({ path }) => shownPath(io.cwd, path));
      if (flags.format === 'json') {
        io.out(`${JSON.stringify({ name, files: paths, notes }, null, 2)}\n`);
        return;
      }
      io.out(`${flags.dryRun ? 'Would create' : 'Created'} ${name}:\n${paths.map((path) => `  ${path}\n`).join('')}`);
      for (const note of notes) io.out(`Note: ${note}\n`);
    });
};
