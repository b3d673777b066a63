// The table of commands: registered at once, each loaded when it is first run; what goes wrong in one is reported here.
import * as vscode from 'vscode';
import { type CommandId, COMMANDS } from '../../contributions/commands';
import { CATEGORY } from '../../contributions/names';
import type { CommandHandler } from '../commandHandler';
import { logUnexpected, showFailure } from '../dialogue/showFailure';
import { allowed } from '../dialogue/trust';
import type { Services } from '../services';

const HANDLERS: Readonly<Record<CommandId, () => Promise<CommandHandler>>> = {
  'kongPlugin.newPlugin': () => import('./newPlugin').then((module) => module.newPlugin),
  'kongPlugin.renamePlugin': () => import('./rename').then((module) => module.renamePlugin),
  'kongPlugin.upgradePlugin': () => import('./upgrade').then((module) => module.upgradePlugin),
  'kongPlugin.bumpVersion': () => import('./bump').then((module) => module.bumpVersion),
  'kongPlugin.checkWorkspace': () => import('./check').then((module) => module.checkWorkspace),
  'kongPlugin.pack': () => import('./pack').then((module) => module.pack),
  'kongPlugin.inspectArchive': () => import('./inspect').then((module) => module.inspectArchive),
  'kongPlugin.publish': () => import('./publish').then((module) => module.publish),
  'kongPlugin.setLuaRocksKey': () => import('./publish').then((module) => module.setLuaRocksKey),
  'kongPlugin.refreshPlugins': () => import('./refresh').then((module) => module.refreshPlugins),
  'kongPlugin.install': () => import('./install').then((module) => module.install),
  'kongPlugin.installFromRock': () => import('./install').then((module) => module.installFromRock),
  'kongPlugin.enable': () => import('./ladder').then((module) => module.enable),
  'kongPlugin.disable': () => import('./ladder').then((module) => module.disable),
  'kongPlugin.verify': () => import('./ladder').then((module) => module.verify),
  'kongPlugin.remove': () => import('./ladder').then((module) => module.remove),
  'kongPlugin.restore': () => import('./restore').then((module) => module.restore),
  'kongPlugin.reload': () => import('./restart').then((module) => module.reload),
  'kongPlugin.recover': () => import('./recover').then((module) => module.recoverNode),
  'kongPlugin.startNode': () => import('./restart').then((module) => module.startNode),
  'kongPlugin.restart': () => import('./restart').then((module) => module.restart),
  'kongPlugin.startDevelopmentNode': () => import('./development').then((module) => module.startDevelopmentNode),
  'kongPlugin.stopDevelopmentNode': () => import('./development').then((module) => module.stopDevelopmentNode),
  'kongPlugin.startWatching': () => import('./watch').then((module) => module.startWatching),
  'kongPlugin.stopWatching': () => import('./watch').then((module) => module.stopWatching),
  'kongPlugin.configure': () => import('./use/configure').then((module) => module.configure),
  'kongPlugin.applyConfiguration': () => import('./use/configure').then((module) => module.applyConfiguration),
  'kongPlugin.applyAndTry': () => import('./use/configure').then((module) => module.applyAndTry),
  'kongPlugin.discardConfiguration': () => import('./use/configure').then((module) => module.discardConfiguration),
  'kongPlugin.editUse': () => import('./use/configure').then((module) => module.editUse),
  'kongPlugin.switchUseOn': () => import('./use/uses').then((module) => module.switchUseOn),
  'kongPlugin.switchUseOff': () => import('./use/uses').then((module) => module.switchUseOff),
  'kongPlugin.copyUseAsDeclarative': () => import('./use/uses').then((module) => module.copyUseAsDeclarative),
  'kongPlugin.copyUseAsAdminCall': () => import('./use/uses').then((module) => module.copyUseAsAdminCall),
  'kongPlugin.removeUse': () => import('./use/uses').then((module) => module.removeUse),
  'kongPlugin.tryRequest': () => import('./tryRequest').then((module) => module.tryRequest),
  'kongPlugin.persist': () => import('./persist').then((module) => module.persist),
  'kongPlugin.refreshNodes': () => import('./nodes').then((module) => module.refreshNodes),
  'kongPlugin.chooseTargetNode': () => import('./nodes').then((module) => module.chooseTargetNode),
  'kongPlugin.useAsTarget': () => import('./nodes').then((module) => module.useAsTarget),
  'kongPlugin.addNode': () => import('./nodes').then((module) => module.addNode),
  'kongPlugin.forgetNode': () => import('./nodes').then((module) => module.forgetNode),
  'kongPlugin.setAdminToken': () => import('./nodes').then((module) => module.setAdminToken),
  'kongPlugin.diagnoseClipboard': () => import('./diagnose').then((module) => module.diagnoseClipboard),
  'kongPlugin.diagnoseFile': () => import('./diagnose').then((module) => module.diagnoseFile),
  'kongPlugin.diagnoseSelection': () => import('./diagnose').then((module) => module.diagnoseSelection),
  'kongPlugin.diagnoseNode': () => import('./diagnose').then((module) => module.diagnoseNode),
  'kongPlugin.followNode': () => import('./diagnose').then((module) => module.followNode),
  'kongPlugin.explainStart': () => import('./diagnose').then((module) => module.explainStart),
  'kongPlugin.copyDiagnosis': () => import('./diagnose').then((module) => module.copyDiagnosis),
  'kongPlugin.explainFinding': () => import('./diagnose').then((module) => module.explainFinding),
  'kongPlugin.doctor': () => import('./doctor').then((module) => module.doctor),
  'kongPlugin.setUpLuaServer': () => import('./luaServer').then((module) => module.setUpLuaServer),
  'kongPlugin.restartServer': () => import('./housekeeping').then((module) => module.restartServer),
  'kongPlugin.showLog': () => import('./housekeeping').then((module) => module.showLog),
};

/** Registers every command; none does anything before it is run. */
export function registerCommands(services: Services): vscode.Disposable {
  const ids = Object.keys(HANDLERS) as CommandId[];
  return vscode.Disposable.from(
    ...ids.map((id) => vscode.commands.registerCommand(id, (...args: unknown[]) => run(services, id, args))),
  );
}

async function run(services: Services, id: CommandId, args: unknown[]): Promise<void> {
  const name = `${CATEGORY}: ${COMMANDS[id].title}`;
  try {
    if (!allowed(id)) return;
    services.log.debug(`Running ${id}.`);
    const handler = await HANDLERS[id]();
    await handler(services, ...args);
  } catch (error) {
    // the command has ended; its message may stay for as long as the person likes
    showFailure(services.log, name, error).catch((again: unknown) => logUnexpected(services.log, name, again));
  }
}
