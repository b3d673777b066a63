// What may be written in a kong.conf and what its settings mean, for editors.
import type { Position, Range } from '../text/diagnostic';
import { Lines } from '../text/lines';
import { bundledPlugins } from './bundledPlugins';
import { parseConf, type ConfEntry } from './conf';
import { directiveFor, directiveNames, type Directive } from './directives';
import { environmentName } from './settings';
import type { KongVersion } from './versions';

/** One suggestion: `insertText` takes the place of `range`. */
export interface ConfSuggestion {
  label: string;
  kind: 'setting' | 'value' | 'plugin';
  insertText: string;
  range: Range;
  detail: string;
  documentation: string;
}

/** What the settings mean that decide whether a plugin is found and loaded; the others speak for themselves by type and default. */
const MEANINGS: Readonly<Record<string, string>> = {
  plugins:
    'Plugins this node loads. The list replaces the default: write `bundled,my-plugin` to keep the plugins that come with Kong. `off` loads none.',
  lua_package_path:
    'Where Kong looks for Lua modules besides its own folders, as Lua patterns. A plugin has to be at `<folder>/kong/plugins/<name>/` for `<folder>/?.lua`.',
  lua_package_cpath: 'Where Kong looks for compiled modules besides its own folders.',
  log_level: 'How much Kong writes to error.log. `debug` names every plugin that is loaded.',
  prefix: 'Working folder of this node: nginx configuration, `.kong_env`, logs, sockets.',
  database: '`postgres`, or `off` to keep everything in a declarative configuration.',
  declarative_config: 'The declarative configuration that is loaded at the start; only with `database = off`.',
  declarative_config_string: 'A declarative configuration as text; only with `database = off`.',
  admin_listen: 'Where the Admin API listens. Only this machine reaches the default.',
  proxy_listen: 'Where Kong listens for requests to proxy.',
  pluginserver_names:
    'External plugin servers (Go, JavaScript, Python) to start. Each has settings `pluginserver_<name>_socket`, `_start_cmd`, `_query_cmd`.',
  untrusted_lua: 'How far Lua code in configurations is trusted; plugin files are always trusted.',
  nginx_http_lua_shared_dict: 'A shared dictionary for plugins: a name and a size.',
};

/** The documentation of the setting or value at a position; undefined where there is none. */
export function hoverConf(text: string, position: Position): { markdown: string; range: Range } | undefined {
  const lines = new Lines(text);
  const offset = lines.offset(position);
  const entry = parseConf(text).entries.find(({ nameStart, nameEnd }) => nameStart <= offset && offset <= nameEnd);
  const directive = entry && directiveFor(entry.name);
  if (entry === undefined || directive === undefined) return undefined;
  return {
    markdown: `**${entry.name}**\n\n${directiveText(entry.name, directive)}`,
    range: lines.range(entry.nameStart, entry.nameEnd),
  };
}

function directiveText(name: string, { type, default: initial, values, replacement, versions }: Directive): string {
  return [
    ...(MEANINGS[name] === undefined ? [] : [MEANINGS[name]]),
    ...(values === undefined ? [] : [`One of ${values.map((value) => `\`${value}\``).join(', ')}.`]),
    ...(replacement === undefined ? [] : [`\`${replacement}\` takes its place.`]),
    ...(versions === undefined ? [] : [`Documented in Kong ${versions.join(', ')}.`]),
    `${TYPES[type]}${initial ? `, \`${initial}\` by default` : ''}. As a variable: \`${environmentName(name)}\`.`,
  ].join('\n\n');
}

const TYPES: Readonly<Record<Directive['type'], string>> = {
  string: 'Text',
  number: 'A number',
  boolean: '`on` or `off`',
  ngx_boolean: '`on` or `off`',
  array: 'A list with commas',
};

/** The suggestions at a position. `plugins` are the names of the person's own plugins. */
export function completeConf(text: string, position: Position, kong: KongVersion, plugins: readonly string[]): ConfSuggestion[] {
  const lines = new Lines(text);
  const offset = lines.offset(position);
  const start = lines.offset({ line: position.line, character: 0 });
  const before = text.slice(start, offset);
  const after = /^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? '';
  const word = /^(\s*)(\w*)$/.exec(before);
  if (word !== null) {
    const end = offset + (/^\w*/.exec(after)?.[0].length ?? 0);
    return names(text, lines.range(start + (word[1]?.length ?? 0), end), !/^\w*\s*=/.test(after));
  }
  const [, name, typed] = /^\s*(\w+)\s*=(?:[^#]*[\s,=])?([^\s,#]*)$/.exec(before) ?? [];
  const directive = name === undefined ? undefined : directiveFor(name);
  if (name === undefined || typed === undefined || directive === undefined) return [];
  const range = lines.range(offset - typed.length, offset + (/^[^\s,#]*/.exec(after)?.[0].length ?? 0));
  if (name === 'plugins') return pluginNames(before, range, kong, plugins);
  const values =
    directive.values ?? (directive.type.endsWith('boolean') ? ['on', 'off'] : directive.default ? [directive.default] : []);
  return values.map((value) => ({
    label: value,
    kind: 'value',
    insertText: value,
    range,
    detail: value === directive.default ? 'default' : '',
    documentation: '',
  }));
}

function names(text: string, range: Range, withEquals: boolean): ConfSuggestion[] {
  const present = new Set(parseConf(text).entries.map((entry: ConfEntry) => entry.name));
  return directiveNames().flatMap((name) => {
    const directive = directiveFor(name);
    if (directive === undefined || directive.replacement !== undefined || name.startsWith('_') || present.has(name)) return [];
    const insertText = withEquals ? `${name} = ` : name;
    const detail = directive.default ?? '';
    return [{ label: name, kind: 'setting' as const, insertText, range, detail, documentation: directiveText(name, directive) }];
  });
}

function pluginNames(before: string, range: Range, kong: KongVersion, own: readonly string[]): ConfSuggestion[] {
  const written = before.slice(before.indexOf('=') + 1).split(',');
  const listed = new Set(written.slice(0, -1).map((name) => name.trim()));
  const suggestion = (label: string, detail: string): ConfSuggestion => ({
    label,
    kind: 'plugin',
    insertText: label,
    range,
    detail,
    documentation: '',
  });
  return [
    suggestion('bundled', 'every plugin that comes with Kong'),
    ...own.map((name) => suggestion(name, 'in this workspace')),
    suggestion('off', 'no plugin'),
    ...[...bundledPlugins(kong).keys()].sort().map((name) => suggestion(name, `comes with Kong ${kong.text}`)),
  ].filter(({ label }) => !listed.has(label));
}
