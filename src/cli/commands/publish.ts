// `kong-plugin publish`: a dry run first, then `luarocks upload` after an explicit yes.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { PublishPlan } from '../../archive/publishPlan';
import { UserError } from '../../system/userError';
import { askYes } from '../ask';
import type { Io, OutputFormat } from '../io';
import { shownPath } from '../paths';
import type { AddCommand } from '../addCommand';

interface PublishFlags {
  server?: string;
  dryRun?: boolean;
  yes?: boolean;
  format: OutputFormat;
}

export const addPublish: AddCommand = (program, io, finish) => {
  program
    .command('publish')
    .description(
      'publish a plugin to luarocks.org through your LuaRocks; the API key comes from LUAROCKS_API_KEY or from LuaRocks itself',
    )
    .argument('[dir]', 'folder of the plugin, or its rockspec', '.')
    .option('--server <url>', 'another rocks server')
    .option('--dry-run', 'only say what would be published and what speaks against it')
    .option('--yes', 'publish without asking')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (dir: string, flags: PublishFlags) => {
      const { planPublish } = await import('../../archive/publishPlan');
      const apiKey = io.env['LUAROCKS_API_KEY'];
      const options = {
        env: { ...io.env, LUAROCKS_API_KEY: undefined },
        signal: io.signal,
        ...(flags.server !== undefined && { server: flags.server }),
        ...(apiKey !== undefined && apiKey !== '' && { apiKey }),
      };
      const plan = await planPublish(resolve(io.cwd, dir), options);
      const refused = plan.problems.some(({ severity }) => severity === 'error');
      if (flags.format === 'text') io.out(planText(io, plan));
      let published = false;
      if (!refused && flags.dryRun !== true && (flags.yes === true || (await saysYes(io, plan)))) {
        const { publish } = await import('../../archive/publish');
        const said = await publish(plan, options);
        if (flags.format === 'text') io.out(`${said}\n`);
        published = true;
      }
      if (flags.format === 'json') {
        io.out(
          `${JSON.stringify({ publish: { ...plan, rockspec: shownPath(io.cwd, plan.rockspec), published } }, undefined, 2)}\n`,
        );
      }
      finish(published || (flags.dryRun === true && !refused) ? 0 : 1);
    });
};

function planText(io: Io, { name, version, rockspec, server, problems }: PublishPlan): string {
  const lines = [
    `${name} ${version} (${shownPath(io.cwd, rockspec)}) to ${server}`,
    ...problems.map((problem) => `  ${problem.severity}: ${problem.message} [${problem.code}]`),
  ];
  return `${lines.join('\n')}\n`;
}

async function saysYes(io: Io, { name, version, server }: PublishPlan): Promise<boolean> {
  if (!io.interactive)
    throw new UserError('Publishing needs a yes.', { exitCode: 2, next: 'Say --yes, or --dry-run to look only.' });
  return askYes(io, `Publish ${name} ${version} to ${server}?`);
}
