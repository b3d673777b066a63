// Test equipment: builds the image of the test node, a container that behaves like Kong as far as the tests look. Never shipped.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cacheDir } from '../../scripts/cache.mjs';
import { ensureEngine } from '../../scripts/dockerEngine.mjs';
import { runProcess } from '../../src/system/process';
import { command, docker, LABEL } from './docker';
import facts from './kongFacts.json';
import { otherImage } from './underTest';

export { docker, LABEL };

/** The Kongs that the test node can be. */
export type KongVersion = keyof typeof facts;

const source = path.join(import.meta.dirname, 'image');
const REPOSITORY = 'kong-plugin-workbench/test-node';
const SUITE = 'bookworm';
const PACKAGES = [
  ...[
    'ca-certificates',
    'nginx-light',
    'libnginx-mod-http-lua',
    'luajit2',
    'lua-resty-core',
    'lua-resty-lrucache',
    'lua-cjson',
    'lua-yaml',
  ],
  ...['lua-penlight', 'lua5.1', 'liblua5.1-0-dev', 'luarocks', 'unzip', 'zip', 'procps'],
];
/** Not needed in a container, and most of its size. */
const USELESS = ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info'];

let engine: Promise<void> | undefined;

/** Sees to it that `docker` reaches an engine: the runner's, a reachable one, or a private one that ends with this process. */
export function useEngine(): Promise<void> {
  engine ??= (async () => {
    const found = await ensureEngine();
    if ('missing' in found) throw new Error(`no Docker engine: ${found.missing.join(', ')}`);
    Object.assign(process.env, found.env);
  })();
  return engine;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

const digest = (...parts: (string | Buffer)[]): string =>
  parts
    .reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256'))
    .digest('hex')
    .slice(0, 12);

/** A Debian with nginx, its Lua module and LuaRocks: from the cache, or made anew where we are root, or built on Debian's own image. */
async function baseImage(): Promise<string> {
  const key = digest(SUITE, ...PACKAGES);
  const name = `${REPOSITORY}:base-${key}`;
  if ((await docker('image', 'ls', '--quiet', name)) !== '') return name;
  if (process.getuid?.() !== 0) {
    const text = `FROM debian:${SUITE}-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ${PACKAGES.join(' ')}\n`;
    const result = await runProcess({ command: 'docker', args: ['build', '--label', LABEL, '--tag', name, '-'], input: text });
    if (result.code !== 0) throw new Error(`The base of the test node cannot be built: ${result.stderr.toString()}`);
    return name;
  }
  const archive = path.join(cacheDir(), `test-node-${key}.tar`);
  if (!(await exists(archive))) await makeBase(archive);
  const child = spawn('docker', ['import', '--change', `LABEL ${LABEL}=base`, '-', name], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const [[code]] = await Promise.all([
    once(child, 'exit') as Promise<[number]>,
    pipeline(createReadStream(archive), child.stdin),
  ]);
  if (code !== 0) throw new Error('docker import of the base of the test node failed');
  return name;
}

async function makeBase(archive: string): Promise<void> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-base-'));
  try {
    const root = path.join(dir, 'root');
    await command('debootstrap', ['--variant=minbase', `--include=${PACKAGES.join(',')}`, SUITE, root]);
    await Promise.all(USELESS.map((folder) => rm(path.join(root, folder), { recursive: true, force: true })));
    await mkdir(path.dirname(archive), { recursive: true });
    const unfinished = `${archive}.${process.pid}`;
    await command('tar', ['-C', root, '-cf', unfinished, '.']);
    await rename(unfinished, archive);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A table of plain values as a Lua module. */
function luaTable(values: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(values).map(([name, value]) => `  [${JSON.stringify(name)}] = ${JSON.stringify(value)},\n`);
  return `return {\n${lines.join('')}}\n`;
}

/** What the image is made of, so that a changed file makes another image. */
async function sourceDigest(): Promise<string> {
  const files = (await readdir(source, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return digest(JSON.stringify(facts), SUITE, ...PACKAGES, ...files.map((file) => path.relative(source, file)), ...contents);
}

async function build(kong: KongVersion): Promise<string> {
  await useEngine();
  const name = `${REPOSITORY}:${kong}-${await sourceDigest()}`;
  if ((await docker('image', 'ls', '--quiet', name)) !== '') return name;
  const base = await baseImage();
  const context = await mkdtemp(path.join(os.tmpdir(), 'kpw-image-'));
  try {
    await cp(source, context, { recursive: true });
    const data = path.join(context, 'data', kong);
    await mkdir(data, { recursive: true });
    await writeFile(path.join(data, 'defaults.lua'), luaTable(facts[kong].settings));
    await writeFile(path.join(data, 'bundled.lua'), luaTable(facts[kong].bundled));
    const args = ['--build-arg', `BASE=${base}`, '--build-arg', `KONG_VERSION=${kong}`, '--label', LABEL];
    await docker('build', '--quiet', ...args, '--tag', name, context);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  return name;
}

const isTestNode = (kong: string): kong is KongVersion => kong in facts;

const images = new Map<KongVersion, Promise<string>>();

/** The name of the image under test: the test node's, built when the engine does not have it, or the other one. */
export async function testNodeImage(kong: string): Promise<string> {
  if (otherImage !== undefined) return otherImage.image;
  if (!isTestNode(kong)) throw new Error(`The test node cannot be Kong ${kong}.`);
  const image = images.get(kong) ?? build(kong);
  images.set(kong, image);
  return image;
}
