// `npm run test:bare`: the gate, and README's commands, on a machine that never saw the project: a fresh Debian with Node and a clone of HEAD in it
// and nothing else. Arguments name suites, as those of `npm test` do; `readme` is README's commands. The last line is the totals.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, copyFile, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from './cache.mjs';
import { debianMirror, ensurePrograms } from './debian.mjs';
import { npm, run } from './programs.mjs';
import { SUITES } from './suites.mjs';

const exec = promisify(execFile);
const project = path.resolve(import.meta.dirname, '..');

const SUITE = 'bookworm';
/**
 * The oldest Node that README promises, with the npm that came with it. Both are npm packages: whatever Node this machine runs, from wherever
 * it came, stays out of the test.
 */
const NODE = '20.19.0';
const NPM = '10.8.2';
/** Where the clone lies in the new root. */
const CLONE = '/root/kong-plugin-workbench';
/** How long what ends may take before it is killed. */
const END_LIMIT_MS = 60_000;

/** Aborted by Ctrl-C. */
const stop = new AbortController();

/** What of this machine's surroundings says how the registries are reached. */
const CARRIED = /^(?:(?:https?|ftp|all|no)_proxy|npm_config_(?:registry|proxy|https_proxy|noproxy|strict_ssl))$/i;
/** Files of certificates that variables name; in the new root they are one file. */
const CERTIFICATES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'npm_config_cafile'];
const CERTIFICATE_FILE = '/etc/host-certificates.pem';

/**
 * Enters the new root, in a mount and a process namespace of its own: what is mounted there nobody else sees, and it is gone with the last
 * process. The old root is let go, so that nothing in there reaches what is outside. Arguments: the root, then a command.
 */
const ENTER = `set -e
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
pivot_root . mnt
cd /
umount --lazy /mnt
shift
exec "$@"`;

/**
 * The first process in there. After the command it waits for what that left to end by itself: a private Docker engine takes its network bridge
 * along, which is of no namespace.
 */
const INIT = `trap : TERM
"$@"
code=$?
tries=0
while [ $tries -lt 300 ]; do
  others=0
  for entry in /proc/[0-9]*; do
    line=
    [ "$entry" = /proc/1 ] || read -r line 2>/dev/null < "$entry/cmdline"
    [ -z "$line" ] || others=1
  done
  [ $others = 1 ] || break
  sleep 0.1
  tries=$((tries + 1))
done
exit $code`;

/** @param {string} file */
const exists = (file) =>
  access(file).then(
    () => true,
    () => false,
  );

/** @param {string} message */
const say = (message) => console.log(`• ${message}`);

/**
 * A folder with nothing but a Debian and a Node in it, as an archive in the cache.
 * @param {string} work
 * @returns {Promise<string>}
 */
async function baseArchive(work) {
  const archive = path.join(cacheDir(), `bare-${SUITE}-node-${NODE}-${process.arch}.tar`);
  if (await exists(archive)) return archive;
  say(`Making a ${SUITE} with Node ${NODE}, once: about a minute …`);
  const root = path.join(work, 'base');
  const mirror = await debianMirror(SUITE);
  const args = ['--variant=minbase', SUITE, root, ...(mirror === undefined ? [] : [mirror])];
  // It mounts things in the folder while it works.
  await run('unshare', ['--mount', '--fork', '--kill-child', 'debootstrap', ...args], {
    quiet: true,
    signal: stop.signal,
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  const packages = path.join(work, 'packages');
  await mkdir(packages);
  await writeFile(path.join(packages, 'package.json'), '{ "private": true }\n');
  const node = `node-linux-${process.arch}`;
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `${node}@${NODE}`, `npm@${NPM}`], {
    cwd: packages,
    quiet: true,
    signal: stop.signal,
  });
  // As Node's own archive lays it out, so that npm installs programs to /usr/local/bin.
  const local = path.join(root, 'usr/local');
  await mkdir(path.join(local, 'lib/node_modules'), { recursive: true });
  await copyFile(path.join(packages, 'node_modules', node, 'bin/node'), path.join(local, 'bin/node'));
  await chmod(path.join(local, 'bin/node'), 0o755);
  await rename(path.join(packages, 'node_modules/npm'), path.join(local, 'lib/node_modules/npm'));
  for (const name of ['npm', 'npx']) await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, path.join(local, 'bin', name));
  await mkdir(path.dirname(archive), { recursive: true });
  const unfinished = `${archive}.${process.pid}`;
  await run('tar', ['-C', root, '-cf', unfinished, '.'], { signal: stop.signal });
  await rename(unfinished, archive);
  await remove(root);
  return archive;
}

/** Nothing is mounted in there, as far as we see; and if something were, it would stay. @param {string} dir */
const remove = (dir) => run('rm', ['-rf', '--one-file-system', dir]);

/**
 * Tells the new root how this machine reaches the registries: names, proxies, certificates, npm's and apt's settings.
 * @param {string} root
 * @returns {Promise<NodeJS.ProcessEnv>} the variables of what runs in there
 */
async function carrySurroundings(root) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    CI: 'true',
  };
  for (const [name, value] of Object.entries(process.env)) if (CARRIED.test(name)) env[name] = value;
  /** @param {string} from @param {string} to */
  const carry = async (from, to) => {
    if (await exists(from)) await copyFile(from, path.join(root, to));
  };
  for (const file of ['/etc/resolv.conf', '/etc/hosts', '/etc/hostname']) await carry(file, file);
  for (const name of CERTIFICATES) {
    const file = process.env[name];
    if (file === undefined || !(await exists(file))) continue;
    await carry(file, CERTIFICATE_FILE);
    env[name] = CERTIFICATE_FILE;
  }
  const configs = await exec('npm', ['config', 'get', 'userconfig', 'globalconfig']);
  for (const [name, file] of configs.stdout.split('\n').map((line) => line.split('='))) {
    const place = { userconfig: '/root/.npmrc', globalconfig: '/usr/local/etc/npmrc' }[name ?? ''];
    if (place === undefined || file === undefined) continue;
    await mkdir(path.dirname(path.join(root, place)), { recursive: true });
    await carry(file, place);
  }
  const apt = await exec('apt-config', ['dump', 'Acquire']);
  await writeFile(path.join(root, 'etc/apt/apt.conf.d/00host'), apt.stdout);
  await carry('/etc/apt/auth.conf', '/etc/apt/auth.conf');
  return env;
}

/**
 * Runs a command in the new root.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} command
 * @returns {Promise<number>} its exit code
 */
async function runInside(root, env, command) {
  const args = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', ENTER, 'enter', root];
  const child = spawn('unshare', [...args, 'sh', '-c', INIT, 'init', ...command], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    // a group of its own: what stops us must not stop the clearing up
    detached: true,
  });
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS).unref();
  };
  if (stop.signal.aborted) end();
  else stop.signal.addEventListener('abort', end);
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  return code ?? 1;
}

/** Folders of runs that were killed before they could clear up. */
async function removeStale() {
  const names = await readdir(cacheDir()).catch(() => []);
  for (const name of names) {
    const pid = /^bare-run-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !(await exists(`/proc/${pid}`))) await remove(path.join(cacheDir(), name));
  }
}

if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  console.error('This takes root on Linux: it makes a Debian and enters it.');
  process.exit(3);
}
const missing = await ensurePrograms(['debootstrap', 'git', 'unshare']);
if (missing.length > 0) {
  console.error(`Not found on this machine: ${missing.join(', ')}.`);
  process.exit(3);
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => stop.abort());

await removeStale();
const work = path.join(cacheDir(), `bare-run-${process.pid}`);
await mkdir(work, { recursive: true });
try {
  const root = path.join(work, 'root');
  const archive = await baseArchive(work);
  await mkdir(root);
  await run('tar', ['-C', root, '-xf', archive], { signal: stop.signal });
  const env = await carrySurroundings(root);
  const { stdout: changed } = await exec('git', ['status', '--porcelain'], { cwd: project });
  if (changed !== '') say('What is not committed is not in the clone.');
  await run('git', ['clone', '--quiet', '--depth', '1', `file://${project}`, path.join(root, CLONE)]);
  const suites = process.argv.slice(2);
  say(`In a root of its own: a ${SUITE}, Node ${NODE}, a clone of HEAD. What README says runs there now.`);
  const asked = suites.length === 0 ? SUITES.filter((suite) => !suite.isPart).map((suite) => suite.name) : suites;
  process.exitCode = await runInside(root, env, ['bash', `${CLONE}/.ci/run`, ...asked]);
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  await remove(work);
}
