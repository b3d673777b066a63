// `kong-plugin check`: everything wrong with the rockspecs and plugins of a folder, at once, each problem where it is; with `--fix` mended.
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import { reasonOf } from '../../system/fileErrors';
import { UserError } from '../../system/userError';
import { readChoices, type Choices } from '../../text/chosen';
import { fixSubjects, type FixFlags } from '../checkFix';
import type { CheckFormat, Rule } from '../checkReport';
import { KONG_FLAG, kongFlag } from '../kongFlag';
import { shownPath } from '../paths';
import { putBackUnfinished } from '../unfinished';

interface CheckFlags extends FixFlags {
  kong?: string;
  luarocks?: string;
  format: CheckFormat;
  severity: Choices;
  fix?: true;
}

export const addCheck: AddCommand = (program, io, finish) => {
  program
    .command('check')
    .description('check rockspecs, handlers, schemas and configurations the way LuaRocks, Kong and their users would')
    .argument(
      '[path...]',
      'folders to find rockspecs and plugins in, or rockspecs, Lua files of a plugin, kong.conf and kong.yml',
      ['.'],
    )
    .option('--kong <version>', `the Kong it is for, with the LuaRocks in it: ${KONG_FLAG} (default: 3.9)`)
    .option('--luarocks <version>', 'another LuaRocks whose verdict counts')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .option('--severity <check=severity>', 'another severity for one check, or off; may be said again', withChoice, {})
    .option('--fix', 'mend what has one right answer, shown first')
    .option('--unsafe', 'with --fix: also by fixes that you should look at, such as the nearest name for a misspelt one')
    .option('--yes', 'with --fix: do it without asking')
    .option('--dry-run', 'with --fix: show it and change nothing')
    .addHelpText('after', '\nExample: kong-plugin check my-plugin --fix --dry-run')
    .action(async (paths: string[], flags: CheckFlags) => {
      const { checkSubjects, subjectsOf } = await import('../checkSubjects');
      const { printCheck } = await import('../checkReport');
      if (flags.fix !== true && (flags.unsafe ?? flags.yes ?? flags.dryRun) === true)
        throw new UserError('--unsafe, --yes and --dry-run are about --fix.', { exitCode: 2, next: 'Say --fix with them.' });
      if (flags.fix === true) await putBackUnfinished(io, io.cwd, flags.dryRun === true);
      const kong = await kongFlag(flags.kong, io);
      const subjects = await subjectsOf(paths, io);
      for (const [path, error] of subjects.closed) {
        io.err(`${shownPath(io.cwd, path)} cannot be read: ${reasonOf(error)}. What is in it is not checked.\n`);
      }
      const { luarocks, severity } = flags;
      const options = { kong: kong.text, luarocks, severity };
      const fixed = flags.fix === true ? await fixSubjects(subjects, options, flags, io) : undefined;
      const results = fixed?.left ?? (await checkSubjects(subjects, options, io));
      const rules = flags.format === 'sarif' ? await allRules() : [];
      printCheck(io, results, flags.format, { rules, ...(fixed !== undefined && { changes: fixed.changes }) });
      finish(results.some((file) => file.diagnostics.some(({ severity }) => severity === 'error')) ? 1 : 0);
    });
};

/** Everything that can be told, as SARIF describes it. */
async function allRules(): Promise<Rule[]> {
  const { CODE_CHECKS } = await import('../../code/check');
  const { CONFIG_CHECKS } = await import('../../config/declarative/check');
  const { UNREADABLE_CHECK } = await import('../../plugin/checkPlugin');
  const { PLUGIN_CHECKS } = await import('../../plugin/checks');
  const { ROCKSPEC_CHECKS } = await import('../../rockspec/check');
  return [...ROCKSPEC_CHECKS, ...PLUGIN_CHECKS, ...CODE_CHECKS, ...CONFIG_CHECKS, UNREADABLE_CHECK];
}

/** One more choice, as `kong/conf-unread=off`. */
function withChoice(written: string, before: Choices): Choices {
  const [code = '', severity] = written.split('=');
  const chosen = readChoices({ [code]: severity });
  if (code !== '' && Object.keys(chosen).length > 0) return { ...before, ...chosen };
  throw new UserError(`--severity takes a check and error, warning, info, hint or off, not ${written}.`, {
    exitCode: 2,
    next: 'For example: --severity kong/conf-unread=off',
  });
}
