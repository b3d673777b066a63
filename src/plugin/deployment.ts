// What deploys a plugin and names it or its folder: files of the project and around it, and the paths in them.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isInside } from '../system/paths';
import { errorCode } from '../system/userError';
import type { Plugin } from './plugin';
import { projectTexts } from './projectTexts';

/** How far above a project its repository may begin. */
const MAX_STEPS_UP = 4;
const DEPLOYS =
  /^(?:(?:docker-)?compose[\w.-]*\.ya?ml|kong[\w.-]*\.(?:ya?ml|json|conf)|values[\w.-]*\.ya?ml|Dockerfile.*|Makefile|\.env.*)$/i;

/** The texts that may name a plugin: those of its project, of the folder `around` it, and what deploys in the folders between it and its repository's root. */
export async function deploymentTexts(
  { root }: Plugin,
  around: string | undefined,
  without: ReadonlySet<string>,
): Promise<string[]> {
  const top = around !== undefined && isInside(around, root) ? around : root;
  const found = new Set(await projectTexts(top, without));
  for (const folder of await foldersAbove(top)) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isFile() && DEPLOYS.test(entry.name)) found.add(join(folder, entry.name));
    }
  }
  return [...found].sort();
}

/** The folders above one up to the root of its repository; none when it is in no repository. */
async function foldersAbove(folder: string): Promise<string[]> {
  const above: string[] = [];
  for (let at = folder, i = 0; i <= MAX_STEPS_UP; at = dirname(at), i++) {
    if (at !== folder) above.push(at);
    if (await exists(join(at, '.git'))) return above;
    if (dirname(at) === at) break;
  }
  return [];
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/** Where a text holds a path to a folder of a plugin, or below it, that ends in the folder's own name: the offset of that name. */
export function folderPaths(text: string, file: string, { dir, root, name }: Pick<Plugin, 'dir' | 'root' | 'name'>): number[] {
  if (basename(dir) !== name) return [];
  const bases = new Set<string>([root]);
  for (let at = dirname(file); isInside(root, at) || isInside(at, root); at = dirname(at)) {
    bases.add(at);
    if (dirname(at) === at) break;
  }
  const found: number[] = [];
  for (const { index, 0: token } of text.matchAll(/[^\s"'`,;:=<>|&[\]]+/g)) {
    const path = token.replace(/^(?:\$\{?\w+\}?|\$\(pwd\)|~)?\/?(?:\.\/)?/, '');
    const segments = path.split('/');
    const at = segments.indexOf(name);
    if (at < 0 || (at === 0 && segments.length === 1 && !isCopied(text, index))) continue;
    const leading = segments.slice(0, at + 1).join('/');
    if ([...bases].some((base) => resolve(base, leading) === dir)) {
      found.push(index + token.length - path.length + segments.slice(0, at).join('/').length + (at === 0 ? 0 : 1));
    }
  }
  return found;
}

/** Whether a word stands in a line that copies files into an image. */
function isCopied(text: string, offset: number): boolean {
  return /^[ \t]*(?:COPY|ADD)[ \t]/i.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset));
}
