// The plugins that ship with Kong and their priorities, by version (kong/constants.lua and the handlers of Kong's git tags).
import data from './bundledPlugins.json';
import { entryFor, type KongVersion } from './versions';

interface ShippedSince {
  from: string;
  /** null where it is not written in Kong's own tree. */
  priority: number | null;
  gone?: boolean;
}

const PLUGINS: ReadonlyMap<string, readonly ShippedSince[]> = new Map<string, readonly ShippedSince[]>(Object.entries(data));

/** Whether a plugin of this name ships with that Kong. */
export function isBundledPlugin(name: string, version: KongVersion): boolean {
  const entry = entryFor(version, PLUGINS.get(name) ?? []);
  return entry !== undefined && entry.gone !== true;
}

/** The plugins that ship with that Kong, by name, each with its PRIORITY (null when not known). */
export function bundledPlugins(version: KongVersion): Map<string, number | null> {
  const bundled = new Map<string, number | null>();
  for (const [name, entries] of PLUGINS) {
    const entry = entryFor(version, entries);
    if (entry !== undefined && entry.gone !== true) bundled.set(name, entry.priority);
  }
  return bundled;
}
