// Loaded before the command line (`node --import`): the N-th change that it makes to files goes wrong, or ends the process just before or after it.
// FAULT=KIND:N, with FAULT_COUNT a file that is told how many changes there were.
import fs from 'node:fs';

const [kind = '', number = '0'] = (process.env['FAULT'] ?? '').split(':');
const report = process.env['FAULT_COUNT'];
const at = Number(number);
let changes = 0;

/** Whether a disk that is full has room for it. */
const NEEDS_NO_ROOM = ['unlink', 'rm', 'rmdir', 'chmod', 'rename'];

/** @param {string} name */
function wound(name) {
  changes += 1;
  const fails = kind === 'ENOSPC' ? changes >= at && !NEEDS_NO_ROOM.includes(name) : changes === at;
  if (!fails || kind === '') return;
  if (kind.startsWith('SIG')) {
    process.kill(process.pid, kind);
    return;
  }
  throw Object.assign(new Error(`${kind}: made to fail, ${name}`), { code: kind, syscall: name, errno: -5, path: 'a file' });
}

/** @typedef {Record<string, (...args: unknown[]) => Promise<unknown>>} Changing */

/**
 * @param {unknown} of
 * @param {string} name
 * @param {(args: unknown[]) => boolean} [changing]
 */
function wrap(of, name, changing = () => true) {
  const owner = /** @type {Changing} */ (of);
  const own = owner[name];
  if (own === undefined) throw new TypeError(`there is no ${name}`);
  owner[name] = async (...args) => {
    if (changing(args)) wound(name);
    const result = await own.apply(owner, args);
    if (name === 'open' && changing(args)) for (const method of ['writeFile', 'sync']) wrap(result, method);
    return result;
  };
}

for (const name of [
  'writeFile',
  'appendFile',
  'rename',
  'link',
  'symlink',
  'unlink',
  'rm',
  'rmdir',
  'mkdir',
  'copyFile',
  'cp',
  'chmod',
])
  wrap(fs.promises, name);
wrap(fs.promises, 'open', ([, flags]) => typeof flags === 'string' && /[wax+]/.test(flags));
if (report !== undefined) process.on('exit', () => fs.writeFileSync(report, String(changes)));
