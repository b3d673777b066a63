// Which files of a node the user that Kong runs as may not read: Kong sees them as if they were not there.
import { UserError } from '../../system/userError';
import type { NodeView } from './view';

/** Prints those of its arguments that may not be read, though they are there or cannot be seen. */
const UNREADABLE = 'for f; do [ -r "$f" ] || printf "%s\\n" "$f"; done';

/**
 * Those of some files that Kong's user may not read; undefined when that cannot be known here. Asks as that user where programs can be run;
 * in a container that stands still, owners and permissions tell.
 */
export async function unreadableFiles(view: NodeView, paths: readonly string[]): Promise<ReadonlySet<string> | undefined> {
  const { node, facts } = view;
  if (paths.length === 0) return new Set();
  if (node.kind === 'folder') return undefined;
  if (!facts.running && node.kind !== 'local') return byPermissions(view, paths);
  try {
    const tested = await node.run(['sh', '-c', UNREADABLE, 'sh', ...paths], { as: 'kong', quick: true });
    if (tested?.code !== 0) return undefined;
    return new Set(tested.stdout.toString('utf8').split('\n').filter(Boolean));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

interface Who {
  uid: string;
  groups: readonly string[];
}

async function byPermissions(view: NodeView, paths: readonly string[]): Promise<ReadonlySet<string> | undefined> {
  const who = await userOf(view);
  if (who === undefined) return undefined;
  if (who.uid === '0') return new Set();
  const asked = new Map<string, Promise<boolean>>();
  const allows = (path: string, bit: number): Promise<boolean> => {
    const known = asked.get(path) ?? permits(view, path, bit, who);
    asked.set(path, known);
    return known;
  };
  const refused = paths.map(async (path) => {
    const folders = path
      .split('/')
      .map((_, i, parts) => parts.slice(0, i).join('/'))
      .filter(Boolean);
    for (const folder of folders) if (!(await allows(folder, 0o1))) return [path];
    return (await allows(path, 0o4)) ? [] : [path];
  });
  return new Set((await Promise.all(refused)).flat());
}

async function permits({ node }: NodeView, path: string, bit: number, { uid, groups }: Who): Promise<boolean> {
  const info = await node.stat(path);
  // What is not there, or leads elsewhere, is judged by whoever looks for it.
  if (info?.owner === undefined || info.type === 'link') return true;
  const [owner = '', group = ''] = info.owner.split(':');
  const shift = owner === uid ? 6 : groups.includes(group) ? 3 : 0;
  return ((info.mode >> shift) & bit) !== 0;
}

/** The numbers of the user that Kong runs as, by the node's own list of users. */
async function userOf({ node, facts }: NodeView): Promise<Who | undefined> {
  const name = facts.user;
  if (name === undefined) return undefined;
  if (name === 'root' || name === '0') return { uid: '0', groups: ['0'] };
  const lines = async (path: string): Promise<string[][]> =>
    ((await node.read(path))?.toString('utf8') ?? '').split('\n').map((line) => line.split(':'));
  const [users, groups] = await Promise.all([lines('/etc/passwd'), lines('/etc/group')]);
  const user = users.find(([user, , uid]) => user === name || uid === name);
  if (user?.[2] === undefined || user[3] === undefined) return undefined;
  const more = groups.flatMap(([, , gid, members = '']) =>
    gid !== undefined && members.split(',').includes(user[0] ?? '') ? [gid] : [],
  );
  return { uid: user[2], groups: [user[3], ...more] };
}
