// Definitions for the Lua language server as files of a folder, and the folder in its settings (.luarc.json, https://luals.github.io/wiki/configuration).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GENERATED, pdkDefinitions } from '../kong/pdk/definitions';
import { parseKongVersion } from '../kong/versions';
import { slashedFrom } from '../system/paths';
import { errorCode, UserError } from '../system/userError';
import type { FileChange } from '../text/diagnostic';
import { readJson } from '../text/json';
import { Lines } from '../text/lines';
import { configDefinitions } from './configTypes';
import { describePlugin } from './describe';
import type { CodeOptions } from './pluginCode';
import type { Plugin } from './plugin';

/**
 * The changes that make a folder hold the definitions of the PDK of a Kong and of every plugin's configuration, and every file they are about.
 * Throws UserError for a version that is none, and for a file that was not generated.
 */
export async function typeChanges(
  plugins: readonly Plugin[],
  kong: string,
  folder: string,
  { signal, ...options }: CodeOptions & { signal?: AbortSignal } = {},
): Promise<{ files: string[]; changes: FileChange[] }> {
  const texts = new Map([[join(folder, 'kong.lua'), pdkDefinitions(parseKongVersion(kong))]]);
  for (const plugin of plugins) {
    signal?.throwIfAborted();
    const { schema } = await describePlugin(plugin, kong, { ...options, siblings: plugins });
    if (schema !== undefined) {
      texts.set(join(folder, 'plugins', `${plugin.name}.lua`), configDefinitions(plugin.name, schema.config));
    }
  }
  const changes: FileChange[] = [];
  for (const [path, text] of texts) {
    const before = await textAt(path);
    if (before !== undefined && before !== text && !before.startsWith(GENERATED)) {
      throw new UserError(`${path} was not written by kong-plugin types.`, {
        exitCode: 2,
        next: 'Name another folder with --out.',
      });
    }
    changes.push(...replacing(path, before, text));
  }
  return { files: [...texts.keys()], changes };
}

/**
 * The changes that make the Lua language server of a project read a folder of definitions: its `.luarc.json` made or added to. None when it does so
 * already. Throws UserError for settings that are not plain JSON.
 */
export async function libraryChanges(root: string, folder: string): Promise<FileChange[]> {
  const path = join(root, '.luarc.json');
  const library = slashedFrom(root, folder) || '.';
  const before = await textAt(path);
  if (before === undefined) {
    return replacing(
      path,
      before,
      `${JSON.stringify({ 'runtime.version': 'LuaJIT', 'workspace.library': [library] }, null, 2)}\n`,
    );
  }
  const settings = settingsIn(before);
  if (settings === undefined) {
    throw new UserError(`${path} is not plain JSON.`, { next: `Add "${library}" to its workspace.library yourself.` });
  }
  const { workspace } = settings;
  const nested = isRecord(workspace) && 'library' in workspace ? workspace : undefined;
  const listed = nested === undefined ? settings['workspace.library'] : nested['library'];
  const libraries: unknown[] = Array.isArray(listed) ? listed : [];
  if (libraries.includes(library)) return [];
  const added = [...libraries, library];
  const changed =
    nested === undefined
      ? { ...settings, 'workspace.library': added }
      : { ...settings, workspace: { ...nested, library: added } };
  const indent = /^([ \t]+)"/m.exec(before)?.[1] ?? 2;
  return replacing(path, before, `${JSON.stringify(changed, null, indent)}\n`);
}

function settingsIn(text: string): Record<string, unknown> | undefined {
  const value = readJson(text);
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function replacing(path: string, before: string | undefined, text: string): FileChange[] {
  if (before === text) return [];
  if (before === undefined) return [{ kind: 'create', path, text }];
  return [{ kind: 'edit', path, edits: [{ range: new Lines(before).range(0, before.length), newText: text }] }];
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
