// Which nodes there are, and which one commands aim at.
import path from 'node:path';
import * as vscode from 'vscode';
import { VIEWS } from '../../contributions/names';
import type { CommandHandler } from '../commandHandler';
import { askText, choose, told } from '../dialogue/ask';
import { openFolder } from '../dialogue/askFile';
import { askNode, clusterPicks, nodePicks } from '../dialogue/askNodes';
import { WITH_ADMIN } from '../dialogue/fits';
import { nodeName } from '../dialogue/nodeWords';
import type { Services } from '../services';
import { clusters, listNode, portableNodeId, targetNode, writeSetting } from '../settings';

const ADD = 'add a node';

export const refreshNodes: CommandHandler = async ({ nodes }) => {
  await vscode.window.withProgress({ location: { viewId: VIEWS.nodes } }, () => nodes.refresh());
};

export const chooseTargetNode: CommandHandler = async (services) => {
  await services.nodes.refresh();
  const add = { id: ADD, label: '$(add) Add Node…', description: '', ids: [] };
  const { id } = await choose(services, 'target', 'Which node do commands aim at?', [
    ...nodePicks(services),
    ...clusterPicks(),
    add,
  ]);
  if (id === ADD) await addNode(services);
  else await setTarget(services, id);
};

export const useAsTarget: CommandHandler = async (services, argument) => {
  const { node } = told(services, argument);
  if (node !== undefined) await setTarget(services, node);
};

async function setTarget(services: Services, id: string): Promise<void> {
  await writeSetting('kongPlugin.targetNode', clusters().has(id) ? id : portableNodeId(id));
  for (const node of services.nodes.target) await services.nodes.refreshOne(node);
}

export const addNode: CommandHandler = async (services) => {
  const kinds = [
    {
      id: 'folder',
      label: '$(folder-library) Folder',
      description: 'a LuaRocks tree and a kong.conf in a directory; needs no Kong',
    },
    {
      id: 'local',
      label: '$(device-desktop) This machine',
      description: 'the kong program on the PATH, or a kong.conf of its own',
    },
    { id: 'docker', label: '$(server-environment) Container', description: 'a container with Kong in it, running or not' },
    { id: 'compose', label: '$(layers) Compose service', description: 'every replica of PROJECT/SERVICE' },
  ] as const;
  const { id: kind } = await choose(services, 'kind of node', 'Where does this Kong run?', kinds);
  const id = kind === 'folder' ? await askFolder() : kind === 'docker' ? await askContainer(services) : await askNamed(kind);
  // a node that cannot be opened, or is not there, is not added
  for (const node of await services.nodes.open(id)) await node.facts();
  await listNode(id, true);
  await services.nodes.refreshOne(id);
  if (targetNode() === undefined) await setTarget(services, id);
};

async function askFolder(): Promise<string> {
  return `folder:${await openFolder('The folder with kong.conf and the LuaRocks tree', 'Use as Node')}`;
}

/** A container that is picked of all there are, or named by hand. */
async function askContainer(services: Services): Promise<string> {
  const { allContainers } = await import('../../node/container/containers');
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { id: string }>();
  pick.title = 'Add Node: which container?';
  pick.placeholder = 'Name or id of the container.';
  pick.matchOnDescription = true;
  pick.busy = true;
  let all: (vscode.QuickPickItem & { id: string })[] = [];
  const show = (): void => {
    const typed = pick.value.trim();
    const isNew = typed !== '' && !typed.startsWith('-') && all.every(({ id }) => id !== typed);
    pick.items = isNew ? [...all, { id: typed, label: typed, description: 'as typed', alwaysShow: true }] : all;
  };
  try {
    return await new Promise((resolve, reject) => {
      pick.onDidChangeValue(show);
      pick.onDidAccept(() => {
        const [chosen] = pick.activeItems;
        if (chosen !== undefined) resolve(`docker:${chosen.id}`);
      });
      pick.onDidHide(() => reject(new vscode.CancellationError()));
      pick.show();
      allContainers(services.nodes.containers)
        .then((containers) => {
          all = containers.map(({ name, image, state }) => ({ id: name, label: name, description: `${image} · ${state}` }));
          pick.busy = false;
          show();
        })
        .catch(reject);
    });
  } finally {
    pick.dispose();
  }
}

async function askNamed(kind: 'local' | 'compose'): Promise<string> {
  const prompts = {
    local: 'Path of its kong.conf; empty for the one that kong finds by itself.',
    compose: 'PROJECT/SERVICE as docker compose names them.',
  };
  const name = await askText({
    title: 'Add Node',
    prompt: prompts[kind],
    check: (text) => {
      if (kind === 'local') return undefined;
      return /^[^/]+\/[^/]+$/.test(text.trim()) ? undefined : 'Write PROJECT/SERVICE.';
    },
  });
  if (kind === 'local' && name === '') return 'local';
  return `${kind}:${kind === 'local' ? path.resolve(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/', name) : name}`;
}

export const forgetNode: CommandHandler = async (services, argument) => {
  const { node } = told(services, argument);
  if (node === undefined) return;
  await listNode(node, false);
  await services.nodes.refresh();
};

export const setAdminToken: CommandHandler = async (services, argument) => {
  const node = await askNode(services, argument, 'Whose Admin API?', WITH_ADMIN);
  const token = await askText({
    title: `Admin API token of ${nodeName(node)}`,
    prompt: 'Kept in the secret storage of this editor. Empty forgets it.',
    password: true,
  });
  await services.nodes.setToken(node, token);
  await services.nodes.refreshOne(node);
};
