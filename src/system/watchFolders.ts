// Tells which files below some folders change: each folder is watched by itself, because watching trees costs all that is in them.
import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

/** Follows folders until it is closed. */
export interface FolderWatch {
  /** The folders from now on; those that were there before go on without a gap. */
  follow(folders: Iterable<string>): void;
  close(): void;
}

/** Calls `onChange` with the path of everything created, changed or deleted directly in a followed folder. */
export function watchFolders(onChange: (path: string) => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  const stop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  return {
    follow(folders) {
      const wanted = new Set(folders);
      for (const folder of [...watchers.keys()].filter((known) => !wanted.has(known))) stop(folder);
      for (const folder of wanted) {
        if (watchers.has(folder)) continue;
        try {
          const watcher = watch(folder, { persistent: false }, (_event, name) => {
            if (name !== null) onChange(join(folder, name));
          });
          // A folder that goes ends its watcher; the one above has told of it.
          watchers.set(
            folder,
            watcher.on('error', () => stop(folder)),
          );
        } catch {
          // Gone between being listed and being watched: the one above tells.
          continue;
        }
      }
    },
    close: () => [...watchers.keys()].forEach(stop),
  };
}
