// A plugin's configuration as the command line is given it: a file, or standard input.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { Given } from '../lifecycle/operations/configure';
import { cannot } from '../system/fileErrors';
import type { Io } from './io';

/** A configuration in a file, or from standard input for `-`. Throws UserError (usage) when it cannot be read. */
export async function givenFile(io: Io, path: string | undefined): Promise<Given['file']> {
  if (path === undefined) return undefined;
  const { readGivenFile } = await import('../config/given/file');
  const whole = resolve(io.cwd, path);
  const text =
    path === '-'
      ? await textOf(io.stdin)
      : await readFile(whole, 'utf8').catch((error: unknown) => {
          throw cannot('read', whole, error, 2);
        });
  const name = path === '-' ? 'standard input' : path;
  return { name, read: (plugin, schema) => readGivenFile(name, text, plugin, schema) };
}
