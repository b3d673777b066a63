// Which versions of Kong a plugin promises to work with: what its rockspec says (`-- kong >= 2.8`), or the setting kongPlugin.supports.
import { dirname, join } from 'node:path';
import { isAtLeast, type KongVersion, type MinorVersion } from '../kong/versions';
import type { Plugin } from './plugin';
import { readFromDisk, type ReadFile } from './pluginCode';

/** A promise: its text, and whether it holds a version. */
export interface Promised {
  text: string;
  holds: (version: KongVersion) => boolean;
}

const CONSTRAINTS = /\bkong\s+((?:(?:>=|<=|==|~>|<|>)\s*\d+(?:\.\d+)*\s*(?:,\s*)?)+)/i;
const ONE = /(>=|<=|==|~>|<|>)\s*(\d+)(?:\.(\d+))?/g;
const SETTING = /"kongPlugin\.supports"\s*:\s*"([^"]*)"/;

/** What a plugin promises; undefined when it says nothing. */
export async function promisedVersions({ rockspec, root }: Plugin, read: ReadFile = readFromDisk): Promise<Promised | undefined> {
  for (const folder of [root, dirname(root)]) {
    const setting = SETTING.exec(await textOf(join(folder, '.vscode', 'settings.json'), read))?.[1];
    if (setting !== undefined && setting !== '') return promised(setting);
  }
  if (rockspec === undefined) return undefined;
  const said = CONSTRAINTS.exec(await textOf(rockspec, read))?.[1];
  return said === undefined ? undefined : promised(said.trim());
}

async function textOf(path: string, read: ReadFile): Promise<string> {
  const content = await read(path);
  return typeof content === 'string' ? content : Buffer.from(content ?? '').toString('utf8');
}

function promised(text: string): Promised {
  const parts = [...text.matchAll(ONE)].map(([, operator = '', major = '', minor = '0']) => ({
    operator,
    wanted: `${major}.${minor}`,
    major: Number(major),
  }));
  return {
    text,
    holds: ({ enterprise, major, minor }) =>
      parts.length > 0 && parts.every((part) => satisfies(enterprise ?? { major, minor }, part)),
  };
}

function satisfies(
  version: MinorVersion,
  { operator, wanted, major }: { operator: string; wanted: string; major: number },
): boolean {
  const atLeast = isAtLeast(version, wanted);
  const same = `${version.major}.${version.minor}` === wanted;
  switch (operator) {
    case '>=':
      return atLeast;
    case '>':
      return atLeast && !same;
    case '<':
      return !atLeast;
    case '<=':
      return !atLeast || same;
    case '~>':
      return atLeast && version.major === major;
    default:
      return same;
  }
}
