// Install on Node: a plugin of the workspace, a rock or the address of one, in the way the person picks.
import path from 'node:path';
import * as vscode from 'vscode';
import { DEVELOPMENT_PREFIX } from '../../contributions/names';
import type { InstallSource } from '../../lifecycle/steps/place';
import type { InstallKind } from '../../lifecycle/types';
import type { Node } from '../../node/node';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, askText, choose, lastAnswer, rememberAnswer, told } from '../dialogue/ask';
import { askFile, type FileWanted } from '../dialogue/askFile';
import { askNodes } from '../dialogue/askNodes';
import { agreeToMigrate, type Next, operateOn } from '../dialogue/operate';
import { withProgress } from '../dialogue/progress';
import { runCommand } from '../ourCommands';
import type { Services } from '../services';

const WAYS: readonly { id: InstallKind; label: string; description: string }[] = [
  { id: 'rock', label: '$(package) Rock', description: 'packed and installed into the LuaRocks tree' },
  { id: 'source', label: '$(code) Source', description: 'luarocks make on the node' },
  { id: 'path', label: '$(folder) Path', description: 'files beside Kong, added to lua_package_path' },
];

export const install: CommandHandler = async (services, argument) => {
  const { file } = told(services, argument);
  if (file?.endsWith('.rock') === true) return installFrom(file, undefined, path.basename(file));
  const plugin = await askPlugin(services, argument, 'Install: which plugin?');
  await vscode.workspace.saveAll(false);
  if (plugin.rockspec === undefined) return installFrom(plugin.root, 'path', plugin.name);
  const via = await choose(services, 'way to install', `Install ${plugin.name} as`, WAYS);
  return installFrom(plugin.rockspec, via.id, plugin.name);

  async function installFrom(source: string, via: InstallKind | undefined, name: string): Promise<void> {
    const nodes = await askNodes(services, argument, `Install ${name} on`);
    const { installOperation } = await import('../../lifecycle/operations/install');
    const read = await prepare(services, source, path.dirname(source), name, via);
    const asked = { nodes: nodes.length, agree: agreeToMigrate };
    await operateOn(services, nodes, installOperation(read, { via, enable: true, ...asked }), {
      title: `Install ${name}`,
      done: `${read.plugins.join(', ')} installed`,
      button: 'Install',
      next: () => persistable(nodes, name),
    });
  }
};

/** A container forgets its files when it is recreated: what keeps them is offered. */
function persistable(nodes: readonly Node[], plugin: string): Next | undefined {
  const container = nodes.find(({ kind, id }) => kind !== 'folder' && kind !== 'local' && !id.includes(DEVELOPMENT_PREFIX));
  if (container === undefined) return undefined;
  return {
    title: 'Persist…',
    run: () => runCommand('kongPlugin.persist', { node: container.id, plugin }),
  };
}

/** Reads what is to be installed. When it cannot be packed, what Kong would say about it opens in the panel. */
async function prepare(services: Services, source: string, cwd: string, name: string, via?: InstallKind): Promise<InstallSource> {
  const { readInstallSource } = await import('../../lifecycle/operations/installSource');
  const { StepFailure } = await import('../../lifecycle/failure');
  try {
    return await withProgress(`Preparing ${name}`, ({ signal }) => readInstallSource(source, cwd, { via, signal }));
  } catch (error) {
    if (error instanceof StepFailure && error.findings.length > 0) {
      await services.troubleshooting.showFindings(error.findings, `Packing ${name}`, null);
    }
    throw error;
  }
}

const ADDRESS = 'an address';
const ROCK: FileWanted = {
  question: 'rock to install',
  title: 'Install which rock?',
  openLabel: 'Install',
  glob: '**/*.rock',
  filters: { Rocks: ['rock'] },
  more: [{ id: ADDRESS, label: '$(globe) Address…', description: 'of a rock, http or https' }],
};

async function askAddress(services: Services): Promise<string> {
  const question = 'address of a rock';
  const address = await askText({
    title: 'Install a Rock',
    prompt: 'The http(s) address of a .rock file.',
    value: lastAnswer(services, question) ?? '',
    check: (text) => (/^https?:\/\/./.test(text.trim()) ? undefined : 'An address begins with http:// or https://.'),
  });
  await rememberAnswer(services, question, address);
  return address;
}

export const installFromRock: CommandHandler = async (services, argument) => {
  const picked = await askFile(services, ROCK);
  const source = picked === ADDRESS ? await askAddress(services) : picked;
  const nodes = await askNodes(services, argument, 'Install on');
  const { installOperation } = await import('../../lifecycle/operations/install');
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/';
  const read = await prepare(services, source, cwd, source);
  const asked = { nodes: nodes.length, agree: agreeToMigrate };
  await operateOn(services, nodes, installOperation(read, { enable: true, ...asked }), {
    title: `Install ${read.rock?.fileName ?? source}`,
    done: `${read.plugins.join(', ')} installed`,
    button: 'Install',
  });
};
