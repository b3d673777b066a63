// The VS Code server in the browser: installs it once from npm into the cache, installs a .vsix into it, starts it on a port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { cacheDir } from './cache.mjs';
import { npm, run } from './programs.mjs';

/** code-server 4.139.1 carries VS Code 1.139.1 and wants Node 24. */
const CODE_SERVER = '4.139.1';
const NODE = '24';

/**
 * @typedef {{ node: string, main: string, cwd: string }} Installation the Node that runs it, its server-main.js and its folder
 */

/**
 * Installs the server into the cache unless it is there.
 * @param {(message: string) => void} say told before anything slow
 * @returns {Promise<Installation>}
 */
export async function installServer(say) {
  const home = path.join(cacheDir(), `code-server-${CODE_SERVER}`);
  const code = path.join(home, 'node_modules/code-server/lib/vscode');
  const ownNode = Number(process.versions.node.split('.')[0]) >= Number(NODE);
  const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const node = ownNode
    ? process.execPath
    : path.join(home, 'node_modules', nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const complete = path.join(home, 'complete');
  if (!(await exists(complete))) {
    say(`Installing the VS Code server (code-server ${CODE_SERVER}) from npm, once: about a minute …`);
    const work = `${home}.${process.pid}`;
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    await writeFile(path.join(work, 'package.json'), '{ "private": true }\n');
    await npm(['install', ...flags, `code-server@${CODE_SERVER}`, ...(ownNode ? [] : [`${nodePackage}@${NODE}`])], {
      cwd: work,
      quiet: true,
    });
    const inner = path.join(work, 'node_modules/code-server/lib/vscode');
    for (const cwd of [inner, path.join(inner, 'extensions')]) {
      await npm(['install', '--omit=dev', ...flags], { cwd, quiet: true });
    }
    await writeFile(path.join(work, 'complete'), '');
    await rm(home, { recursive: true, force: true });
    await rename(work, home);
  }
  return { node, main: path.join(code, 'out/server-main.js'), cwd: code };
}

/** @param {string} file */
async function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  );
}

/**
 * Installs an extension into a server's data folder.
 * @param {Installation} installation
 * @param {string} vsix
 * @param {string} dataDir
 */
export async function installExtension(installation, vsix, dataDir) {
  await run(
    installation.node,
    [installation.main, '--install-extension', vsix, '--force', '--server-data-dir', dataDir, '--accept-server-license-terms'],
    { cwd: installation.cwd, quiet: true },
  );
}

/** Settings of a window that shows our extension and little else. */
const QUIET_SETTINGS = {
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'readme',
};

/**
 * Writes the server's settings unless there are some.
 * @param {string} dataDir
 */
async function writeSettings(dataDir) {
  const file = path.join(dataDir, 'data/Machine/settings.json');
  if (await exists(file)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(QUIET_SETTINGS, null, 2)}\n`);
}

/** @returns {Promise<number>} a port nobody listens on */
export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/**
 * Starts the server and waits until it answers.
 * @param {Installation} installation
 * @param {{ dataDir: string, port?: number, flags?: readonly string[], env?: NodeJS.ProcessEnv, log?: (text: string) => void }} options
 * @returns {Promise<{ origin: string, stop: () => Promise<void>, ended: Promise<void> }>}
 */
export async function startServer(installation, options) {
  const port = options.port ?? (await freePort());
  await writeSettings(options.dataDir);
  const child = spawn(
    installation.node,
    [
      installation.main,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--without-connection-token',
      '--accept-server-license-terms',
      '--server-data-dir',
      options.dataDir,
      '--telemetry-level',
      'off',
      ...(options.flags ?? []),
    ],
    { cwd: installation.cwd, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'close').then(() => undefined);
  const origin = `http://localhost:${port}`;
  await new Promise((resolve, reject) => {
    let said = '';
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      options.log?.(chunk.toString());
      said += chunk.toString();
      if (said.includes('Extension host agent listening')) resolve(undefined);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`The VS Code server ended with ${code}:\n${said}`)));
  });
  return {
    origin,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(hard);
    },
  };
}
