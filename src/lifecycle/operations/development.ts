// A development node: a Kong in a container that reads the plugins of a folder where they are, enabled, until it is stopped.
import { stat } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { adminClient, pause } from '../../kong/adminClient';
import { withRoot } from '../../kong/packagePath';
import { withPlugin } from '../../kong/pluginsSetting';
import type { ContainerOptions } from '../../node/container/client';
import {
  containerRuns,
  publishedAddress,
  removeDevelopmentContainers,
  startDevelopmentContainer,
  type Mount,
  type Say,
} from '../../node/container/development';
import { ECHO_CONFIGURATION, ECHO_FILE, INCLUDE_VARIABLE, includingEcho } from '../../node/container/echo';
import { dockerNode } from '../../node/docker';
import type { Node } from '../../node/node';
import type { Plugin } from '../../plugin/plugin';
import { errorCode, messageOf, UserError } from '../../system/userError';
import { shellWord } from '../../text/shellWord';
import { StepFailure } from '../failure';
import { addEchoRoutes, echoDeclarative } from './echoRoutes';
import { sourceMounts } from './mounts';

/** What a development node is made of. */
export interface DevelopmentSetup {
  /** The folder it belongs to; a second start for the same folder replaces the first. */
  folder: string;
  plugins: readonly Plugin[];
  image?: string | undefined;
  /** A Postgres to use, true for the usual image; undefined is DB-less. */
  postgres?: string | true | undefined;
  /** A declarative configuration to start with, absolute; only without a database. */
  config?: string | undefined;
  /** Further variables; they win over ours. */
  env?: Readonly<Record<string, string>> | undefined;
}

/** A development node that serves. */
export interface DevelopmentNode {
  /** `docker:NAME`, what `--node` takes. */
  node: string;
  image: string;
  database: 'off' | 'postgres';
  plugins: string[];
  /** Where it can be reached from this machine. */
  proxy: string | null;
  admin: string | null;
}

/** What is started unless something else is named. */
export const DEFAULT_IMAGES = { kong: 'kong:3.9', postgres: 'postgres:16' } as const;

const ROOT = '/opt/kong-plugins';
const CONFIG = '/opt/kong-declarative.yml';
const SERVE_LIMIT_MS = 60_000;
/** The migrations of a fresh database take their time. */
const SERVE_WITH_DATABASE_LIMIT_MS = 240_000;
const POLL_MS = 200;

/**
 * Starts a development node and waits until it serves. When it does not, it is removed again: throws StepFailure with what its log says is
 * wrong, UserError for want of an engine or an image, the signal's reason when it is aborted.
 */
export async function startDevelopment(
  setup: DevelopmentSetup,
  options: ContainerOptions,
  say: Say = () => undefined,
  signal?: AbortSignal,
): Promise<DevelopmentNode> {
  const image = setup.image ?? DEFAULT_IMAGES.kong;
  const names = setup.plugins.map(({ name }) => name);
  if (names.length === 0) throw new UserError(`${setup.folder} holds no Lua plugin.`, { exitCode: 2 });
  if (setup.config !== undefined && setup.postgres !== undefined) {
    throw new UserError('A declarative configuration is for a Kong without a database.', { exitCode: 2 });
  }
  await refuseUnreadable(setup);
  const mounts = mountsOf(setup.plugins);
  const config = setup.config === undefined ? undefined : { source: setup.config, target: CONFIG };
  const isDbless = setup.postgres === undefined;
  const env = {
    KONG_ADMIN_LISTEN: '0.0.0.0:8001',
    KONG_PLUGINS: names.reduce<string | undefined>((value, name) => withPlugin(value, name), undefined) ?? '',
    KONG_LUA_PACKAGE_PATH: mounts.reduceRight<string | undefined>((value, { root }) => withRoot(value, root), undefined) ?? '',
    ...(isDbless ? { KONG_DECLARATIVE_CONFIG: CONFIG } : {}),
    ...setup.env,
    [INCLUDE_VARIABLE]: includingEcho(setup.env?.[INCLUDE_VARIABLE]),
  };
  const container = await startDevelopmentContainer(
    {
      folder: setup.folder,
      image,
      env,
      mounts: [...mounts, ...(config === undefined ? [] : [config])],
      files: (kong) => ({
        [posix.basename(ECHO_FILE)]: ECHO_CONFIGURATION,
        ...(isDbless && config === undefined ? { [posix.basename(CONFIG)]: echoDeclarative(kong) } : {}),
      }),
      postgres: setup.postgres === true ? DEFAULT_IMAGES.postgres : setup.postgres,
    },
    options,
    say,
    signal,
  );
  try {
    say('Waiting for Kong');
    await untilItServes(container.name, !isDbless, options, signal);
    if (!isDbless) await addEchoRoutes(dockerNode(container.name, options));
  } catch (error) {
    await removeDevelopmentContainers(setup.folder, options);
    throw error;
  }
  return {
    node: `docker:${container.name}`,
    image,
    database: isDbless ? 'off' : 'postgres',
    plugins: names,
    proxy: publishedAddress(container, 8000) ?? null,
    admin: publishedAddress(container, 8001) ?? null,
  };
}

/** Stops and removes the development node of a folder, its database with it; returns the names of the containers that were there. */
export async function stopDevelopment(folder: string, options: ContainerOptions): Promise<string[]> {
  return removeDevelopmentContainers(folder, options);
}

/** Where the modules of plugins are mounted: each source below a root of its own, so that mounts never lie in one another. */
function mountsOf(plugins: readonly Plugin[]): (Mount & { root: string })[] {
  return sourceMounts(plugins, () => true).map(({ source, target }, i) => {
    const root = `${ROOT}/${i + 1}`;
    return { source, target: posix.join(root, target), root };
  });
}

/** Kong's user in the container is another than ours: what it cannot read is to Kong as if it were not there. */
async function refuseUnreadable({ plugins, config, folder }: DevelopmentSetup): Promise<void> {
  if (process.platform !== 'linux') return;
  const modules = plugins.flatMap((plugin) => [...plugin.modules.values()]);
  const wanted = [
    ...[...new Set(modules.map((file) => dirname(file)))].map((path) => ({ path, bit: 0o001 })),
    ...[...modules, ...(config === undefined ? [] : [config])].map((path) => ({ path, bit: 0o004 })),
  ];
  for (const { path, bit } of wanted) {
    const info = await stat(path).catch((error: unknown) => {
      // What is not there is for Kong to say, except what we were told to take.
      if (errorCode(error) === 'ENOENT' && path !== config) return undefined;
      throw new UserError(`${path} cannot be read: ${messageOf(error)}.`, { exitCode: 2 });
    });
    if (info === undefined || (info.mode & bit) !== 0) continue;
    throw new UserError(`${path} cannot be read by other users, and Kong in the container is one.`, {
      next: `Make it readable: chmod -R o+rX ${shellWord(folder)}`,
    });
  }
}

/** Waits until the Admin API answers; throws with what the log says when Kong ends or never does. */
async function untilItServes(
  name: string,
  hasDatabase: boolean,
  options: ContainerOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const node = dockerNode(name, options);
  const limit = hasDatabase ? SERVE_WITH_DATABASE_LIMIT_MS : SERVE_LIMIT_MS;
  const end = Date.now() + limit;
  for (;;) {
    const runs = await containerRuns(name, options);
    if (runs && (await answers(node, signal))) return;
    if (!runs || Date.now() > end) {
      const message = runs ? `Kong does not answer after ${limit / 1000} s.` : 'Kong did not start.';
      throw await StepFailure.fromOutput(message, (await node.log()).text, undefined);
    }
    await pause(POLL_MS, signal);
  }
}

async function answers(node: Node, signal: AbortSignal | undefined): Promise<boolean> {
  const transport = await node.adminApi();
  if (transport === undefined) return false;
  try {
    return (await adminClient(transport).get('/status', signal)) !== undefined;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
