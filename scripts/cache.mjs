// Where large things that several runs share are kept: outside the repo, in the user's cache folder.
import os from 'node:os';
import path from 'node:path';

/** @returns {string} the cache folder of this project (absolute; may not exist yet) */
export function cacheDir() {
  const base =
    process.env['XDG_CACHE_HOME'] ??
    (process.platform === 'darwin'
      ? path.join(os.homedir(), 'Library', 'Caches')
      : process.platform === 'win32'
        ? (process.env['LOCALAPPDATA'] ?? path.join(os.homedir(), 'AppData', 'Local'))
        : path.join(os.homedir(), '.cache'));
  return path.join(base, 'kong-plugin-workbench');
}
