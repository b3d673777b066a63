// Where the files of a plugin lie on a node, whatever its search path says.
import { posix } from 'node:path';
import { isAbsoluteFrom } from '../../kong/packagePath';
import { candidateFiles } from '../../lua/moduleName';
import { UserError } from '../../system/userError';
import type { NodeView } from '../state/view';
import { withoutSlash, withoutTrailing } from '../../text/ends';

const FIND_TIMEOUT_MS = 60_000;

/** The folder above `kong/plugins/NAME`; what the search path hints at first, then the whole node, where programs can be run. */
export async function findRoot(view: NodeView, name: string): Promise<string | undefined> {
  const hinted = hints(view);
  for (const root of hinted) if (await holdsPlugin(view, root, name)) return root;
  for (const root of await searched(view, name)) if (await holdsPlugin(view, root, name)) return root;
  return undefined;
}

async function holdsPlugin({ node }: NodeView, root: string, name: string): Promise<boolean> {
  const dir = `${root === '/' ? '' : root}/kong/plugins/${name}`;
  const found = await Promise.all(candidateFiles('handler').map((file) => node.stat(`${dir}/${file}`)));
  return found.some((info) => info !== undefined);
}

/** The folders of the search path and those above and below them that people mean. */
function hints(view: NodeView): string[] {
  const { facts } = view;
  const cwd = facts.cwd ?? '/';
  const entries = view.setting('lua_package_path').value.replace(/["']/g, '').split(';');
  const named = [...entries, ...view.patterns]
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => (isAbsoluteFrom(cwd, entry) ? entry : posix.join(cwd, entry)))
    .map((entry) => {
      const root = withoutTrailing(entry.replace(/\/[^/?]*\?.*$/s, ''), /\//).replace(/\/kong(?:\/plugins(?:\/[^/]*)?)?$/, '');
      return withoutSlash(root || entry.slice(0, 1));
    });
  const around = named.flatMap((folder) => [folder, posix.dirname(folder)]);
  return [...new Set([`${facts.tree}/share/lua/5.1`, ...around].filter((folder) => isAbsoluteFrom(cwd, folder)))];
}

async function searched({ node, facts }: NodeView, name: string): Promise<string[]> {
  const suffix = `/kong/plugins/${name}/handler.lua`;
  const start = node.kind === 'folder' ? facts.prefix : '/';
  if (node.kind === 'folder') {
    const files = (await node.readTree(start)) ?? new Map<string, Buffer>();
    return [...files.keys()]
      .map((path) => `${start}/${path}`)
      .filter((path) => path.endsWith(suffix))
      .map((path) => path.slice(0, -suffix.length));
  }
  const skipped = ['/proc', '/sys', '/dev'].flatMap((path) => ['-path', path, '-prune', '-o']);
  const result = await node
    .run(['find', start, ...skipped, '-path', `*${suffix}`, '-print'], { as: 'root', inCopy: true, timeout: FIND_TIMEOUT_MS })
    .catch((error: unknown) => {
      if (error instanceof UserError) return undefined;
      throw error;
    });
  const lines = result?.stdout.toString('utf8').split('\n') ?? [];
  return lines.filter((line) => line.endsWith(suffix)).map((line) => line.slice(0, -suffix.length));
}
