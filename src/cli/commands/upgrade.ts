// `kong-plugin upgrade [PLUGIN…] --to 3.9`: what stands between plugins and a newer Kong, mended or explained; shown first.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { Io } from '../io';
import { kongFlag } from '../kongFlag';
import { shownPath } from '../paths';
import { pluginsAt, type PluginsAt } from '../pluginsAt';
import { makeChanges, shownChanges } from '../proposedChanges';
import { putBackUnfinished } from '../unfinished';
import { isThere } from '../../system/isThere';
import { UserError } from '../../system/userError';
import type { PluginUpgrade, UpgradeNote, UpgradePlan } from '../../plugin/upgrade/planUpgrade';

interface UpgradeFlags {
  to: string;
  dryRun?: true;
  yes?: true;
  format: 'text' | 'json';
}

export const addUpgrade: AddCommand = (program, io, finish) => {
  program
    .command('upgrade')
    .description('bring plugins to a newer Kong: what keeps them from it is mended or explained, and shown first')
    .argument('[plugin...]', 'names of plugins, folders with plugins, or files of one', ['.'])
    .option('--to <version>', 'the Kong that they are to load with', '3.9')
    .option('--yes', 'do it without asking')
    .option('--dry-run', 'show it and change nothing')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExample: kong-plugin upgrade my-plugin --to 3.9 --dry-run')
    .action(async (words: string[], flags: UpgradeFlags) => {
      await putBackUnfinished(io, io.cwd, flags.dryRun === true);
      const version = await kongFlag(flags.to, io);
      const { plugins, siblings } = await named(words, io);
      const { planUpgrade } = await import('../../plugin/upgrade/planUpgrade');
      const lua = plugins.filter(({ language }) => language === 'lua');
      if (lua.length === 0) {
        throw new UserError('A plugin server runs all of them: Kong loads no Lua file of theirs.', {
          next: 'Upgrade the library that they are written with.',
        });
      }
      const plan = await planUpgrade(lua, version, { siblings });
      const say = (text: string): void => (flags.format === 'json' ? io.err(text) : io.out(text));
      for (const upgrade of plan.plugins) say(toldOf(upgrade, version.text, io));
      if (plan.changes.length > 0) {
        say(`\n${await shownChanges(plan.changes, io)}`);
        if (flags.dryRun !== true) await makeChanges(plan.changes, { yes: flags.yes === true }, io);
      }
      if (flags.format === 'json') io.out(`${JSON.stringify(asJson(plan, version.text, io), null, 2)}\n`);
      finish(plan.plugins.some(({ after }) => after.verdict === 'fails') ? 1 : 0);
    });
};

/** The plugins that words name: a path as everywhere, else the name of a plugin in or below the working directory. */
async function named(words: readonly string[], io: Io): Promise<PluginsAt> {
  const isPath = await Promise.all(words.map((word) => isThere(resolve(io.cwd, word))));
  const names = words.filter((_, i) => isPath[i] === false);
  const paths = words.filter((_, i) => isPath[i] === true);
  if (names.length === 0) return pluginsAt(paths, io);
  const here = await pluginsAt(['.'], io);
  const missing = names.find((name) => !here.plugins.some((plugin) => plugin.name === name));
  if (missing !== undefined) {
    throw new UserError(`There is no plugin named "${missing}" here.`, {
      exitCode: 2,
      next: `There is ${here.plugins.map(({ name }) => name).join(', ')}.`,
    });
  }
  const wanted = here.plugins.filter(({ name }) => names.includes(name));
  const more = paths.length === 0 ? [] : (await pluginsAt(paths, io)).plugins;
  return { plugins: [...wanted, ...more.filter(({ dir }) => wanted.every((one) => one.dir !== dir))], siblings: here.siblings };
}

function toldOf({ plugin, from, before, after, mended, left, differs }: PluginUpgrade, kong: string, io: Io): string {
  const list = (title: string, notes: readonly UpgradeNote[]): string =>
    notes.length === 0
      ? ''
      : `${title}\n${notes.map(({ path, line, message }) => `  ${shownPath(io.cwd, path)}:${line + 1}  ${message}\n`).join('')}`;
  const was = { loads: 'loads it already', fails: 'does not load it', unknown: 'may load it: that cannot be told here' }[
    before.verdict
  ];
  const then = { loads: 'loads it', fails: 'still does not load it', unknown: 'may load it: that cannot be told here' }[
    after.verdict
  ];
  const before_ = from === undefined ? '' : `; ${from} is the newest before it that does`;
  const words =
    mended.length === 0 && left.length === 0 && after.verdict === 'loads'
      ? 'Nothing stands between the two.\n'
      : mended.length === 0
        ? ''
        : `Kong ${kong} ${then} then.\n`;
  return (
    `${plugin.name}: Kong ${kong} ${was}${before_}.\n` +
    list('Mended:', mended) +
    list('Left for you:', left) +
    list('Loads, and works otherwise than before:', differs) +
    words
  );
}

function asJson({ plugins, changes }: UpgradePlan, to: string, io: Io): unknown {
  const shown = (path: string): string => shownPath(io.cwd, path);
  const notes = (list: readonly UpgradeNote[]): unknown =>
    list.map((note) => ({ ...note, path: shown(note.path), line: note.line + 1 }));
  return {
    to,
    plugins: plugins.map(({ plugin, from = null, before, after, mended, left, differs }) => ({
      name: plugin.name,
      dir: shown(plugin.dir),
      from,
      before,
      after,
      mended: notes(mended),
      left: notes(left),
      differs: notes(differs),
    })),
    changes: changes.map((change) => ({ ...change, path: shown(change.path) })),
  };
}
