// What discovery knows of the folders below a root: one listing per folder, ignore rules applied, kept up to date by file events.
import { readdir, readFile, realpath, stat, type Dirent } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import ignore, { type Ignore } from 'ignore';
import { isInside, slashedFrom } from '../system/paths';
import { errorCode } from '../system/userError';
import { readJson } from '../text/json';

/** One folder: the names of its sub-folders and of the files that discovery may care about. */
export interface Folder {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** Folder path to listing, for every folder that is not ignored. */
export type FolderTree = Map<string, Folder>;

export interface ScanOptions {
  signal?: AbortSignal | undefined;
  /** Is told each folder that is there and cannot be read. */
  onUnreadable?: ((dir: string, error: Error) => void) | undefined;
}

/** Rules of one .gitignore and the folder they are relative to; the chain ends at the root. */
interface IgnoreRules {
  base: string;
  rules: Ignore;
  above: IgnoreRules | undefined;
}

interface Visit {
  dir: string;
  ignored: IgnoreRules | undefined;
  /** Whether the folder lies in a `kong/plugins/<name>`, where every sub-folder belongs to the plugin. */
  inPlugin: boolean;
}

/** Folders that never hold the source of a plugin: packages, installed copies, version control. */
const NEVER = new Set(['node_modules', 'lua_modules', 'bower_components', 'servroot', '__pycache__']);
/** Folders whose plugins are there to test or to show something: Kong's own 40 in spec/fixtures, pongo's, test suites, samples in documents. */
const FIXTURES = new Set([
  ...['spec', 'specs', 'fixtures', 'test', 'tests', 'testdata', '__tests__', '__fixtures__'],
  ...['doc', 'docs', 'old', 'backup', 'backups'],
]);

/** The folder in a node's prefix that holds what we know of the node. */
const NODE_NOTES = '.kong-plugin-workbench';
const RECEIPTS = 'receipts';

const CONCURRENCY = 48;
const readFileText = promisify(readFile);
const readNames = promisify<string, string[]>(readdir);
const statPath = promisify(stat);
const realPath = promisify(realpath);

/** Whether discovery may care about a file of this name. */
function isInteresting(name: string): boolean {
  return (
    name.endsWith('.lua') ||
    name.endsWith('.rockspec') ||
    name.endsWith('.py') ||
    name === 'go.mod' ||
    name === 'package.json' ||
    // Configurations of Kong.
    /\.ya?ml$|^kong.*\.json$/i.test(name)
  );
}

/** Whether `dir` is `…/kong/plugins/<name>`. */
export function isPluginFolder(dir: string): boolean {
  const plugins = dirname(dir);
  return basename(plugins) === 'plugins' && basename(dirname(plugins)) === 'kong';
}

/** Whether the tree lists a file. */
export function hasFile(tree: FolderTree, path: string): boolean {
  return tree.get(dirname(path))?.files.includes(basename(path)) ?? false;
}

function isSkipped(name: string, dir: string, inPlugin: boolean): boolean {
  if (name.startsWith('.') || NEVER.has(name)) return true;
  if (/^5\.\d$/.test(name) && basename(dir) === 'lua' && basename(dirname(dir)) === 'share') return true;
  if (/^rocks(?:-5\.\d)?$/.test(name) && basename(dir) === 'luarocks') return true;
  return FIXTURES.has(name) && !inPlugin && !isPluginFolder(join(dir, name));
}

function isIgnored(path: string, isFolder: boolean, rules: IgnoreRules | undefined): boolean {
  for (let at = rules; at !== undefined; at = at.above) {
    const name = slashedFrom(at.base, path) + (isFolder ? '/' : '');
    const { ignored, unignored } = at.rules.test(name);
    if (ignored || unignored) return ignored;
  }
  return false;
}

async function withGitignore(dir: string, above: IgnoreRules | undefined): Promise<IgnoreRules | undefined> {
  try {
    return { base: dir, rules: ignore().add(await readFileText(join(dir, '.gitignore'), 'utf8')), above };
  } catch (error) {
    // Gone again, or not readable: then it ignores nothing.
    if (errorCode(error) === undefined) throw error;
    return above;
  }
}

/** The rules of a folder: its ignore file, and that the copies an installation put there are nobody's source. */
async function rulesIn(dir: string, names: readonly string[], above: IgnoreRules | undefined): Promise<IgnoreRules | undefined> {
  const rules = names.includes('.gitignore') ? await withGitignore(dir, above) : above;
  const copies = names.includes(NODE_NOTES) ? await installedCopies(dir) : [];
  return copies.length === 0 ? rules : { base: dir, rules: ignore().add(copies), above: rules };
}

/** The folder below which a file decides what is ignored; undefined for any other file. */
export function ruledBy(path: string): string | undefined {
  if (basename(path) === '.gitignore') return dirname(path);
  const receipts = dirname(path);
  return basename(receipts) === RECEIPTS && basename(dirname(receipts)) === NODE_NOTES ? dirname(dirname(receipts)) : undefined;
}

/** The folders that installing by path made below a node's prefix, as ignore rules; what a receipt says of other places is not ours to hide. */
async function installedCopies(prefix: string): Promise<string[]> {
  const folder = join(prefix, NODE_NOTES, RECEIPTS);
  const texts = await Promise.all(
    (await readFolder(folder)).map((name) => readFileText(join(folder, name), 'utf8').catch(nothingThere)),
  );
  return texts.flatMap((text) => {
    const receipt = readJson(text);
    const root = typeof receipt === 'object' && receipt !== null && 'root' in receipt ? receipt.root : undefined;
    if (typeof root !== 'string' || !isInside(prefix, root) || root === prefix) return [];
    return [`/${slashedFrom(prefix, root).replace(/[\\*?[\]!#]/g, '\\$&')}/`];
  });
}

async function readFolder(dir: string): Promise<string[]> {
  return readNames(dir).catch((error: unknown) => {
    nothingThere(error);
    return [];
  });
}

/** Gone again, or not readable: then it says nothing. */
function nothingThere(error: unknown): string {
  if (errorCode(error) === undefined) throw error;
  return '';
}

/**
 * Lists `root` and every folder below it that `tree` does not hold yet. Folders that cannot be read are left out. A link to a folder is
 * followed when its target was not seen on the way: loops end. Throws the signal's reason when aborted.
 */
export async function scanFolders(root: string, tree: FolderTree, options: ScanOptions = {}): Promise<void> {
  const before = tree.get(root);
  tree.delete(root);
  const links: Visit[] = [];
  const inPlugin = isInPlugin(root, tree);
  await visitAll([{ dir: root, ignored: await ignoreRulesAbove(root, tree), inPlugin }], tree, links, options);
  const now = new Set(tree.get(root)?.folders);
  for (const name of before?.folders ?? []) if (!now.has(name)) forgetFolder(join(root, name), tree);
  const seen = new Set<string>();
  for (let link = links.shift(); link !== undefined; link = links.shift()) {
    options.signal?.throwIfAborted();
    const target = await realFolder(link.dir);
    if (target === undefined || seen.has(target)) continue;
    // Its target is listed under its own path already, unless the link puts it where Kong looks.
    if (tree.has(target) && !isPluginFolder(link.dir)) continue;
    if (link.dir.startsWith(target + sep)) continue;
    seen.add(target);
    await visitAll([link], tree, links, options);
  }
}

/** Rules of the ignore files between a folder that is listed already and the root it was listed for. */
async function ignoreRulesAbove(dir: string, tree: FolderTree): Promise<IgnoreRules | undefined> {
  const above = dirname(dir);
  if (above === dir || !tree.has(above)) return undefined;
  return rulesIn(above, await readFolder(above), await ignoreRulesAbove(above, tree));
}

/** Whether a folder is, or lies in, a `kong/plugins/<name>`. */
export function isInPlugin(dir: string, tree: FolderTree): boolean {
  return isPluginFolder(dir) || (tree.has(dirname(dir)) && isInPlugin(dirname(dir), tree));
}

async function realFolder(path: string): Promise<string | undefined> {
  try {
    return (await statPath(path)).isDirectory() ? await realPath(path) : undefined;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

function visitAll(start: Visit[], tree: FolderTree, links: Visit[], { signal, onUnreadable }: ScanOptions): Promise<void> {
  const queue = start;
  let running = 0;
  return new Promise((resolve, reject) => {
    let failed = false;
    const fail = (error: unknown): void => {
      failed = true;
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const next = (): void => {
      if (failed) return;
      if (signal?.aborted) {
        fail(signal.reason);
        return;
      }
      while (running < CONCURRENCY) {
        const visit = queue.pop();
        if (visit === undefined) break;
        running++;
        list(visit);
      }
      if (running === 0) resolve();
    };
    const list = (visit: Visit): void => {
      readdir(visit.dir, { withFileTypes: true }, (error, entries) => {
        const done = (rules: IgnoreRules | undefined): void => {
          enter(visit, rules, entries);
          running--;
          next();
        };
        if (error !== null) {
          if (error.code === 'EACCES' || error.code === 'EPERM') onUnreadable?.(visit.dir, error);
          running--;
          next();
          return;
        }
        const names = entries.map(({ name }) => name);
        if (names.includes('.gitignore') || names.includes(NODE_NOTES)) {
          rulesIn(visit.dir, names, visit.ignored).then(done, fail);
        } else {
          done(visit.ignored);
        }
      });
    };
    const enter = (visit: Visit, rules: IgnoreRules | undefined, entries: Dirent[]): void => {
      const folders: string[] = [];
      const files: string[] = [];
      for (const entry of entries) {
        const { name } = entry;
        if (entry.isFile()) {
          if (isInteresting(name) && !(rules && isIgnored(join(visit.dir, name), false, rules))) files.push(name);
          continue;
        }
        const isLink = entry.isSymbolicLink();
        if (isLink && isInteresting(name)) {
          files.push(name);
          continue;
        }
        if (!isLink && !entry.isDirectory()) continue;
        if (isSkipped(name, visit.dir, visit.inPlugin)) continue;
        const dir = visit.dir + sep + name;
        if (rules && isIgnored(dir, true, rules)) continue;
        folders.push(name);
        const inPlugin = visit.inPlugin || isPluginFolder(dir);
        if (!tree.has(dir)) (isLink ? links : queue).push({ dir, ignored: rules, inPlugin });
      }
      tree.set(visit.dir, { folders, files });
    };
    next();
  });
}

/** Forgets a folder and everything below it, so that a scan lists it again. */
export function forgetFolder(dir: string, tree: FolderTree): void {
  const folder = tree.get(dir);
  if (folder === undefined) return;
  tree.delete(dir);
  for (const name of folder.folders) forgetFolder(join(dir, name), tree);
}
