// What makes an installation survive the container: a compose override, or a Dockerfile that builds it in. Texts for review; nothing is written.
import { posix, relative, sep } from 'node:path';
import { stringify } from 'yaml';
import { withPlugin } from '../kong/pluginsSetting';
import type { Plugin } from '../plugin/plugin';

/** What the texts are made from. */
export interface PersistInput {
  plugins: readonly Plugin[];
  /** The `plugins` value the container starts with; undefined is Kong's default. */
  current: string | undefined;
  /** The folder the texts will be kept in: paths are relative to it. */
  folder: string;
  /** The image it is built on, for example `kong:3.9.1`. */
  image: string;
  /** The user that image runs as. */
  user: string;
  /** The compose service to override. */
  service: string;
  /** Where Kong finds modules in the container. */
  luaRoot?: string;
}

const LUA_ROOT = '/usr/local/share/lua/5.1';

/** A compose override that mounts the plugins' folders and enables them. */
export function composeOverride(input: PersistInput): string {
  const service = {
    environment: { KONG_PLUGINS: pluginsValue(input) },
    volumes: input.plugins.map((plugin) => ({
      type: 'bind',
      source: sourceOf(input, plugin),
      target: targetOf(input, plugin),
      read_only: true,
    })),
  };
  return `# Laid over compose.yaml: docker compose -f compose.yaml -f compose.override.yaml up -d\n${stringify({ services: { [input.service]: service } }, { lineWidth: 0 })}`;
}

/** A Dockerfile whose image has the plugins in it and enabled. */
export function dockerfile(input: PersistInput): string {
  const copies = input.plugins.map((plugin) => `COPY ${JSON.stringify([sourceOf(input, plugin), targetOf(input, plugin)])}`);
  const targets = input.plugins.map((plugin) => targetOf(input, plugin)).join(' ');
  return [
    `FROM ${input.image}`,
    '# The files belong to root and are readable for Kong, which needs no more.',
    'USER root',
    ...copies,
    `RUN chmod -R a+rX ${targets}`,
    `USER ${input.user}`,
    `ENV KONG_PLUGINS=${pluginsValue(input)}`,
    '',
  ].join('\n');
}

function pluginsValue({ plugins, current }: PersistInput): string {
  return plugins.reduce<string | undefined>((value, plugin) => withPlugin(value, plugin.name), current)?.replace(/\s/g, '') ?? '';
}

function sourceOf({ folder }: PersistInput, plugin: Plugin): string {
  const path = relative(folder, plugin.dir).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

function targetOf({ luaRoot = LUA_ROOT }: PersistInput, plugin: Plugin): string {
  return posix.join(luaRoot, 'kong/plugins', plugin.name);
}
