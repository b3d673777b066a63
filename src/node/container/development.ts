// Containers of ours to try a plugin in: a Kong, and the Postgres behind it when asked for, labelled with the folder they belong to.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { pause } from '../../kong/adminClient';
import { UserError } from '../../system/userError';
import { containerClient, saidBy, type ContainerClient, type ContainerOptions } from './client';
import { inspectContainer, listContainers, type Container } from './containers';
import { tarOf, type NewTarEntry } from './tar';

/** On everything we make for development; its value is the folder it was made for. Nothing without it is ever removed. */
const LABEL = 'kong-plugin-workbench.development';
/** What the names of our containers begin with; the editor knows it too. */
const NAME_PREFIX = 'kong-dev-';

/** Where files of ours stand in it. */
const FILES = '/opt';
const DATABASE = 'kong';
const PULL_LIMIT_MS = 30 * 60_000;
const START_LIMIT_MS = 60_000;
const POSTGRES_LIMIT_MS = 90_000;
const POLL_MS = 300;
/** Any port of this machine that is free, reachable from this machine only. */
const PUBLISHED = ['127.0.0.1::8000', '127.0.0.1::8001'];
/** Kong's image has no command for it: the migrations first (the plugins' own too), then what the image does by itself. */
const MIGRATE_AND_START = 'kong migrations bootstrap && kong migrations up && exec /docker-entrypoint.sh kong docker-start';

/** A folder or file of this machine that the container sees, read-only. */
export interface Mount {
  source: string;
  target: string;
}

/** What is started. */
export interface DevelopmentContainer {
  /** The folder it belongs to: one development node a folder. */
  folder: string;
  image: string;
  env: Readonly<Record<string, string>>;
  mounts: readonly Mount[];
  /** Files that it has from its start, by name, in `/opt`; `kong` is the version that the image says it is. */
  files: (kong: string | undefined) => Readonly<Record<string, string>>;
  /** The image of a Postgres to start with it; undefined is a Kong without a database. */
  postgres: string | undefined;
}

/** Told what is being done, in a few words. */
export type Say = (message: string) => void;

/**
 * Starts the container of a folder in place of the one it had; pulls images that are missing. Returns as soon as it runs, which is before
 * Kong serves. Throws UserError, and leaves nothing behind then.
 */
export async function startDevelopmentContainer(
  wanted: DevelopmentContainer,
  options: ContainerOptions,
  say: Say,
  signal?: AbortSignal,
): Promise<Container> {
  const client = await containerClient(options);
  const name = nameFor(wanted.folder);
  const image = await present(client, wanted.image, say, signal);
  const postgres = wanted.postgres === undefined ? undefined : await present(client, wanted.postgres, say, signal);
  await removeOf(client, wanted.folder);
  try {
    say(`Starting ${name}`);
    const network = postgres === undefined ? [] : await startPostgres(client, wanted.folder, name, postgres, say, signal);
    const env = postgres === undefined ? { KONG_DATABASE: 'off' } : { KONG_DATABASE: 'postgres', ...postgresSettings(name) };
    const call = { timeout: START_LIMIT_MS, ...(signal === undefined ? {} : { signal }) };
    const files = wanted.files(await versionOf(client, image));
    await client.ask(
      [
        ...['create', '--name', name, '--label', `${LABEL}=${wanted.folder}`],
        ...network,
        ...PUBLISHED.flatMap((port) => ['--publish', port]),
        ...Object.entries({ ...env, ...wanted.env }).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
        ...wanted.mounts.flatMap((mount) => ['--mount', mountOption(mount)]),
        image,
        ...(postgres === undefined ? [] : ['sh', '-c', MIGRATE_AND_START]),
      ],
      call,
    );
    // Not mounted: an engine may see only some folders of this machine.
    await client.ask(['cp', '-', `${name}:${FILES}`], { ...call, input: tarOf(Object.entries(files).map(asEntry)) });
    await client.ask(['start', name], call);
    return await inspectContainer(client, name, signal);
  } catch (error) {
    await removeOf(client, wanted.folder);
    throw error;
  }
}

/** Removes the development containers of a folder with all they kept; returns the names of those that were there. */
export async function removeDevelopmentContainers(folder: string, options: ContainerOptions): Promise<string[]> {
  return removeOf(await containerClient(options), folder);
}

/** The folder a container is the development node of; undefined for one that is not ours. */
export async function developmentFolderOf(name: string, options: ContainerOptions): Promise<string | undefined> {
  return (await inspectContainer(await containerClient(options), name)).labels[LABEL];
}

/** Whether a container has not ended. */
export async function containerRuns(name: string, options: ContainerOptions): Promise<boolean> {
  return (await inspectContainer(await containerClient(options), name)).running;
}

/** Where a port of a container can be reached from this machine, as `http://HOST:PORT`; undefined when it is not published. */
export function publishedAddress(container: Container, port: number): string | undefined {
  const [binding] = container.ports[`${port}/tcp`] ?? [];
  return binding === undefined ? undefined : `http://${binding.host === '' ? '127.0.0.1' : binding.host}:${binding.port}`;
}

/** A name for people with something of the whole path in it, so that equal folder names do not meet. */
function nameFor(folder: string): string {
  const words = basename(folder)
    .replace(/[^a-zA-Z0-9_.-]+/g, '-')
    .slice(0, 40);
  return `${NAME_PREFIX}${words}-${createHash('sha256').update(folder).digest('hex').slice(0, 6)}`;
}

/** The image as the engine has it, pulled when it does not. Podman takes only whole names without asking. */
async function present(client: ContainerClient, image: string, say: Say, signal: AbortSignal | undefined): Promise<string> {
  if (image.startsWith('-') || image.trim() === '')
    throw new UserError(`"${image}" is not the name of an image.`, { exitCode: 2 });
  const there = await client.call(['image', 'inspect', '--format', '{{.Id}}', image], signal === undefined ? {} : { signal });
  if (there.code === 0) return image;
  const name = basename(client.program).startsWith('podman') ? wholeName(image) : image;
  say(`Pulling ${name}`);
  const pulled = await client.call(['pull', name], {
    timeout: PULL_LIMIT_MS,
    ...(signal === undefined ? {} : { signal }),
    onOutput: (_stream, chunk) => {
      const line = chunk.toString('utf8').trim().split('\n').at(-1);
      if (line !== undefined && line !== '') say(`Pulling ${name}: ${line.slice(0, 100)}`);
    },
  });
  if (pulled.code === 0) return name;
  throw new UserError(`The image ${name} cannot be pulled: ${saidBy(pulled)}.`, {
    exitCode: 3,
    next: 'Name an image that this machine has or can reach (kongPlugin.development.image, or --image).',
  });
}

/** `kong:3.9` is `docker.io/library/kong:3.9`. */
function wholeName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first)) return image;
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
}

function asEntry([path, text]: [string, string]): NewTarEntry {
  return { path, type: 'File', mode: 0o644, owner: undefined, content: Buffer.from(text) };
}

/** The version that Kong's images name in their environment; undefined where one does not. */
async function versionOf(client: ContainerClient, image: string): Promise<string | undefined> {
  const env = await client.ask(['image', 'inspect', '--format', '{{range .Config.Env}}{{println .}}{{end}}', image]);
  return /^KONG_VERSION=(.+)$/m.exec(env.toString('utf8'))?.[1]?.trim();
}

/** Kong asks for services (SRV) of the database's name first, which the engine passes on to a server that a machine without a network has not. */
const DNS_ORDER = 'LAST,A,CNAME';
/** How often workers look for what the Admin API changed, in seconds. Kong's own 5 are long for somebody who tries what was configured a moment ago. */
const LOOK_AGAIN_S = '0.1';

function postgresSettings(name: string): Record<string, string> {
  return {
    KONG_PG_HOST: `${name}-db`,
    KONG_PG_USER: DATABASE,
    KONG_PG_PASSWORD: DATABASE,
    KONG_PG_DATABASE: DATABASE,
    KONG_DNS_ORDER: DNS_ORDER,
    KONG_WORKER_STATE_UPDATE_FREQUENCY: LOOK_AGAIN_S,
  };
}

/** Starts the database in a network of its own and waits until it takes connections; returns the option that joins it. */
async function startPostgres(
  client: ContainerClient,
  folder: string,
  name: string,
  image: string,
  say: Say,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const label = ['--label', `${LABEL}=${folder}`];
  await client.ask(['network', 'create', ...label, name]);
  const login = ['USER', 'PASSWORD', 'DB'].flatMap((part) => ['--env', `POSTGRES_${part}=${DATABASE}`]);
  await client.ask(['run', '--detach', '--name', `${name}-db`, ...label, '--network', name, ...login, image], {
    timeout: START_LIMIT_MS,
  });
  say('Waiting for Postgres');
  const end = Date.now() + POSTGRES_LIMIT_MS;
  for (;;) {
    // Over TCP: while it makes its first files it answers on its socket only.
    const answer = await client.call(['exec', `${name}-db`, 'pg_isready', '--host', '127.0.0.1', '--username', DATABASE]);
    if (answer.code === 0) return ['--network', name];
    const container = await inspectContainer(client, `${name}-db`, signal);
    if (!container.running || Date.now() > end) {
      throw new UserError(`Postgres (${image}) does not start: ${container.running ? saidBy(answer) : container.state}.`, {
        exitCode: 3,
        next: 'Choose another image for it, or do without a database.',
      });
    }
    await pause(POLL_MS, signal);
  }
}

async function removeOf(client: ContainerClient, folder: string): Promise<string[]> {
  const ids = await listContainers(client, [`label=${LABEL}=${folder}`], true);
  const names: string[] = [];
  for (const id of ids) {
    names.push((await inspectContainer(client, id)).name);
    await client.ask(['rm', '--force', '--volumes', id], { timeout: START_LIMIT_MS });
  }
  const networks = (await client.ask(['network', 'ls', '--quiet', '--filter', `label=${LABEL}=${folder}`])).toString('utf8');
  for (const network of networks.split('\n').filter(Boolean)) await client.ask(['network', 'rm', network]);
  return names.sort();
}

/** The option is a line of CSV: a path with a comma or a quote in it is quoted. */
function mountOption({ source, target }: Mount): string {
  return ['type=bind', `source=${source}`, `target=${target}`, 'readonly']
    .map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}
