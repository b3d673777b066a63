// Plugins that an external plugin server runs: recognised, and said not to be Lua. Go by go-pdk, JavaScript by kong-pdk, Python by kong_pdk.
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { errorCode } from '../system/userError';
import type { FolderTree } from './folderTree';
import { goBinaryName } from './goBinary';
import type { Plugin, PluginLanguage } from './plugin';

/** A workspace with more Python files than this is not searched for Python plugins: reading them all would take longer than the rest. */
const MAX_PYTHON_FILES = 2000;
const SKIPPED = new Set(['node_modules', 'vendor', 'dist', 'build', 'test', 'tests', '__tests__']);

/** A source file of a plugin server and the folder of its module or package. */
interface Source {
  path: string;
  text: string;
  root: string;
}

interface Server {
  language: PluginLanguage;
  sources: (tree: FolderTree, signal: AbortSignal | undefined) => Promise<Source[]>;
  /** The name Kong would know it by, or undefined when the file is no plugin. `all` are the sources found with it. */
  nameOf: (source: Source, all: readonly Source[], tree: FolderTree) => string | undefined | Promise<string | undefined>;
}

const SERVERS: readonly Server[] = [
  {
    language: 'go',
    sources: (tree) =>
      sourcesOf(tree, 'go.mod', (text) => /^[^\S\r\n]*(?:require\s+)?github\.com\/Kong\/go-pdk\s/im.test(text), /\.go$/),
    nameOf: goName,
  },
  {
    language: 'javascript',
    sources: (tree) => sourcesOf(tree, 'package.json', (text) => /"kong-pdk"\s*:/.test(text), /(?<!\.d)\.[cm]?[jt]s$/),
    nameOf: javascriptName,
  },
  { language: 'python', sources: pythonSources, nameOf: pythonName },
];

/** The plugins of external plugin servers in a scanned tree. Files that cannot be read are passed over. */
export async function findServerPlugins(tree: FolderTree, signal?: AbortSignal): Promise<Plugin[]> {
  const found: Plugin[] = [];
  for (const { language, sources, nameOf } of SERVERS) {
    const all = await sources(tree, signal);
    for (const source of all) {
      const name = await nameOf(source, all, tree);
      if (name === undefined) continue;
      found.push({
        name,
        language,
        dir: dirname(source.path),
        root: source.root,
        handler: undefined,
        schema: undefined,
        rockspec: undefined,
        modules: new Map(),
      });
    }
  }
  return found;
}

/** A server built with the Go PDK calls `StartServer`; before Kong 2.3 each plugin was a `package main` with a `New` function. */
async function goName(source: Source, all: readonly Source[], tree: FolderTree): Promise<string | undefined> {
  if (!isGoPlugin(source, all)) return undefined;
  const { path, root } = source;
  const alone = all.every((other) => other === source || other.root !== root || !isGoPlugin(other, all));
  const list = async (folder: string): Promise<string[]> =>
    (await readFolder(folder)).filter((entry) => entry.isFile()).map(({ name }) => name);
  return goBinaryName(path, { tree, list, read: readText, root, alone });
}

function isGoPlugin({ path, text }: Source, all: readonly Source[]): boolean {
  if (!/^package main\b/m.test(text) || !/"github\.com\/Kong\/go-pdk\b/i.test(text)) return false;
  if (/\bStartServer\s*\(/.test(text)) return true;
  const otherStarts = all.some((other) => dirname(other.path) === dirname(path) && /\bStartServer\s*\(/.test(other.text));
  return !otherStarts && /^func New\s*\(/m.test(text);
}

function javascriptName({ path, text }: Source): string | undefined {
  if (!/\bPlugin\s*[:=,}]/.test(text) || !/\bSchema\s*[:=,}]/.test(text) || !/\bmodule\.exports\b|^export\b/m.test(text))
    return undefined;
  const file = basename(path, extname(path));
  return file === 'index' ? basename(dirname(path)) : file;
}

function pythonName({ path, text }: Source): string | undefined {
  if (!text.includes('kong_pdk') || !/^class Plugin\b/m.test(text)) return undefined;
  const started = /\bstart_dedicated_server\(\s*["']([^"']+)["']/.exec(text);
  return started?.[1] ?? basename(path, '.py');
}

async function pythonSources(tree: FolderTree, signal: AbortSignal | undefined): Promise<Source[]> {
  const paths: string[] = [];
  for (const [dir, { files }] of tree) for (const name of files) if (name.endsWith('.py')) paths.push(join(dir, name));
  if (paths.length > MAX_PYTHON_FILES) return [];
  const sources: Source[] = [];
  for (const path of paths) {
    signal?.throwIfAborted();
    const text = await readText(path);
    if (text !== undefined) sources.push({ path, text, root: dirname(path) });
  }
  return sources;
}

/** Source files of every module whose manifest names the PDK; a nested manifest that does so too owns its own files. */
async function sourcesOf(
  tree: FolderTree,
  manifest: string,
  usesPdk: (text: string) => boolean,
  file: RegExp,
): Promise<Source[]> {
  const roots = new Set<string>();
  for (const [dir, { files }] of tree) {
    if (!files.includes(manifest)) continue;
    const text = await readText(join(dir, manifest));
    if (text !== undefined && usesPdk(text)) roots.add(dir);
  }
  const sources: Source[] = [];
  for (const root of roots) await collect(root);
  return sources;

  async function collect(root: string, dir = root): Promise<void> {
    for (const entry of await readFolder(dir)) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name) && !entry.name.startsWith('.') && !roots.has(path)) await collect(root, path);
      } else if (entry.isFile() && file.test(entry.name) && !/[._](?:test|spec)\./.test(entry.name)) {
        const text = await readText(path);
        if (text !== undefined) sources.push({ path, text, root });
      }
    }
  }
}

async function readFolder(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
