// `folder:DIR`: a LuaRocks tree and a kong.conf in a directory. Nothing runs there; it is what a Kong started from it would find, and what one that has it as its prefix logs.
import { posix, resolve } from 'node:path';
import { envValues } from '../kong/envFile';
import { slashed } from '../system/paths';
import { UserError } from '../system/userError';
import { hostFiles, logFileEnd, readLogFile } from './hostFiles';
import type { Node, NodeFacts } from './node';
import { kongVersionOfTree } from './tree';

/** Where a kong.conf may stand below the folder; the first is where a new one is made. */
const CONF_PATHS = ['kong.conf', 'etc/kong/kong.conf'];
const ENV_FILE = '.env';

/**
 * Opens a folder as a node. `kong` is the version it is meant for, when its tree holds no Kong that tells. KONG_* lines of a `.env` in it
 * are its environment, as for a container started with that file. Throws UserError (usage) when there is no such folder.
 */
export function folderNode(path: string, options: { kong?: string | undefined; adminUrl?: string | undefined } = {}): Node {
  const there = resolve(path);
  const root = slashed(there);
  return {
    id: `folder:${there}`,
    kind: 'folder',
    async facts(): Promise<NodeFacts> {
      if ((await hostFiles.list(root)) === undefined) {
        throw new UserError(`There is no folder ${there}.`, { exitCode: 2, next: 'Make it, or name another one: folder:DIR.' });
      }
      const existing = await Promise.all(CONF_PATHS.map((relative) => hostFiles.stat(posix.join(root, relative))));
      const index = existing.findIndex((found) => found !== undefined);
      const etc = index < 0 && (await hostFiles.stat(posix.join(root, 'etc/kong'))) !== undefined;
      const confPath = posix.join(root, CONF_PATHS[index < 0 ? Number(etc) : index] ?? 'kong.conf');
      return {
        kong: (await kongVersionOfTree(root)) ?? options.kong,
        running: false,
        prefix: root,
        confPath,
        tree: root,
        luarocks: undefined,
        env: envValues((await hostFiles.read(posix.join(root, ENV_FILE)))?.toString('utf8') ?? ''),
        envPath: posix.join(root, ENV_FILE),
        cwd: root,
        user: undefined,
        canBeRoot: false,
      };
    },
    run: () => Promise.resolve(undefined),
    ...hostFiles,
    log: (since) => readLogFile(posix.join(root, 'logs/error.log'), since),
    logEnd: () => logFileEnd(posix.join(root, 'logs/error.log')),
    adminApi: () => Promise.resolve(undefined),
  };
}
