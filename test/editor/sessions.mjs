// Which editor suites there are, and what each asks for: data for whoever runs them and for whoever plans their runs.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * @typedef {object} Session
 * @property {string} suite the file test/editor/suites/<suite>.test.ts
 * @property {string | null} workspace folder below test/fixtures that is copied and opened; null opens no folder
 * @property {string[] | null} roots folders of the workspace that are opened side by side, in place of the whole
 * @property {boolean} packaged install the .vsix and leave the source folder out
 * @property {boolean} trusted
 * @property {boolean} engine with a Docker engine and the test node's image
 */

/** what a suite asks for beyond the defaults: the example workspace, from source, trusted */
const SESSIONS = /** @type {Record<string, Partial<Session>>} */ (
  JSON.parse(await readFile(path.join(import.meta.dirname, 'sessions.json'), 'utf8'))
);

/** @param {string} suite @returns {Session} */
export function sessionOf(suite) {
  return { suite, workspace: 'example', roots: null, packaged: false, trusted: true, engine: false, ...SESSIONS[suite] };
}

/** @returns {Promise<string[]>} the names of the suites, sorted */
export async function suiteNames() {
  const files = await readdir(path.join(import.meta.dirname, 'suites'));
  return files.flatMap((file) => (file.endsWith('.test.ts') ? [file.replace('.test.ts', '')] : [])).sort();
}
