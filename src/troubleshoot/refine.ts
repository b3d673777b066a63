// "Enabled but not installed" is said of many things; the name and the rest of the text tell some of them apart.
import type { EntryId } from './catalogue';
import { ENTERPRISE_PLUGINS } from './enterprisePlugins';

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
}

/** The name with which "not installed" is best explained. */
export function refineNotInstalled(plugin: string | null, around: Surroundings): EntryId {
  if (plugin !== null) {
    if (!/^[\w.-]+$/.test(plugin)) return 'plugins-setting-malformed';
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
