// Our own commands as the code runs them: their ids and arguments are checked where they are written.
import * as vscode from 'vscode';
import type { CommandId } from '../contributions/commands';
import type { Plugin } from '../plugin/plugin';

interface OnPlugin {
  plugin?: Plugin | string | undefined;
  file?: string;
}
interface OnNode {
  node?: string;
}
interface OnUse extends OnNode {
  use?: { id: string };
}

/** What commands read of their arguments; those that are not here take none. */
interface Arguments {
  'kongPlugin.renamePlugin': [on?: OnPlugin];
  'kongPlugin.bumpVersion': [on?: OnPlugin];
  'kongPlugin.pack': [on?: OnPlugin];
  'kongPlugin.inspectArchive': [on?: Pick<OnPlugin, 'file'>];
  'kongPlugin.publish': [on?: OnPlugin];
  'kongPlugin.install': [on?: OnPlugin & OnNode];
  'kongPlugin.installFromRock': [on?: OnNode];
  'kongPlugin.enable': [on?: OnPlugin & OnNode];
  'kongPlugin.disable': [on?: OnPlugin & OnNode];
  'kongPlugin.verify': [on?: OnPlugin & OnNode];
  'kongPlugin.remove': [on?: OnPlugin & OnNode];
  'kongPlugin.restore': [on?: OnNode];
  'kongPlugin.reload': [on?: OnNode];
  'kongPlugin.startNode': [on?: OnNode];
  'kongPlugin.restart': [on?: OnNode];
  'kongPlugin.recover': [on?: OnNode];
  'kongPlugin.startDevelopmentNode': [on?: OnPlugin];
  'kongPlugin.stopDevelopmentNode': [on?: OnNode];
  'kongPlugin.startWatching': [on?: OnPlugin & OnNode];
  'kongPlugin.stopWatching': [on?: Pick<OnPlugin, 'plugin'>];
  'kongPlugin.configure': [on?: OnPlugin & OnNode];
  'kongPlugin.applyConfiguration': [on?: { document: string }];
  'kongPlugin.applyAndTry': [on?: { document: string }];
  'kongPlugin.discardConfiguration': [on?: { document: string }];
  'kongPlugin.editUse': [on?: OnUse];
  'kongPlugin.switchUseOn': [on?: OnUse];
  'kongPlugin.switchUseOff': [on?: OnUse];
  'kongPlugin.copyUseAsDeclarative': [on?: OnUse];
  'kongPlugin.copyUseAsAdminCall': [on?: OnUse];
  'kongPlugin.removeUse': [on?: OnUse];
  'kongPlugin.tryRequest': [on?: OnNode & { file?: string; line?: number }];
  'kongPlugin.persist': [on?: OnPlugin & OnNode];
  'kongPlugin.useAsTarget': [on: Required<OnNode>];
  'kongPlugin.forgetNode': [on: Required<OnNode>];
  'kongPlugin.setAdminToken': [on?: OnNode];
  'kongPlugin.diagnoseFile': [file?: vscode.Uri];
  'kongPlugin.diagnoseNode': [on?: OnNode];
  'kongPlugin.followNode': [on?: OnNode];
  'kongPlugin.explainStart': [on?: OnNode & Pick<OnPlugin, 'plugin'>];
  'kongPlugin.explainFinding': [key?: string | undefined];
}
type ArgumentsOf<Id extends CommandId> = Id extends keyof Arguments ? Arguments[Id] : [];

/** Runs a command of ours; what goes wrong in it is told there. */
export async function runCommand<Id extends CommandId>(id: Id, ...args: ArgumentsOf<Id>): Promise<void> {
  await vscode.commands.executeCommand(id, ...args);
}

/** A command of ours as something that can be clicked. */
export function commandLink<Id extends CommandId>(id: Id, title: string, ...args: ArgumentsOf<Id>): vscode.Command {
  return args.length === 0 ? { command: id, title } : { command: id, title, arguments: args };
}
