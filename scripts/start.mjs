// `npm start`: from a fresh clone to a VS Code with the extension and the example workspace open. Ctrl-C stops it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir } from './cache.mjs';
import { npm, run, which } from './programs.mjs';
import { installExtension, installServer, startServer } from './vscodeServer.mjs';

const root = path.resolve(import.meta.dirname, '..');
const vsix = path.join(root, 'out/kong-plugin-workbench.vsix');
const example = path.join(root, 'out/example');

/** @param {string} message */
const say = (message) => console.log(`• ${message}`);

/** @param {string} file @returns {Promise<number>} modification time, 0 when there is no such file */
async function timeOf(file) {
  return stat(file).then(
    (info) => info.mtimeMs,
    () => 0,
  );
}

/** @param {string} dir @returns {Promise<number>} the newest modification time below a folder */
async function newestIn(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const times = await Promise.all(entries.map((entry) => timeOf(path.join(entry.parentPath, entry.name))));
  return Math.max(0, ...times);
}

async function ensureDependencies() {
  if ((await timeOf(path.join(root, 'node_modules/.package-lock.json'))) >= (await timeOf(path.join(root, 'package-lock.json'))))
    return;
  say('Installing dependencies (npm ci) …');
  // npm's own output shows that it moves
  await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
}

async function ensurePackage() {
  const sources = await Promise.all(['src', 'media', 'syntaxes', 'scripts'].map((dir) => newestIn(path.join(root, dir))));
  const newest = Math.max(...sources, await timeOf(path.join(root, 'package.json')));
  if ((await timeOf(vsix)) > newest) return;
  say('Building and packaging the extension …');
  await run(process.execPath, [path.join(root, 'scripts/package.mjs')], { cwd: root, quiet: true });
}

async function ensureExample() {
  const there = await access(example).then(
    () => true,
    () => false,
  );
  if (there) return;
  await mkdir(path.dirname(example), { recursive: true });
  await cp(path.join(root, 'test/fixtures/example'), example, { recursive: true });
}

/**
 * The person's own VS Code, with a profile of ours, so that theirs stays as it is.
 * @param {string} code
 * @param {AbortSignal} signal
 */
async function openDesktop(code, signal) {
  const profile = path.join(cacheDir(), 'desktop');
  const places = ['--user-data-dir', path.join(profile, 'data'), '--extensions-dir', path.join(profile, 'extensions')];
  const shell = process.platform === 'win32' && code.endsWith('.cmd');
  if (shell) throw new Error('On Windows start it from a shell where `code` is an executable, or press F5 in VS Code.');
  await run(code, [...places, '--install-extension', vsix, '--force'], { quiet: true, signal });
  say(`Opening VS Code with the example workspace (${path.relative(process.cwd(), example) || '.'}). Ctrl-C ends this script.`);
  const child = spawn(code, [...places, '--new-window', '--wait', example], { stdio: 'inherit', signal });
  child.on('error', (error) => {
    if (!signal.aborted) throw error;
  });
  await once(child, 'close').catch(() => undefined);
}

/** @param {AbortSignal} signal */
async function openBrowser(signal) {
  const installation = await installServer(say);
  const dataDir = path.join(cacheDir(), 'server-data');
  say('Installing the extension into the VS Code server …');
  await installExtension(installation, vsix, dataDir);
  const server = await startServer(installation, { dataDir, flags: ['--disable-workspace-trust'] });
  say('VS Code is ready. Ctrl-C stops it. Open:');
  console.log(`\n  ${server.origin}/?folder=${encodeURI(example)}\n`);
  signal.addEventListener('abort', () => void server.stop(), { once: true });
  if (signal.aborted) await server.stop();
  await server.ended;
}

const stop = new AbortController();
for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(name, () => stop.abort());

try {
  await ensureDependencies();
  await ensurePackage();
  await ensureExample();
  const code = which('code');
  await (code === undefined ? openBrowser(stop.signal) : openDesktop(code, stop.signal));
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
if (stop.signal.aborted) say('Stopped.');
