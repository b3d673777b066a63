// Test equipment: containers of the test node image, with what the tests do to them.
import { randomBytes } from 'node:crypto';
import { runProcess } from '../../src/system/process';
import { startDatabase } from './database';
import { docker, LABEL } from './docker';
import { ENTRYPOINT, KONG_USER } from './underTest';
import { until } from './until';

export { until };

/** The image that whoever started us has built already, for suites that run where nothing can be built. */
const IMAGE_VARIABLE = 'KONG_PLUGIN_TEST_NODE_IMAGE';

/** How a test wants its node. */
export interface TestNodeOptions {
  /** One that the test node can be; another image is what it is. */
  kong?: string;
  /** DB-less with the Admin API on all addresses unless told otherwise. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Further arguments of `docker run`, before the image. */
  args?: readonly string[];
  command?: readonly string[];
  /** Gives it a database of its own, which `bootstrapped` makes ready before Kong starts. */
  database?: 'empty' | 'bootstrapped';
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

/** Migrates on its way to a start; a database that is migrated stays as it is. */
const DATABASE_START = ['sh', '-c', `kong migrations bootstrap && exec ${ENTRYPOINT} kong docker-start`];

const DEFAULT_ENV = { KONG_DATABASE: 'off', KONG_ADMIN_LISTEN: '0.0.0.0:8001', KONG_NGINX_MAIN_WORKER_PROCESSES: '1' };

/** Starts a node and returns at once; `ready` waits for its Admin API. */
export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const image = process.env[IMAGE_VARIABLE] ?? (await (await import('./image')).testNodeImage(options.kong ?? '3.9.1'));
  const name = options.name ?? `kpw-${randomBytes(5).toString('hex')}`;
  const database = options.database === undefined ? undefined : await startDatabase(name);
  const variables: Readonly<Record<string, string | undefined>> = { ...DEFAULT_ENV, ...database?.env, ...options.env };
  const command = options.command ?? (options.database === 'bootstrapped' ? DATABASE_START : []);
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
    ...(database?.args ?? []),
    ...(options.args ?? []),
    image,
    ...command,
  );
  if (options.zip === true)
    await docker('exec', '--user', 'root', name, 'ln', '-s', '/opt/test-node/unzip', '/opt/test-node/zip', '/usr/bin/');
  const address = async (port: number): Promise<string> =>
    `http://${((await docker('port', name, `${port}/tcp`)).split('\n')[0] ?? '').trim()}`;
  return {
    name,
    id: `docker:${name}`,
    sh: (script, user = KONG_USER) => docker('exec', '--user', user, name, 'sh', '-c', script),
    admin: () => address(8001),
    proxy: () => address(8000),
    logs: async () => {
      const result = await runProcess({ command: 'docker', args: ['logs', name] });
      return result.stdout.toString() + result.stderr.toString();
    },
    remove: async () => {
      await docker('rm', '--force', '--volumes', name);
      await database?.remove();
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
