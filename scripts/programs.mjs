// Starts programs for the scripts: an argument vector, never a shell; a failure says which command failed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The npm that runs us, as a program and its first arguments: works where `npm` is a .cmd file too. */
const npmScript = process.env['npm_execpath'] ?? findNpm();

/** @returns {string} npm's own script beside this Node */
function findNpm() {
  const places = ['../lib/node_modules', '../../lib/node_modules', 'node_modules', '../share/nodejs'];
  const found = places
    .map((place) => path.resolve(path.dirname(process.execPath), place, 'npm/bin/npm-cli.js'))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error('npm was not found beside Node; run this through npm.');
  return found;
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, signal?: AbortSignal }} [options] quiet: its output is shown only when it fails
 * @returns {Promise<void>} rejects with the command and its exit code when that is not 0
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', options.quiet ? 'pipe' : 'inherit', options.quiet ? 'pipe' : 'inherit'],
      signal: options.signal,
    });
    /** @type {Buffer[]} */
    const output = [];
    /** @param {Buffer} chunk */
    const keep = (chunk) => output.push(chunk);
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${Buffer.concat(output).toString()}\n${[command, ...args].join(' ')} ended with ${code ?? signal}`));
    });
  });
}

/**
 * Runs npm.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, options) {
  return run(process.execPath, [npmScript, ...args], options);
}

/**
 * @param {string} name
 * @returns {string | undefined} the absolute path of a program on PATH
 */
export function which(name) {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((dir) => extensions.map((extension) => path.join(dir, name + extension)))
    .find((file) => existsSync(file));
}
