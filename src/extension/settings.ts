// Typed reading of our settings; the only place that knows their names' values.
import path from 'node:path';
import * as vscode from 'vscode';
import type { SettingId } from '../contributions/settings';
import { readChoices, type Choices } from '../text/chosen';
import { withoutTrailing } from '../text/ends';

/** A setting's value for a folder; what has the wrong type reads as undefined. */
function read(id: SettingId, scope?: vscode.Uri): unknown {
  return vscode.workspace.getConfiguration(undefined, scope ?? null).get(id);
}

const string = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
const entries = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** The target Kong version for a file. */
export const kongVersion = (scope?: vscode.Uri): string => string(read('kongPlugin.kong', scope)) || '3.9';
/** The LuaRocks version to check for; undefined means the one inside the target Kong. */
export const luarocksVersion = (scope?: vscode.Uri): string | undefined =>
  string(read('kongPlugin.luarocks', scope)) || undefined;
/** Other severities of single checks, for a file. */
export const checkChoices = (scope?: vscode.Uri): Choices => readChoices(read('kongPlugin.checks', scope));
/** The Docker program; undefined means the one on the PATH. */
export const dockerProgram = (): string | undefined => string(read('kongPlugin.docker.path')) || undefined;

/** What a development node is started from. */
export function developmentSettings(): {
  image: string | undefined;
  postgres: string | undefined;
  config: string | undefined;
  env: Record<string, string>;
} {
  const setting = (name: SettingId): string | undefined => string(read(name)) || undefined;
  const hasDatabase = setting('kongPlugin.development.database') === 'postgres';
  const config = setting('kongPlugin.development.config');
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return {
    image: setting('kongPlugin.development.image'),
    postgres: hasDatabase ? setting('kongPlugin.development.postgresImage') : undefined,
    config: config === undefined || hasDatabase ? undefined : path.resolve(folder?.uri.fsPath ?? '/', config),
    env: Object.fromEntries(entries(read('kongPlugin.development.environment')).map(([name, value]) => [name, String(value)])),
  };
}

/** `folder:` and `local:` paths are relative to the first workspace folder. */
export function absoluteNodeId(id: string): string {
  const [, kind = '', rest = ''] = /^(folder|local):(.+)$/.exec(id) ?? [];
  const base = vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file')?.uri.fsPath;
  return kind === '' || base === undefined ? id : `${kind}:${path.resolve(base, rest)}`;
}

/** A node id as settings should hold it: paths inside the workspace relative to it. */
export function portableNodeId(id: string): string {
  const [, kind = '', rest = ''] = /^(folder|local):(.+)$/.exec(id) ?? [];
  const base = vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file')?.uri.fsPath;
  if (kind === '' || base === undefined) return id;
  const relative = path.relative(base, rest);
  return relative.startsWith('..') || path.isAbsolute(relative) ? id : `${kind}:${relative === '' ? '.' : relative}`;
}

/** Ids of the nodes that the settings list, absolute, those of clusters included. */
export function listedNodes(): string[] {
  const all = [...strings(read('kongPlugin.nodes')), ...[...clusters().values()].flat()];
  return [...new Set(all.map(absoluteNodeId))];
}

/** Named groups of nodes, ids absolute. */
export function clusters(): Map<string, string[]> {
  return new Map(entries(read('kongPlugin.clusters')).map(([name, ids]) => [name, strings(ids).map(absoluteNodeId)]));
}

/** The chosen target: a cluster's name, or a node's absolute id; undefined when none is chosen. */
export function targetNode(): string | undefined {
  const target = string(read('kongPlugin.targetNode'));
  if (target === '') return undefined;
  return clusters().has(target) ? target : absoluteNodeId(target);
}

/** Where a node's Admin API answers, when the settings say so. */
export function adminApiOf(node: string): string | undefined {
  const match = entries(read('kongPlugin.adminApi')).find(([id]) => absoluteNodeId(id) === node);
  return match === undefined ? undefined : withoutTrailing(string(match[1]), /\//) || undefined;
}

/** The addresses whose certificate the person does not want verified, as the variable that says so. */
export function unverifiedAdminApis(): { KONG_ADMIN_UNVERIFIED?: string } {
  const addresses = strings(read('kongPlugin.unverifiedAdminApis'));
  return addresses.length === 0 ? {} : { KONG_ADMIN_UNVERIFIED: addresses.join(',') };
}

/** Changes a setting for this workspace, or for the person when no folder is open. */
export async function writeSetting(id: SettingId, value: unknown): Promise<void> {
  const target =
    vscode.workspace.workspaceFolders === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration().update(id, value, target);
}

/** Adds a node to the list, or takes it out. */
export async function listNode(node: string, listed: boolean): Promise<void> {
  const others = strings(read('kongPlugin.nodes')).filter((id) => absoluteNodeId(id) !== node);
  await writeSetting('kongPlugin.nodes', listed ? [...others, portableNodeId(node)] : others);
}
