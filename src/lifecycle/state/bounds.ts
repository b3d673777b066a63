// Where files of a node may be changed. What a journal, a receipt, a manifest or a setting names may be anything, and a link may lead anywhere.
import { posix } from 'node:path';
import { pluginRoots } from '../../kong/packagePath';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import type { NodeView } from './view';
import { workFolder } from './workFolder';

/** What may be changed on a node. */
export interface Bounds {
  /** Throws UserError for the first path that does not lead into the node's own folders; `gone` takes away the path itself, whatever it leads to. */
  check: (paths: readonly { path: string; gone: boolean }[]) => Promise<void>;
  /** The node, whose changes are all checked. */
  node: Node;
}

/**
 * The folders that are a node's own: a folder node's is that folder, whatever its settings name. A Kong that runs somewhere also has what its
 * settings name, because whoever started it gave them.
 */
export function rootsOf(view: NodeView): string[] {
  const { facts, node } = view;
  if (node.kind === 'folder') return [facts.prefix];
  const declarative = view.setting('declarative_config').value;
  const declared = declarative === '' ? [] : [posix.resolve(facts.cwd ?? '/', declarative)];
  const roots = [facts.prefix, facts.tree, parentOf(facts.confPath), ...pluginRoots(view.patterns), ...declared];
  // With the file system as a root of the search path, plugins are all that is looked for there.
  return [...new Set(roots.map((root) => (root === '/' ? '/kong' : root)))];
}

/** Keeps every change of a node within its own folders, as they are now. */
export function boundsOf(view: NodeView): Bounds {
  const { node, facts } = view;
  let known: Promise<{ roots: string[]; prefix: string; conf: string }> | undefined;
  const real = async (): Promise<{ roots: string[]; prefix: string; conf: string }> => {
    const [prefix = '', conf = '', ...roots] = await node.realPaths([facts.prefix, facts.confPath, ...rootsOf(view)]);
    return { prefix, conf, roots };
  };
  const work = workFolder(facts.prefix);

  const check: Bounds['check'] = async (paths) => {
    for (const { path } of paths) {
      if (!isPlain(path)) throw new UserError(`${JSON.stringify(path)} is no path of a file of ${node.id}: it is not touched.`);
    }
    const { roots, prefix, conf } = await (known ??= real());
    const asked = [...new Set(paths.map(({ path, gone }) => (gone ? parentOf(path) : path)))];
    const found = await node.realPaths(asked);
    const leadsTo = new Map(asked.map((path, i) => [path, found[i] ?? path]));
    for (const { path, gone } of paths) {
      const parent = parentOf(path);
      const end = gone ? posix.join(leadsTo.get(parent) ?? parent, posix.basename(path)) : (leadsTo.get(path) ?? path);
      // The file that a Kong was started with stays a link, where whoever started it made it one.
      if (end === conf && path === facts.confPath && node.kind !== 'folder') continue;
      if (!roots.some((root) => isBelow(root, end))) throw outside(node, path, end);
      // What is ours is never a link.
      if (isBelow(work, path) && end !== posix.normalize(`${prefix}${path.slice(facts.prefix.length)}`))
        throw outside(node, path, end);
    }
  };
  const one = async (path: string, gone: boolean): Promise<void> => check([{ path, gone }]);
  return {
    check,
    node: {
      ...node,
      async write(path, ...rest) {
        await one(path, false);
        await node.write(path, ...rest);
      },
      async create(path, content) {
        await one(path, true);
        return node.create(path, content);
      },
      async chmod(path, mode) {
        await one(path, false);
        await node.chmod(path, mode);
      },
      async remove(path) {
        await one(path, true);
        await node.remove(path);
      },
    },
  };
}

function outside(node: Node, path: string, end: string): UserError {
  const where = end === path ? 'it lies' : `it leads to ${end},`;
  return new UserError(`${path} is not touched: ${where} outside of what belongs to ${node.id}.`, {
    next: 'See who put it there; if it is meant, put the file or folder itself in the place of the link, or change it by hand.',
  });
}

/** Absolute, and nothing in it that means something else to a shell or a file system. */
function isPlain(path: string): boolean {
  const body = path.replace(/^[A-Za-z]:(?=\/)/, '');
  return body.startsWith('/') && !/(?:^|\/)\.\.?(?:\/|$)|\p{Cc}/u.test(body);
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function parentOf(path: string): string {
  return posix.dirname(path);
}
