// `kong-plugin rename OLD NEW [DIR]`: another name for a plugin, in every place.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import { shownPath } from '../paths';
import { UserError } from '../../system/userError';
import { putBackUnfinished } from '../unfinished';

export const addRename: AddCommand = (program, io) => {
  program
    .command('rename')
    .description('rename a plugin: rockspec, modules, schema, requires, specs, files and folders')
    .argument('<old>', 'its name now')
    .argument('<new>', 'its name then')
    .argument('[dir]', 'the folder it is in or below', '.')
    .option('--dry-run', 'say what would change, and change nothing')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(async (old: string, name: string, dir: string, flags: { dryRun?: true; format: 'text' | 'json' }) => {
      await putBackUnfinished(io, resolve(io.cwd, dir), flags.dryRun === true);
      const { discoverPlugins } = await import('../../plugin/discovery');
      const [{ namesLeft, renamePlugin }, { pathAfter }] = await Promise.all([
        import('../../plugin/renamePlugin'),
        import('../../text/edits'),
      ]);
      const siblings = await discoverPlugins([resolve(io.cwd, dir)], { signal: io.signal });
      const [plugin, second] = siblings.filter((found) => found.name === old);
      if (plugin === undefined) {
        throw new UserError(`There is no plugin named "${old}" in ${dir}.`, {
          exitCode: 2,
          next:
            siblings.length === 0 ? 'There is no plugin at all.' : `There is ${siblings.map((found) => found.name).join(', ')}.`,
        });
      }
      if (second !== undefined) {
        throw new UserError(`There are several plugins named "${old}": ${plugin.dir} and ${second.dir}.`, {
          exitCode: 2,
          next: 'Say which by naming its folder.',
        });
      }
      const options = { siblings, around: resolve(io.cwd, dir) };
      const changes = await renamePlugin(plugin, name, options);
      const left = await namesLeft(plugin, changes, options);
      if (flags.dryRun === undefined) {
        const { applyChanges } = await import('../../system/applyChanges');
        await applyChanges(changes, { noted: true });
      }
      const shown = (path: string): string => shownPath(io.cwd, path);
      // Where a line is now: its file may be one of those that were renamed.
      const placeNow = (path: string): string => shown(flags.dryRun === true ? path : pathAfter(changes, path));
      if (flags.format === 'json') {
        const named = changes.map((change) => ({
          ...change,
          path: shown(change.path),
          ...('to' in change && { to: shown(change.to) }),
        }));
        io.out(
          `${JSON.stringify({ from: old, to: name, changes: named, left: left.map((one) => ({ ...one, path: placeNow(one.path) })) }, null, 2)}\n`,
        );
        return;
      }
      io.out(`${flags.dryRun ? 'Would rename' : 'Renamed'} ${old} to ${name}:\n`);
      for (const change of changes) {
        if (change.kind === 'rename') io.out(`  ${shown(change.path)} is now ${shown(change.to)}\n`);
        else if (change.kind === 'edit') {
          for (const { range, newText } of change.edits) io.out(`  ${shown(change.path)}:${range.start.line + 1}  ${newText}\n`);
        }
      }
      if (left.length > 0) io.out(`Not changed, where ${old} may be something else:\n`);
      for (const { path, line, text } of left) io.out(`  ${placeNow(path)}:${line}  ${text}\n`);
    });
};
