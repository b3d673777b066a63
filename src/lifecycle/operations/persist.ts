// What makes an installation survive the container: a compose override, or a Dockerfile that builds it in. Texts for review; nothing is written.
import { isAbsolute, posix } from 'node:path';
import { stringify } from 'yaml';
import { withPlugin } from '../../kong/pluginsSetting';
import type { Mount } from '../../node/container/development';
import type { Plugin } from '../../plugin/plugin';
import { slashedFrom } from '../../system/paths';
import { sourceMounts } from './mounts';
import type { NodeView } from '../state/view';

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
  /** Whether compose made the container, or may make one of the folder: only then an override is of use. */
  madeByCompose: boolean;
  /** Where Kong finds modules in the container. */
  luaRoot?: string;
}

const LUA_ROOT = '/usr/local/share/lua/5.1';

/** A compose override that mounts the plugins' folders and enables them. */
export function composeOverride(input: PersistInput): string {
  const service = {
    environment: { KONG_PLUGINS: pluginsValue(input) },
    volumes: placesOf(input).map(({ source, target }) => ({ type: 'bind', source, target, read_only: true })),
  };
  return `# Laid over compose.yaml: docker compose -f compose.yaml -f compose.override.yaml up -d\n${stringify({ services: { [input.service]: service } }, { lineWidth: 0 })}`;
}

/** A Dockerfile whose image has the plugins in it and enabled. */
export function dockerfile(input: PersistInput): string {
  const places = placesOf(input);
  const copies = places.map(({ source, target }) => `COPY ${JSON.stringify([source, target])}`);
  const targets = places.map(({ target }) => target).join(' ');
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

/** What goes where. Only a plugin's own folder is taken whole: another one may hold files of Kong, which it would hide. */
function placesOf({ plugins, folder, luaRoot = LUA_ROOT }: PersistInput): Mount[] {
  return sourceMounts(plugins, (target) => /^kong\/plugins\/[^/]/.test(target)).map(({ source, target }) => {
    const path = slashedFrom(folder, source);
    return { source: path.startsWith('.') || isAbsolute(path) ? path : `./${path}`, target: posix.join(luaRoot, target) };
  });
}

/** What the texts are made from, for plugins that are on a node; `folder` is where the texts will be kept. */
export function persistInput(view: NodeView, plugins: readonly Plugin[], folder: string): PersistInput {
  const { kind } = view.node;
  const { value, from } = view.setting('plugins');
  const isFolder = kind === 'folder';
  return {
    plugins,
    current: from === 'default' ? undefined : value,
    folder,
    image: view.facts.origin?.image ?? `kong:${view.facts.kong ?? 'latest'}`,
    user: view.facts.user ?? 'kong',
    service: view.facts.origin?.service ?? 'kong',
    madeByCompose: view.facts.origin === undefined || view.facts.origin.service !== undefined,
    luaRoot: `${isFolder ? '/usr/local' : view.facts.tree}/share/lua/5.1`,
  };
}
