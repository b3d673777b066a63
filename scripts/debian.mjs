// What the suites need from the system: named when missing; installed when we are root on Debian.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { run, which } from './programs.mjs';

/** Program, or module of Lua, to the Debian packages that bring it. */
const PACKAGES = {
  chromium: 'chromium',
  luarocks: 'luarocks',
  'lua5.1': 'lua5.1',
  luajit: 'luajit',
  'lua-filesystem': 'lua-filesystem',
  zip: 'zip',
  unzip: 'unzip',
  git: 'git',
  gcc: 'gcc libc6-dev',
  unshare: 'util-linux',
  dockerd: 'docker.io',
  ip: 'iproute2',
  debootstrap: 'debootstrap',
  'docker-compose': 'docker-compose',
};

/** @typedef {keyof typeof PACKAGES} Program */

/** Debian keeps some of them where only root's PATH looks. */
const SBIN = ['/usr/sbin', '/sbin'];

/** Whether a Lua of this machine, which LuaRocks is run with, has the module lfs. */
function hasLfs() {
  return ['lua5.1', 'luajit', 'lua'].some((lua) => spawnSync(lua, ['-e', 'require "lfs"'], { stdio: 'ignore' }).status === 0);
}

/** @param {string} program */
function present(program) {
  if (program === 'lua-filesystem') return hasLfs();
  return which(program) !== undefined || SBIN.some((dir) => existsSync(`${dir}/${program}`));
}

/**
 * Makes programs available where that is possible.
 * @param {readonly Program[]} programs
 * @returns {Promise<string[]>} what is still missing
 */
export async function ensurePrograms(programs) {
  const missing = programs.filter((program) => !present(program));
  if (missing.length > 0 && process.getuid?.() === 0 && which('apt-get') !== undefined) {
    const packages = missing.flatMap((program) => PACKAGES[program].split(' '));
    console.log(`Installing Debian packages: ${packages.join(' ')} …`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    try {
      await run('apt-get', ['update'], { quiet: true, env });
      await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { quiet: true, env });
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
    }
  }
  return programs.filter((program) => !present(program));
}

/**
 * Where this machine gets a Debian from.
 * @param {string} suite for example `bookworm`
 * @returns {Promise<string | undefined>} undefined when its own packages come from elsewhere: debootstrap has a default
 */
export async function debianMirror(suite) {
  if (which('apt-get') === undefined) return undefined;
  const { stdout } = await promisify(execFile)('apt-get', ['indextargets', '--format', '$(CODENAME) $(COMPONENT) $(REPO_URI)']);
  const rows = stdout.split('\n').map((line) => line.split(' '));
  return rows.find(([codename, component]) => codename === suite && component === 'main')?.[2];
}
