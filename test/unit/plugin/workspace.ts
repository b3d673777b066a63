// A throw-away workspace for tests: files from a table, removed at the end.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Workspace {
  root: string;
  /** Absolute path of a file in it. */
  at: (path: string) => string;
  write: (files: Readonly<Record<string, string>>) => Promise<void>;
  remove: () => Promise<void>;
}

/** Writes the files (paths with `/`) into a new temporary folder. */
export async function makeWorkspace(files: Readonly<Record<string, string>> = {}): Promise<Workspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'kpw-plugin-')));
  const at = (path: string): string => join(root, ...path.split('/'));
  const workspace: Workspace = {
    root,
    at,
    async write(more) {
      for (const [path, text] of Object.entries(more)) {
        await mkdir(dirname(at(path)), { recursive: true });
        await writeFile(at(path), text);
      }
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
  await workspace.write(files);
  return workspace;
}
