// Containers as the engine describes them: which there are, and which hold a Kong.
import { UserError } from '../../system/userError';
import { containerClient, saidBy, type ContainerClient, type ContainerOptions } from './client';

/** What we read of `docker inspect` (podman's is the same where it matters). */
export interface Container {
  id: string;
  name: string;
  image: string;
  running: boolean;
  paused: boolean;
  /** Why it is not running, for a sentence: `stopped (it exited with 1)`. */
  state: string;
  /** When it ended, as the engine writes times; undefined while it runs and when it never did. */
  endedAt: string | undefined;
  env: Readonly<Record<string, string>>;
  /** The image's or container's user; empty means root. */
  user: string;
  cwd: string;
  /** The command line of process 1. */
  command: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** Published ports: `8001/tcp` to the addresses on the engine's machine. */
  ports: Readonly<Record<string, readonly { host: string; port: number }[]>>;
  hostNetwork: boolean;
  /** What `docker run --network` takes, the first where it was made with. */
  networks: readonly string[];
  /** When it was last started, as the engine writes times. */
  startedAt: string | undefined;
  readOnly: boolean;
}

interface Inspected {
  Id: string;
  Name: string;
  Path?: string;
  Args?: string[];
  ImageName?: string;
  State?: { Status?: string; Running?: boolean; Paused?: boolean; ExitCode?: number; StartedAt?: string; FinishedAt?: string };
  Config?: { Env?: string[] | null; User?: string; WorkingDir?: string; Image?: string; Labels?: Record<string, string> | null };
  NetworkSettings?: {
    Ports?: Record<string, { HostIp?: string; HostPort?: string }[] | null> | null;
    Networks?: Record<string, unknown> | null;
  };
  HostConfig?: { NetworkMode?: string; ReadonlyRootfs?: boolean };
}

/** The label of what `docker compose run` made. */
export const COMPOSE_ONE_OFF = 'com.docker.compose.oneoff';
/** The label in which compose notes a container's service. */
export const COMPOSE_SERVICE = 'com.docker.compose.service';

/** Docker's own rule for names; it also keeps a name from ever being read as an option. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Refuses what is no container's name or id. Throws UserError (usage). */
export function checkContainerName(name: string): void {
  if (NAME.test(name)) return;
  throw new UserError(`"${name}" is not the name of a container.`, {
    exitCode: 2,
    next: 'Names have letters, digits, "_", "." and "-", and begin with a letter or digit; `docker ps` lists them.',
  });
}

/** Describes containers by name or id; one that is gone is left out. */
export async function inspectContainers(
  client: ContainerClient,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Container[]> {
  if (names.length === 0) return [];
  names.forEach(checkContainerName);
  const result = await client.call(['container', 'inspect', ...names], signal === undefined ? {} : { signal });
  const text = result.stdout.toString('utf8').trim();
  if (result.code !== 0 && !/no such (?:container|object)/i.test(result.stderr.toString('utf8'))) {
    throw new UserError(`${client.program} container inspect failed: ${saidBy(result)}.`, { exitCode: 3 });
  }
  return text === '' ? [] : (JSON.parse(text) as Inspected[]).map(described);
}

/** Describes one container. Throws UserError (environment) when there is none of that name. */
export async function inspectContainer(client: ContainerClient, name: string, signal?: AbortSignal): Promise<Container> {
  const [container] = await inspectContainers(client, [name], signal);
  if (container !== undefined) return container;
  throw new UserError(`There is no container ${name}.`, {
    exitCode: 3,
    next: 'List the containers that exist: `docker ps --all`.',
  });
}

function described(raw: Inspected): Container {
  const { State: state = {}, Config: config = {}, HostConfig: host = {} } = raw;
  const ports = Object.entries(raw.NetworkSettings?.Ports ?? {}).map(([port, bindings]) => [
    port,
    (bindings ?? []).map((binding) => ({ host: binding.HostIp ?? '', port: Number(binding.HostPort) })),
  ]);
  return {
    id: raw.Id,
    name: raw.Name.replace(/^\//, ''),
    image: raw.ImageName ?? config.Image ?? '',
    running: state.Running === true && state.Paused !== true,
    paused: state.Paused === true,
    state:
      state.Paused === true
        ? 'paused'
        : state.Status === 'exited'
          ? `stopped (it exited with ${state.ExitCode ?? '?'})`
          : (state.Status ?? 'gone'),
    endedAt: state.Running === true || state.FinishedAt?.startsWith('0001-') === true ? undefined : state.FinishedAt,
    env: Object.fromEntries(
      (config.Env ?? []).map((entry) => [entry.split('=', 1)[0] ?? '', entry.slice(entry.indexOf('=') + 1)]),
    ),
    user: config.User ?? '',
    cwd: config.WorkingDir === undefined || config.WorkingDir === '' ? '/' : config.WorkingDir,
    command: [raw.Path ?? '', ...(raw.Args ?? [])],
    labels: config.Labels ?? {},
    ports: Object.fromEntries(ports) as Container['ports'],
    hostNetwork: host.NetworkMode === 'host',
    networks: networksOf(host.NetworkMode ?? '', Object.keys(raw.NetworkSettings?.Networks ?? {})),
    startedAt: state.StartedAt,
    readOnly: host.ReadonlyRootfs === true,
  };
}

/** `host`, `none` and another container's network stand alone. */
function networksOf(mode: string, named: readonly string[]): string[] {
  return /^(?:host|none|container:.+)$/.test(mode) || named.length === 0 ? [mode === '' ? 'default' : mode] : [...named];
}

/** Ids of containers, filtered by the engine (`label=…`, `status=…`). */
export async function listContainers(client: ContainerClient, filters: readonly string[], all: boolean): Promise<string[]> {
  const args = ['ps', '--no-trunc', '--quiet', ...(all ? ['--all'] : []), ...filters.flatMap((filter) => ['--filter', filter])];
  return (await client.ask(args))
    .toString('utf8')
    .split('\n')
    .filter((id) => id !== '');
}

/** Variables that only a Kong has; KONG_* alone is also given to Kong's databases and dashboards. */
const TELLING_VARIABLES = [
  'KONG_VERSION',
  'KONG_PREFIX',
  'KONG_DATABASE',
  'KONG_PLUGINS',
  'KONG_DECLARATIVE_CONFIG',
  'KONG_LUA_PACKAGE_PATH',
];
/** `kong`, `kong/kong`, `registry:5000/team/kong-gateway:3.9`: the last part of the path, whatever tag or digest follows. */
const KONG_IMAGE = /(?:^|\/)kong(?:-(?:gateway|enterprise|ee|oss|dev)[^/:@]*)?(?:[:@][^/]*)?$/;
const KONG_COMMAND = /^(?:\S*\/)?kong$|^docker-start$/;
/** Kong's nginx in a process list, where nothing else tells. */
const KONG_PROCESS = /nginx: master process .*(?:-p \S*kong\S*|\/kong\b|openresty)/;

/** Whether its description shows a Kong: image, variables or command. */
export function looksLikeKong(container: Container): boolean {
  return (
    KONG_IMAGE.test(container.image) ||
    TELLING_VARIABLES.some((name) => container.env[name] !== undefined) ||
    container.command.some((word) => KONG_COMMAND.test(word))
  );
}

/** Commands of kong that serve. One that migrated a database or answered a question is no node once it has ended. */
const SERVING = ['docker-start', 'start', 'restart', 'roar'];

/**
 * Whether a container that does not run now would be a node if it were started: one that ended, was only created, waits to be started again, or
 * is paused.
 */
export function isStillKong(container: Container): boolean {
  const { command, labels } = container;
  const at = command.findIndex((word) => /^(?:\S*\/)?kong$/.test(word));
  const action = at < 0 ? undefined : command.slice(at + 1).find((word) => !word.startsWith('-'));
  const isOneOff = labels[COMPOSE_ONE_OFF] === 'True';
  return looksLikeKong(container) && !isOneOff && (action === undefined || SERVING.includes(action));
}

/** What is kept between two searches. */
export interface SeenContainers {
  /** The one client; made when it is first asked for. */
  client(make: () => Promise<ContainerClient>): Promise<ContainerClient>;
  /** Whether a container that its description does not show to be a Kong runs one all the same, by its id and start: looked at once. */
  runsKong(life: string, look: () => Promise<boolean>): Promise<boolean>;
}

/**
 * Containers with a Kong in them, by name: official images, home-made ones, and those where only the processes show it. One that does not run is
 * there too: it is what one wants to find when a Kong has died. Of some names only those of these that are there.
 */
export async function findKongContainers(
  options: ContainerOptions & { pool?: SeenContainers | undefined },
  names?: readonly string[],
): Promise<Container[]> {
  const { pool } = options;
  const client = await (pool?.client(() => containerClient(options)) ?? containerClient(options));
  const containers = await inspectContainers(client, names ?? (await listContainers(client, [], true)));
  const runs = (container: Container): Promise<boolean> => {
    const look = (): Promise<boolean> => runsKong(client, container);
    return pool?.runsKong(`${container.id} ${container.startedAt ?? ''}`, look) ?? look();
  };
  const found = await Promise.all(
    containers.map(async (container) =>
      container.running ? looksLikeKong(container) || (await runs(container)) : isStillKong(container),
    ),
  );
  return containers.filter((_, index) => found[index]).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every container there is, by name, for whoever looks for one that is not taken for a Kong. */
export async function allContainers(options: ContainerOptions): Promise<Container[]> {
  const client = await containerClient(options);
  const containers = await inspectContainers(client, await listContainers(client, [], true));
  return containers.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function runsKong(client: ContainerClient, container: Container): Promise<boolean> {
  const processes = await client.call(['top', container.id], { timeout: 5000 });
  return processes.code === 0 && KONG_PROCESS.test(processes.stdout.toString('utf8'));
}
