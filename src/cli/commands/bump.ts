// `kong-plugin bump VERSION [DIR]`: a new version in the rockspec's name and text and in the handlers, everything else untouched.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import { shownPath } from '../paths';
import { putBackUnfinished } from '../unfinished';

export const addBump: AddCommand = (program, io) => {
  program
    .command('bump')
    .description('give a plugin a new version: file name and version of its rockspec, source.tag, VERSION of its handlers')
    .argument('<version>', '1.2.3, or 1.2.3-2 for a revision other than 1')
    .argument('[path]', 'folder of the plugin, or its rockspec', '.')
    .option('--lower', 'also to a lower version than now')
    .option('--dry-run', 'say what would change, and change nothing')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(async (version: string, path: string, options: { lower?: true; dryRun?: true; format: 'text' | 'json' }) => {
      await putBackUnfinished(io, resolve(io.cwd, path), options.dryRun === true);
      const { bumpFolder } = await import('../../rockspec/bumpFolder');
      const { from, to, changes, notes } = await bumpFolder(resolve(io.cwd, path), version, { lower: options.lower === true });
      if (options.dryRun === undefined) {
        const { applyChanges } = await import('../../system/applyChanges');
        await applyChanges(changes, { noted: true });
      }
      const shown = (absolute: string): string => shownPath(io.cwd, absolute);
      if (options.format === 'json') {
        const named = changes.map((change) => ({
          ...change,
          path: shown(change.path),
          ...('to' in change ? { to: shown(change.to) } : {}),
        }));
        io.out(`${JSON.stringify({ from, to, changes: named, notes }, undefined, 2)}\n`);
        return;
      }
      io.out(`${options.dryRun ? 'Would change' : 'Changed'} ${from} to ${to}:\n`);
      for (const change of changes) {
        if (change.kind === 'edit') {
          for (const { range, newText } of change.edits) io.out(`  ${shown(change.path)}:${range.start.line + 1}  ${newText}\n`);
        } else if (change.kind === 'rename') io.out(`  ${shown(change.path)} is now ${shown(change.to)}\n`);
      }
      for (const note of notes) io.out(`Note: ${note}\n`);
    });
};
