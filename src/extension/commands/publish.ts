// Publish to LuaRocks: a dry run first, its result shown, and nothing sent without an explicit yes.
import * as vscode from 'vscode';
import type { PublishPlan } from '../../archive/publishPlan';
import { UserError } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, askText, confirm } from '../dialogue/ask';
import { withProgress } from '../dialogue/progress';
import type { Services } from '../services';

const KEY = 'luarocks.apiKey';

export const publish: CommandHandler = async (services, argument) => {
  const plugin = await askPlugin(services, argument, 'Publish: which plugin?');
  await vscode.workspace.saveAll(false);
  const apiKey = await services.context.secrets.get(KEY);
  const options = apiKey === undefined ? {} : { apiKey };
  const plan = await withProgress(`Looking at what publishing ${plugin.name} would do`, async ({ signal }) => {
    const { planPublish } = await import('../../archive/publishPlan');
    return planPublish(plugin.rockspec ?? plugin.root, { ...options, signal });
  });
  const problems = plan.problems.map(({ severity, message }) => `${severity}: ${message}`);
  for (const problem of problems) services.log.info(`Publishing ${plugin.name}: ${problem}`);
  if (plan.problems.some(({ severity }) => severity === 'error')) {
    const text = [`${plan.name} ${plan.version} cannot be published to ${plan.server} yet:`, '', ...problems, ''].join('\n');
    await services.reports.show(`Publish ${plugin.name}.txt`, text);
    throw new UserError(`${plugin.name} cannot be published yet.`, { next: 'The report says what to mend first.' });
  }
  const detail = ['LuaRocks fetches the source that the rockspec names and sends both.', ...problems].join('\n\n');
  await confirm(`Publish ${plan.name} ${plan.version} to ${plan.server}?`, detail, 'Publish');
  await send(services, plan, options);
};

async function send(services: Services, plan: PublishPlan, options: { apiKey?: string }): Promise<void> {
  const { publish: upload } = await import('../../archive/publish');
  const said = await withProgress(`Publishing ${plan.name} ${plan.version}`, ({ signal }) =>
    upload(plan, { ...options, signal }),
  );
  services.log.info(said);
  void vscode.window.showInformationMessage(`${plan.name} ${plan.version} was published to ${plan.server}.`);
}

export const setLuaRocksKey: CommandHandler = async ({ context }) => {
  const key = await askText({
    title: 'LuaRocks API Key',
    prompt: 'Kept in the secret storage of this editor. Empty forgets it; then LuaRocks’ own key is used.',
    password: true,
  });
  await (key === '' ? context.secrets.delete(KEY) : context.secrets.store(KEY, key));
};
