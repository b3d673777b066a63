// A Docker engine for the tests: the one that is reachable, left as it was, or a private one that ends with whoever asked for it.
// `node scripts/dockerEngine.mjs COMMAND ARG…` runs a command with an engine, for work on the Docker tests.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LABEL } from './dockerLabel.mjs';
import { which } from './programs.mjs';

const exec = promisify(execFile);
const self = fileURLToPath(import.meta.url);

const START_LIMIT_MS = 60_000;
const SBIN = ['/usr/sbin', '/sbin'];

/** Set by whoever started an engine for several suites and ends it: none of them does. */
export const KEPT = 'KONG_PLUGIN_TEST_ENGINE_KEPT';

/** The tests call `docker` many thousand times, for a moment each: on one thread, and with less collecting, a call takes a quarter less of the processor. */
const SHORT_CALLS = { GOMAXPROCS: '1', GOGC: '400' };
/** The engine begins itself anew for every file that is copied, which takes a fifth less of the processor with less collecting. */
const SHORT_CHILDREN = { GOGC: '400' };

/** @param {string} program */
function locate(program) {
  return which(program) ?? SBIN.map((dir) => path.join(dir, program)).find((file) => existsSync(file));
}

/** @param {NodeJS.ProcessEnv} env */
async function answers(env) {
  return exec('docker', ['version', '--format', '{{.Server.Version}}'], {
    env: { ...process.env, ...env },
    timeout: 10_000,
  }).then(
    () => true,
    () => false,
  );
}

/** Whether an engine is there already: one for all, so only one suite at a time may use it. */
export const hasEngine = async () => which('docker') !== undefined && answers({});

/** Removes what carries our label from an engine that is not ours. */
async function removeOurs() {
  /** @param {string[]} list @param {string[]} remove */
  const clear = async (list, remove) => {
    const { stdout } = await exec('docker', [...list, '--filter', `label=${LABEL}`, '--quiet']);
    const ids = [...new Set(stdout.split('\n').filter(Boolean))];
    if (ids.length > 0)
      await exec('docker', [...remove, ...ids]).catch((/** @type {unknown} */ error) => console.error(String(error)));
  };
  await clear(['container', 'ls', '--all'], ['container', 'rm', '--force', '--volumes']);
  await clear(['volume', 'ls'], ['volume', 'rm']);
  await clear(['network', 'ls'], ['network', 'rm']);
  await clear(['image', 'ls', '--all'], ['image', 'rm', '--force']);
}

/**
 * Makes a Docker engine available.
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> } | { missing: string[] }>} the variables with which `docker` finds
 *   it and how to give it back; or the Debian packages (or rights) that it takes
 */
export async function ensureEngine() {
  if (await hasEngine()) {
    const kept = process.env[KEPT] !== undefined;
    return { env: SHORT_CALLS, stop: kept ? () => Promise.resolve() : removeOurs };
  }
  if (process.getuid?.() !== 0) return { missing: ['a running Docker engine (only root can start a private one)'] };
  const packages = { docker: 'docker.io', dockerd: 'docker.io', ip: 'iproute2' };
  const missing = Object.entries(packages).flatMap(([program, name]) => (locate(program) === undefined ? [name] : []));
  if (missing.length > 0) return { missing: [...new Set(missing)] };

  // The engine lives under a supervisor whose input is our pipe: however we end, the pipe closes and the engine goes.
  const supervisor = spawn(process.execPath, [self, '--supervise'], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const first = await Promise.race([
    once(supervisor.stdout, 'data').then(([chunk]) => String(chunk)),
    once(supervisor, 'exit').then(() => ''),
  ]);
  if (!first.startsWith('unix:')) throw new Error(`The private Docker engine did not start:\n${first}`);
  supervisor.unref();
  /** @type {import('node:net').Socket} */ (supervisor.stdin).unref();
  /** @type {import('node:net').Socket} */ (supervisor.stdout).unref();
  return {
    env: { DOCKER_HOST: first.trim(), ...SHORT_CALLS },
    stop: async () => {
      supervisor.ref();
      const ended = once(supervisor, 'exit');
      supervisor.stdin.end();
      await ended;
    },
  };
}

/** Runs a private engine until our input closes. It has its own data folder, socket and bridge, and leaves the machine's firewall alone. */
async function supervise() {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-engine-'));
  const host = `unix://${dir}/docker.sock`;
  const ip = locate('ip') ?? 'ip';
  const { bridge, subnet } = await freeBridge(ip);
  await exec(ip, ['address', 'add', `10.213.${subnet}.1/24`, 'dev', bridge]);
  await exec(ip, ['link', 'set', bridge, 'up']);
  const engine = spawn(
    locate('dockerd') ?? 'dockerd',
    [
      ['--host', host],
      ['--data-root', `${dir}/data`],
      ['--exec-root', `${dir}/exec`],
      ['--pidfile', `${dir}/pid`],
      ['--bridge', bridge],
      ['--default-address-pool', `base=10.214.${subnet}.0/24,size=28`],
      ['--iptables=false', '--ip-masq=false'],
    ].flat(),
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...SHORT_CHILDREN, PATH: `${process.env['PATH'] ?? ''}:${SBIN.join(':')}` },
    },
  );
  let said = '';
  engine.stderr.on('data', (/** @type {Buffer} */ chunk) => (said = (said + chunk.toString()).slice(-4000)));
  const ended = once(engine, 'exit');
  const closed = new Promise((resolve) => process.stdin.once('close', resolve).resume());
  const limit = Date.now() + START_LIMIT_MS;
  while (engine.exitCode === null && Date.now() < limit && !(await answers({ DOCKER_HOST: host })))
    await new Promise((resolve) => setTimeout(resolve, 100));
  process.stdout.write(engine.exitCode === null ? `${host}\n` : said);
  await Promise.race([closed, ended]);
  const { stdout } = await exec('docker', ['ps', '--quiet'], { env: { ...process.env, DOCKER_HOST: host } }).catch(() => ({
    stdout: '',
  }));
  const containers = stdout.split('\n').filter(Boolean);
  if (containers.length > 0)
    await exec('docker', ['kill', ...containers], { env: { ...process.env, DOCKER_HOST: host } }).catch(() => undefined);
  engine.kill('SIGTERM');
  await ended;
  await exec(ip, ['link', 'delete', bridge]).catch(() => undefined);
  await unmount(dir);
  await rm(dir, { recursive: true, force: true });
}

/**
 * Makes a bridge that no other engine has. Engines in process namespaces of their own see the same network, and may have our process id.
 * @param {string} ip the program
 */
async function freeBridge(ip) {
  for (let subnet = 1; subnet < 255; subnet++) {
    const bridge = `kpw${subnet}`;
    const made = await exec(ip, ['link', 'add', 'name', bridge, 'type', 'bridge']).then(
      () => true,
      (/** @type {unknown} */ error) => {
        if (String(error).includes('File exists')) return false;
        throw error;
      },
    );
    if (made) return { bridge, subnet };
  }
  throw new Error('254 Docker engines of tests are running already');
}

/** Mounts that the engine left behind would make its folder impossible to remove. @param {string} dir */
async function unmount(dir) {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((place) => place.startsWith(`${dir}/`)).reverse())
    await exec('umount', ['--lazy', mount]).catch(() => undefined);
}

/** @param {string[]} args */
async function main([first, ...rest]) {
  if (first === '--supervise') return supervise();
  if (first === undefined) {
    console.error('Usage: node scripts/dockerEngine.mjs COMMAND ARG…');
    process.exitCode = 2;
    return;
  }
  const engine = await ensureEngine();
  if ('missing' in engine) throw new Error(`no Docker engine: ${engine.missing.join(', ')}`);
  const child = spawn(first, rest, { stdio: 'inherit', env: { ...process.env, ...engine.env } });
  const [code] = /** @type {[number | null]} */ (await once(child, 'exit'));
  await engine.stop();
  process.exitCode = code ?? 1;
}

if (process.argv[1] === self) void main(process.argv.slice(2));
