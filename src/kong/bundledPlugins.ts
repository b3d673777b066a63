// The plugins that ship with Kong and their priorities, by version (kong/constants.lua and the handlers of Kong's git tags).
import data from './bundledPlugins.json';
import enterpriseData from './releases/enterprisePlugins.json';
import { entryFor, isAtLeast, type KongVersion, type MinorVersion } from './versions';

interface ShippedSince {
  from: string;
  /** null where it is not written in Kong's own tree. */
  priority?: number | null;
  gone?: boolean;
}

const PLUGINS: ReadonlyMap<string, readonly ShippedSince[]> = new Map<string, readonly ShippedSince[]>(Object.entries(data));

/** What Kong Enterprise ships from 3.4 on (app/_data/plugins/priorities of Kong/developer.konghq.com). */
const ENTERPRISE: ReadonlyMap<string, readonly ShippedSince[]> = new Map<string, readonly ShippedSince[]>(
  Object.entries(enterpriseData),
);

/** Whether a plugin of this name ships with that Kong. */
export function isBundledPlugin(name: string, version: KongVersion): boolean {
  return entryOf(name, version) !== undefined;
}

/** The plugins that ship with that Kong, by name, each with its PRIORITY (null when not known). */
export function bundledPlugins(version: KongVersion): Map<string, number | null> {
  const bundled = new Map<string, number | null>();
  for (const name of new Set([...PLUGINS.keys(), ...ENTERPRISE.keys()])) {
    const entry = entryOf(name, version);
    if (entry !== undefined) bundled.set(name, entry.priority ?? null);
  }
  return bundled;
}

/** The first Kong after that one which ships a plugin of this name, in words: `Kong 3.9`, `Kong Enterprise 3.12`; undefined when none does. */
export function laterKongWith(name: string, version: KongVersion): string | undefined {
  if (isBundledPlugin(name, version)) return undefined;
  const first = (entries: readonly ShippedSince[] | undefined, than: MinorVersion): string | undefined =>
    entries?.find(({ from, gone }) => gone !== true && !isAtLeast(than, from))?.from;
  const open = version.enterprise === undefined ? first(PLUGINS.get(name), version) : undefined;
  if (open !== undefined) return `Kong ${open}`;
  const enterprise = first(ENTERPRISE.get(name), version.enterprise ?? version);
  return enterprise === undefined ? undefined : `Kong Enterprise ${enterprise}`;
}

function entryOf(name: string, version: KongVersion): ShippedSince | undefined {
  const { enterprise } = version;
  const own =
    enterprise === undefined || !isAtLeast(enterprise, '3.4') ? undefined : entryFor(enterprise, ENTERPRISE.get(name) ?? []);
  const entry = own ?? entryFor(version, PLUGINS.get(name) ?? []);
  return entry?.gone === true ? undefined : entry;
}
