// What commands ask for when they were not told: a plugin, a text, a yes, an answer remembered from the last time.
import path from 'node:path';
import * as vscode from 'vscode';
import type { Plugin } from '../../plugin/plugin';
import { UserError } from '../../system/userError';
import type { Services } from '../services';
import { pluginOfFile } from '../workspacePlugins';

/** What a command's argument tells: a tree row, a file, or the options of a key binding. */
export interface Told {
  plugin?: Plugin;
  /** The plugin's name, where only that is known. */
  name?: string;
  file?: string;
  node?: string;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (Object.getOwnPropertyDescriptor(value, key)?.value as unknown)
    : undefined;
}

/** Reads a command's argument, whatever gave it. */
export function told(services: Services, argument: unknown): Told {
  if (argument instanceof vscode.Uri) return { file: argument.fsPath };
  const result: Told = {};
  const plugin = field(argument, 'plugin');
  const name = typeof plugin === 'string' ? plugin : field(plugin, 'name');
  const dir = field(plugin, 'dir');
  const known = services.plugins.known?.find((one) => one.name === name && (typeof dir !== 'string' || one.dir === dir));
  if (known !== undefined) result.plugin = known;
  if (typeof name === 'string') result.name = name;
  const file = field(argument, 'file');
  if (typeof file === 'string') result.file = file;
  const node = field(argument, 'node');
  if (typeof node === 'string') result.node = node;
  return result;
}

/** The last answer to a question in this workspace. */
export function lastAnswer(services: Services, question: string): string | undefined {
  return services.context.workspaceState.get<string>(`answer.${question}`);
}

/** Keeps an answer for the next time. */
export async function rememberAnswer(services: Services, question: string, answer: string): Promise<void> {
  await services.context.workspaceState.update(`answer.${question}`, answer);
}

/** One of several, the last answer first. Throws a cancellation when nothing is chosen. */
export async function choose<T extends vscode.QuickPickItem & { id: string }>(
  services: Services,
  question: string,
  title: string,
  items: readonly T[],
): Promise<T> {
  const last = lastAnswer(services, question);
  const sorted = [...items].sort((a, b) => Number(b.id === last) - Number(a.id === last));
  const chosen = await vscode.window.showQuickPick(sorted, { title, matchOnDescription: true });
  if (chosen === undefined) throw new vscode.CancellationError();
  await rememberAnswer(services, question, chosen.id);
  return chosen;
}

/** The Lua plugin a command is about: the one it was told, the only one there is, or the one the person picks. */
export async function askPlugin(services: Services, argument: unknown, title: string): Promise<Plugin> {
  const all = await services.plugins.all();
  const given = told(services, argument);
  const byFile = given.file === undefined ? undefined : pluginOfFile(all, given.file);
  const named = given.plugin ?? byFile ?? all.find(({ name }) => name === given.name);
  if (named !== undefined) return luaOnly(named);
  const lua = all.filter(({ language }) => language === 'lua');
  const [only] = lua;
  if (only === undefined) throw noPlugin();
  if (lua.length === 1) return only;
  const active = vscode.window.activeTextEditor?.document.uri.fsPath;
  const current = active === undefined ? undefined : pluginOfFile(lua, active);
  const items = lua.map((plugin) => ({
    id: plugin.dir,
    label: plugin.name,
    description: vscode.workspace.asRelativePath(plugin.root),
    plugin,
  }));
  items.sort((a, b) => Number(b.plugin === current) - Number(a.plugin === current));
  return (await choose(services, current === undefined ? 'plugin' : `plugin of ${current.dir}`, title, items)).plugin;
}

function luaOnly(plugin: Plugin): Plugin {
  if (plugin.language === 'lua') return plugin;
  throw new UserError(
    `${plugin.name} is run by an external plugin server: it is no Lua code that a rock or a path could install.`,
    {
      next: 'Build and deploy it with its plugin server.',
    },
  );
}

function noPlugin(): UserError {
  return vscode.workspace.workspaceFolders === undefined
    ? new UserError('No folder is open.', { next: 'Open the folder of a Kong plugin.' })
    : new UserError('There is no Lua plugin in this workspace.', { next: 'Run Kong Plugin: New Plugin… to make one.' });
}

/** A line of text; `check` says what is wrong with it. Throws a cancellation when the box is dismissed. */
export async function askText(options: {
  title: string;
  prompt: string;
  value?: string;
  password?: boolean;
  check?: (text: string) => string | undefined;
}): Promise<string> {
  const { check, ...rest } = options;
  const text = await vscode.window.showInputBox({
    ...rest,
    ignoreFocusOut: true,
    ...(check === undefined ? {} : { validateInput: check }),
  });
  if (text === undefined) throw new vscode.CancellationError();
  return text.trim();
}

/** Asks in a dialog before something that cannot be taken back lightly; throws a cancellation on no. */
export async function confirm(message: string, detail: string, yes: string): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (chosen !== yes) throw new vscode.CancellationError();
}

/** A path as people read it. */
export const workspacePath = (file: string): string => vscode.workspace.asRelativePath(file) || path.basename(file);
