// `docker:CONTAINER`: a Kong in a container, reached through the docker (or podman) program.
import type { AdminTransport } from '../kong/adminClient';
import { confValues, DEFAULT_CONF_PATHS, parseConf } from '../kong/conf';
import { effectiveSetting } from '../kong/settings';
import { UserError } from '../system/userError';
import { addressTransport } from './adminAddress';
import { containerListener } from './container/admin';
import { containerClient, type ContainerClient, type ContainerOptions } from './container/client';
import { checkContainerName, COMPOSE_SERVICE, findKongContainers, type Container } from './container/containers';
import { runInCopy } from './container/copy';
import { containerFiles } from './container/files';
import { containerLog, containerLogEnd, type LogPlace } from './container/log';
import { containerLook, type OpenContainer, type ContainerLook } from './container/look';
import { confOfCommand, DEFAULT_PREFIX, DEFAULT_TREE } from './container/probe';
import { containerPrograms, lacksProgram, noProgram, NoShell } from './container/programs';
import type { ContainerPool, PooledContainer } from './container/pool';
import type { RunScript } from './container/shell';
import type { Node, NodeFacts } from './node';

export interface DockerOptions extends ContainerOptions {
  /** Where the Admin API is, when that cannot be derived. */
  adminUrl?: string | undefined;
  /** What is kept of containers between two looks, by whoever looks again and again. */
  pool?: ContainerPool | undefined;
  /** The Kong version to assume where the container does not tell. */
  kong?: string | undefined;
}

const START_TIMEOUT_MS = 120_000;
/** The way to the Admin API is asked for right after the facts, which look anew. */
const VIEW_LOOK_MS = 1000;
/** What a log needs to know of its container hardly ever changes. */
const LOG_LOOK_MS = 3000;

/** Opens a container as a node. Throws UserError (usage) for what cannot be a container's name; everything else is said by its methods. */
export function dockerNode(name: string, options: DockerOptions, kind: 'docker' | 'compose' = 'docker'): Node {
  checkContainerName(name);
  const open = (): PooledContainer => openContainer(name, options);
  const { access, files, look } = options.pool?.container(name, open) ?? open();
  return { id: `docker:${name}`, kind, ...files, ...looking(access, look, options), ...containerDoing(access, look) };
}

function openContainer(name: string, options: DockerOptions): PooledContainer {
  const make = (): Promise<ContainerClient> => containerClient(options);
  let found: Promise<ContainerClient> | undefined;
  const client = (): Promise<ContainerClient> => options.pool?.client(make) ?? (found ??= make());
  const programs = containerPrograms(client, name, options.env);
  const files = containerFiles({ client, name, script: programs.script });
  const access: OpenContainer = { client, name, programs, read: files.read };
  return { access, files, look: containerLook(access) };
}

/** What a container tells: facts, log, Admin API. */
function looking(
  { client, programs, read }: OpenContainer,
  look: ContainerLook,
  options: DockerOptions,
): Pick<Node, 'facts' | 'log' | 'logEnd' | 'adminApi' | 'proxy' | 'listener'> {
  const { script } = programs;
  const listening = async (setting: 'admin_listen' | 'proxy_listen'): Promise<AdminTransport | undefined> => {
    const container = await look.inspect(undefined, VIEW_LOOK_MS);
    if (!container.running) return undefined;
    const prepared = await read(`${await look.prefixOf(container)}/.kong_env`).catch(() => undefined);
    const values = prepared === undefined ? {} : confValues(parseConf(prepared.toString('latin1')));
    const listen = values[setting] ?? effectiveSetting({ environment: container.env, file: undefined }, setting).value;
    return containerListener(await client(), container, listen, programs.ask);
  };
  const logPlace = async (age?: number): Promise<LogPlace> => {
    const container = await look.inspect(undefined, age);
    const inside = await look.prefixOf(container).then(
      (prefix) => ({ prefix, script }),
      (error: unknown): { prefix: string; script: RunScript } => {
        // What the container itself says needs no shell.
        if (error instanceof NoShell) return { prefix: DEFAULT_PREFIX, script: () => Promise.resolve(undefined) };
        throw error;
      },
    );
    return { client: await client(), container, errorLog: `${inside.prefix}/logs/error.log`, script: inside.script };
  };

  return {
    async facts(signal): Promise<NodeFacts> {
      const { container, known } = await look.both(signal);
      return {
        kong: known.version ?? container.env['KONG_VERSION'] ?? options.kong,
        running: known.running,
        prefix: known.prefix,
        confPath: confOfCommand(container) ?? known.confPath ?? DEFAULT_CONF_PATHS[0],
        tree: known.tree ?? DEFAULT_TREE,
        luarocks: known.luarocks,
        env: Object.fromEntries(Object.entries(container.env).filter(([variable]) => /^(?:KONG|LUA)_/.test(variable))),
        variable: variableOf(container),
        cwd: container.cwd,
        origin: { image: container.image, service: container.labels[COMPOSE_SERVICE] },
        user: container.user === '' ? 'root' : container.user.split(':', 1)[0],
        canBeRoot: true,
        life: `${container.id} ${container.startedAt ?? ''}`,
        ...(container.running ? {} : { ended: { how: container.state, at: container.endedAt } }),
        ...(container.paused ? { paused: unpause(container) } : {}),
      };
    },
    // What is read without a mark is parted at the last start, which may have been just now.
    log: async (since) => containerLog(await logPlace(since === undefined ? undefined : LOG_LOOK_MS), since),
    logEnd: async () => containerLogEnd(await logPlace(LOG_LOOK_MS)),
    adminApi: async () =>
      options.adminUrl === undefined ? listening('admin_listen') : addressTransport(options.adminUrl, options.env),
    proxy: () => listening('proxy_listen'),
    async listener(address) {
      const container = await look.inspect(undefined, VIEW_LOOK_MS);
      return container.running ? containerListener(await client(), container, address, programs.ask) : undefined;
    },
  };
}

/** What is done to a container: programs run, its Kong started and stopped. */
function containerDoing(
  { client, name, programs }: OpenContainer,
  look: ContainerLook,
): Pick<Node, 'run'> & Required<Pick<Node, 'start' | 'stop'>> {
  return {
    async run(args, runOptions = {}) {
      const result = await programs.run(args, runOptions);
      if (result !== undefined) return result;
      const container = await look.inspect();
      if (runOptions.inCopy !== true || container.paused) throw notRunning(container);
      const copied = await runInCopy(await client(), container, args, runOptions);
      if (lacksProgram(copied)) throw noProgram(args[0], name);
      return copied;
    },
    async start(signal) {
      const container = await look.inspect(signal);
      const call = callOf(signal);
      programs.forget();
      if (!container.running) return (await client()).call(['start', name], call);
      // A container that something else keeps alive: Kong is started in it as it is by hand.
      const { prefix, confPath } = await look.probe(container);
      const conf = confPath === undefined ? [] : ['-c', confPath];
      const result = await programs.run(['kong', 'start', '-p', prefix, ...conf], call);
      if (result === undefined) throw notRunning(await look.inspect());
      return result;
    },
    stop: async (signal) => (await client()).call(['stop', name], callOf(signal)),
  };
}

function callOf(signal: AbortSignal | undefined): { timeout: number; signal?: AbortSignal } {
  return { timeout: START_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
}

/** Containers with a Kong in them, as nodes, also those that do not run; of some names only those of these that are there. */
export async function findDockerNodes(options: DockerOptions, names?: readonly string[]): Promise<Node[]> {
  return (await findKongContainers(options, names)).map((container) => dockerNode(container.name, options));
}

export { followContainers as followDockerEvents } from './container/events';

/** What an engine gives a process beside the container's own variables. */
const ENGINES = ['PATH', 'HOME', 'HOSTNAME', 'TERM', 'container'];

/** The variables of the first process. An entrypoint that is not that of Kong's image may set more; Kong's sets only those of settings. */
function variableOf({ env, command }: Container): (name: string) => string | null | undefined {
  const isKongs = command[0] === '/docker-entrypoint.sh' || command[0] === '/entrypoint.sh';
  return (name) => env[name] ?? (isKongs && !ENGINES.includes(name) && !name.startsWith('KONG_') ? null : undefined);
}

function unpause({ name }: Container): string {
  return `Let it go on: \`docker unpause ${name}\`.`;
}

function notRunning(container: Container): UserError {
  return new UserError(`The container ${container.name} is ${container.state}.`, {
    exitCode: 3,
    next: container.paused ? unpause(container) : `Start it: \`docker start ${container.name}\`.`,
  });
}
