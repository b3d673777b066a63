// Test equipment: containers of the test node image, with what the tests do to them.
import { randomBytes } from 'node:crypto';
import { runProcess } from '../../src/system/process';
import { docker, LABEL } from './docker';
import type { KongVersion } from './image';

/** The image that whoever started us has built already, for suites that run where nothing can be built. */
const IMAGE_VARIABLE = 'KONG_PLUGIN_TEST_NODE_IMAGE';

/** How a test wants its node. */
export interface TestNodeOptions {
  kong?: KongVersion;
  /** DB-less with the Admin API on all addresses unless told otherwise. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Further arguments of `docker run`, before the image. */
  args?: readonly string[];
  command?: readonly string[];
  /** Publishes the Admin API and the proxy on free ports of this machine (the default). */
  publish?: boolean;
  /** Gives the node `unzip` and `zip`, which Kong's own image lacks. */
  zip?: boolean;
  name?: string;
}

/** A running (or ended) container. */
export interface TestNode {
  readonly name: string;
  /** `docker:NAME`, what `--node` takes. */
  readonly id: string;
  /** Runs a command line in its shell as Kong's user, or as another. */
  sh(script: string, user?: string): Promise<string>;
  /** The address of the Admin API from here. */
  admin(): Promise<string>;
  proxy(): Promise<string>;
  logs(): Promise<string>;
  remove(): Promise<void>;
}

const DEFAULT_ENV = { KONG_DATABASE: 'off', KONG_ADMIN_LISTEN: '0.0.0.0:8001', KONG_NGINX_MAIN_WORKER_PROCESSES: '1' };

/** Tests poll: the value of `look` as soon as it is not undefined. Throws after the limit, saying what was waited for. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, limit = 10_000): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`waited ${limit} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts a node and returns at once; `ready` waits for its Admin API. */
export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const image = process.env[IMAGE_VARIABLE] ?? (await (await import('./image')).testNodeImage(options.kong ?? '3.9.1'));
  const name = options.name ?? `kpw-${randomBytes(5).toString('hex')}`;
  const variables: Readonly<Record<string, string | undefined>> = { ...DEFAULT_ENV, ...options.env };
  const env = Object.entries(variables).flatMap(([key, value]) => (value === undefined ? [] : ['--env', `${key}=${value}`]));
  const ports = options.publish === false ? [] : ['--publish', '127.0.0.1::8001', '--publish', '127.0.0.1::8000'];
  await docker(
    'run',
    '--detach',
    '--name',
    name,
    '--label',
    LABEL,
    ...ports,
    ...env,
    ...(options.args ?? []),
    image,
    ...(options.command ?? []),
  );
  if (options.zip === true)
    await docker('exec', '--user', 'root', name, 'ln', '-s', '/opt/test-node/unzip', '/opt/test-node/zip', '/usr/bin/');
  const address = async (port: number): Promise<string> =>
    `http://${((await docker('port', name, `${port}/tcp`)).split('\n')[0] ?? '').trim()}`;
  return {
    name,
    id: `docker:${name}`,
    sh: (script, user = 'kong') => docker('exec', '--user', user, name, 'sh', '-c', script),
    admin: () => address(8001),
    proxy: () => address(8000),
    logs: async () => {
      const result = await runProcess({ command: 'docker', args: ['logs', name] });
      return result.stdout.toString() + result.stderr.toString();
    },
    remove: async () => {
      await docker('rm', '--force', '--volumes', name);
    },
  };
}

/** What the Admin API answers to GET, or undefined while it does not. A new connection each time. */
export async function getJson<T>(url: string): Promise<T | undefined> {
  try {
    const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(2000) });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch (error) {
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) return undefined;
    throw error;
  }
}

/** Waits until the node serves. */
export async function ready(node: TestNode): Promise<void> {
  const admin = await node.admin();
  await until('the Admin API', () => getJson(`${admin}/status`));
}

/** The names of the plugins that the node has loaded. */
export async function loadedPlugins(node: TestNode): Promise<string[]> {
  const answer = await getJson<{ enabled_plugins: string[] }>(`${await node.admin()}/plugins/enabled`);
  return answer?.enabled_plugins ?? [];
}
