// "Enabled but not installed" is said of many things; the name and the rest of the text tell some of them apart.
import type { EntryId } from './catalogue';
import { ENTERPRISE_PLUGINS } from './enterprisePlugins';
import { pluginOfModule } from './frames';

/** What the rest of the text tells. */
export interface Surroundings {
  /** Kong's version, null when it is not known. */
  kong: string | null;
  /** The line that said `Kong reloaded` or that a HUP signal came. */
  reloadedAt: number | null;
  /** Whether the master refused its new plugins after that. */
  failedAfterReload: boolean;
  /** The rendered nginx configuration or kong.conf shows quotes inside lua_package_path. */
  quotedPackagePath: boolean;
  /** The plugin or subsystem that `kong migrations` named last. */
  migrating: string | null;
  /** LuaRocks said that it installed something. */
  installed: boolean;
  /** The line that shows a relative entry of lua_package_path besides Kong's own default. */
  relativePackagePath: { line: number; text: string } | null;
}

/** What a text tells that tells nothing beside its problems. */
export const NOTHING_AROUND: Readonly<Surroundings> = {
  kong: null,
  reloadedAt: null,
  failedAfterReload: false,
  quotedPackagePath: false,
  migrating: null,
  installed: false,
  relativePackagePath: null,
};

/** What a module that cannot be required is: a part of an older Kong, a file of the plugin itself, or somebody else's rock. */
export function entryOfMissing(module: string, plugin: string | null, last: string | undefined): EntryId {
  const owner = pluginOfModule(module);
  if (owner !== null && owner === plugin) return 'luarocks-module-not-listed';
  if (module === 'kong.plugins.base_plugin' || module === 'kong.vendor.classic') return 'base-plugin-removed';
  return last === undefined ? 'plugin-module-missing-dependency' : 'kong-internal-module-removed';
}

/** A name that somebody hid before the text was shown to others: `<my-plugin>`, `***`, `xxx`, `[redacted]`. */
const MASKED = /^<[^<>]+>$|^\[[^[\]]+\]$|^\{[^{}]+\}$|\*{2,}|^[xX]{2,}$|^[#_.…-]+$|^(?:redacted|masked|hidden)$/i;

/** The name with which "not installed" is best explained. */
export function entryOfNotInstalled(plugin: string | null, around: Surroundings): EntryId {
  if (plugin !== null && !MASKED.test(plugin)) {
    if (!/^[\w.-]+$/.test(plugin) || /^(?:true|false|on|nil|null|none)$/.test(plugin)) return 'plugins-setting-malformed';
    if (plugin.startsWith('kong-plugin-')) return 'plugin-name-is-not-rock-name';
    if (ENTERPRISE_PLUGINS.has(plugin)) return 'enterprise-only-plugin';
  }
  return around.quotedPackagePath ? 'lua-package-path-quoted' : 'plugin-enabled-not-installed';
}

/** Quotes that became part of the path, as nginx-kong.conf or kong.conf show them; `--vv` quotes every value and is no sign. */
export function showsQuotedPackagePath(text: string, level: string | null): boolean {
  if (/(?:^|\s)lua_package_path\s{1,20}'["']/.test(text)) return true;
  return level === null && /(?:^|\s)lua_package_path\s{0,10}=\s{0,10}["']/.test(text);
}

const PACKAGE_PATH =
  /\blua_package_path\s{0,20}(?:=|\s)\s{0,20}["']?([^"'\n]{1,2000})|KONG_LUA_PACKAGE_PATH(?:=| ENV found with )["']?([^"'\n]{1,2000})/;

/** Whether a text shows a lua_package_path with a relative entry that is not Kong's default (kong.conf.default: `./?.lua;./?/init.lua;`). */
export function showsRelativePackagePath(text: string): boolean {
  const match = PACKAGE_PATH.exec(text);
  return (match?.[1] ?? match?.[2] ?? '')
    .split(';')
    .map((pattern) => pattern.trim())
    .some((pattern) => /^[\w.][^\s]*\?/.test(pattern) && pattern !== './?.lua' && pattern !== './?/init.lua');
}
