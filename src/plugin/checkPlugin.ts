// Everything wrong with a plugin: its rockspec and its Lua files, each file once, with those of which there is nothing to say.
import { open, readFile } from 'node:fs/promises';
import { checkRockspec } from '../rockspec/check';
import type { ProjectFiles } from '../rockspec/projectFiles';
import { asChosen, type Choices } from '../text/chosen';
import type { Diagnostic, FileDiagnostics } from '../text/diagnostic';
import { reasonOf } from '../system/fileErrors';
import { errorCode } from '../system/userError';
import { readFromDisk, type CodeOptions } from './pluginCode';
import type { Plugin } from './plugin';
import { checkPluginFiles } from './judge';

export interface CheckPluginOptions extends CodeOptions {
  /** The Kong it is for, as after --kong. */
  kong: string;
  /** Another LuaRocks than that of the Kong whose verdict counts. */
  luarocks?: string | undefined;
  /** The files around the rockspec. */
  files: ProjectFiles;
  /** Other severities of single checks. */
  choices?: Choices | undefined;
}

/** A rule that the reports of a check may need; see PLUGIN_CHECKS. */
export const UNREADABLE_CHECK = {
  code: 'check/unreadable',
  severity: 'error',
  documentation: 'The file is there and may not be read, so nothing is known of what is in it.',
} as const;

/** The diagnostics of each file of a plugin. Throws UserError for versions that are not known. */
export async function checkPlugin(plugin: Plugin, options: CheckPluginOptions): Promise<FileDiagnostics[]> {
  const { rockspec } = plugin;
  const first = rockspec === undefined ? [] : [{ path: rockspec, diagnostics: await checkRockspecFile(rockspec, options) }];
  return [...first, ...(await checkLuaFiles(plugin, options))];
}

/** The diagnostics of a plugin's files but for the rockspec; of other languages than Lua we know no files. Throws as checkPlugin. */
export async function checkLuaFiles(plugin: Plugin, options: CheckPluginOptions): Promise<FileDiagnostics[]> {
  const byPath = new Map<string, Diagnostic[]>();
  if (plugin.language === 'lua') for (const path of plugin.modules.values()) byPath.set(path, []);
  for (const { path, diagnostics } of await checkPluginFiles(plugin, options.kong, options)) {
    byPath.set(path, [...(byPath.get(path) ?? []), ...diagnostics]);
  }
  const { read = readFromDisk, choices } = options;
  return Promise.all(
    [...byPath].map(async ([path, diagnostics]) => {
      const unreadable = await unreadableFile(path);
      if (unreadable !== undefined || diagnostics.length === 0) return { path, diagnostics: unreadable ?? [] };
      return { path, diagnostics: asChosen(diagnostics, textOf(await read(path)), choices) };
    }),
  );
}

function textOf(content: string | Uint8Array | undefined): string {
  return typeof content === 'string' ? content : Buffer.from(content ?? []).toString('utf8');
}

/** The diagnostics of a rockspec on disk, whether it is a plugin's or not. Throws as checkRockspec, and as reading does. */
export async function checkRockspecFile(path: string, options: CheckPluginOptions): Promise<Diagnostic[]> {
  const unreadable = await unreadableFile(path);
  if (unreadable !== undefined) return unreadable;
  const { read = readFile } = options;
  const text = await read(path);
  return text === undefined ? [] : asChosen(await checkRockspec(text, path, options), textOf(text), options.choices);
}

/** The one thing to say of a file that is there and that we may not read; undefined for every other file. */
async function unreadableFile(path: string): Promise<Diagnostic[] | undefined> {
  try {
    await (await open(path)).close();
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code !== 'EACCES' && code !== 'EPERM') return undefined;
    const start = { line: 0, character: 0 };
    const message = `This file cannot be read: ${reasonOf(error)}.`;
    return [{ code: UNREADABLE_CHECK.code, severity: 'error', message, range: { start, end: start }, enforcedBy: [] }];
  }
}
