// The name of a Go plugin: that of its binary (getName of go-pdk's server takes the base of the executable's path), told by Kong's settings
// that start it, by the `go build` that makes it, or else by the rule of `go build` for a package.
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { FolderTree } from './folderTree';

/** What is looked at for a Go plugin. */
interface GoSurroundings {
  /** The folders of the workspace. */
  tree: FolderTree;
  /** The names of the files in a folder; none when it cannot be read. */
  list: (folder: string) => Promise<string[]>;
  /** A file's text; undefined when it cannot be read. */
  read: (path: string) => Promise<string | undefined>;
  /** The folder of go.mod. */
  root: string;
  /** Whether it is the only plugin of its module. */
  alone: boolean;
}

const TEXTS = /^(?:(?:gnu)?makefile|.*\.mk|justfile|.*dockerfile.*|.*\.sh|readme\.md|kong\.conf|.*\.ya?ml|.*\.env)$/i;
const START = /(?<![a-z\d])pluginserver_\w+?_(?:start|query)_cmd["']?\s*[=:]\s*["']?([^\s"',]+)/gi;
const BUILD = /\bgo\s+build\b([^\n;&|#`]*)/g;
/** Programs that run plugins of other languages, or of several. */
const RUNNERS = /^(?:python[\d.]*|node|npx|go-pluginserver|kong-(?:js|python)-pluginserver|env|sh|bash)$/;
/** Flags of `go build` with a value of their own (go help build). */
const VALUED = new Set(
  'C p asmflags buildmode buildvcs compiler gccgoflags gcflags installsuffix ldflags mod modfile overlay pgo pkgdir tags toolexec'.split(
    ' ',
  ),
);

/** The name of the plugin whose main file this is. */
export async function goBinaryName(file: string, { tree, list, read, root, alone }: GoSurroundings): Promise<string> {
  const dir = dirname(file);
  const started = new Set<string>();
  let built: string | undefined;
  for (const folder of new Set([dir, root, dirname(root)])) {
    if (!tree.has(folder)) continue;
    for (const name of (await list(folder)).filter((listed) => TEXTS.test(listed)).sort()) {
      const text = (await read(join(folder, name)))?.replace(/\\\r?\n/g, ' ') ?? '';
      for (const [, command = ''] of text.matchAll(START)) {
        if (!RUNNERS.test(basename(command)) && !command.includes('$')) started.add(basename(command));
      }
      for (const [, words = ''] of text.matchAll(BUILD)) built ??= outputOf(words, file, [folder, root], alone);
    }
  }
  const [only, ...others] = started;
  const byPackage = await packageName(dir, root, read);
  const guesses = [built, byPackage, basename(file, '.go')].filter((name) => name !== undefined);
  const known = guesses.find((name) => started.has(name)) ?? (alone && others.length === 0 ? only : undefined);
  const plain = basename(file, '.go');
  return known ?? built ?? (plain === 'main' || plain === 'plugin' ? byPackage : plain);
}

/** What `go build` with these words calls the binary of a file; undefined when it builds something else or names it by a variable. */
function outputOf(words: string, file: string, folders: readonly string[], alone: boolean): string | undefined {
  let output: string | undefined;
  const targets: string[] = [];
  const parts = (words.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((part) => part.replace(/["']/g, ''));
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? '';
    const [, flag, value] = /^--?([A-Za-z]\w*)(?:=(.*))?$/.exec(part) ?? [];
    if (flag === 'o') output = value ?? parts[++i];
    else if (flag !== undefined && VALUED.has(flag) && value === undefined) i++;
    else if (flag === undefined) targets.push(part);
  }
  const isOfFile = (target: string): boolean =>
    folders.some((folder) => [file, dirname(file)].includes(resolve(folder, target.replace(/\*\.go$/, '.'))));
  const builds = targets.length === 0 ? alone || folders.includes(dirname(file)) : targets.some(isOfFile);
  if (!builds || output === '' || output?.includes('$') === true) return undefined;
  if (output !== undefined && !/(?:^|[/\\])\.{0,2}$/.test(output)) return basename(output).replace(/\.(?:so|exe)$/, '');
  const [first] = targets;
  return first?.endsWith('.go') === true && !first.includes('*') ? basename(first, '.go') : undefined;
}

/** The last part of a package's path that is no version. */
async function packageName(dir: string, root: string, read: GoSurroundings['read']): Promise<string> {
  const module = /^module\s+(\S+)/m.exec((await read(join(root, 'go.mod'))) ?? '')?.[1] ?? basename(root);
  const path = `${module}/${relative(root, dir)}`.split(/[/\\]/).filter((part) => part !== '');
  return path.filter((part, i) => i === 0 || !/^v\d+$/.test(part)).at(-1) ?? basename(dir);
}
