// The plugins that come with each Kong, and their PRIORITY (from the plugin list and the handlers of the tags in the table).
import table from './bundledPlugins.json';

const TABLES = Object.entries(table as Record<string, Record<string, number | null>>);

/**
 * The bundled plugins of a Kong version with their PRIORITY (null where the handler computes it): those of the newest table that is not
 * newer, or of the newest of all when the version is not known.
 */
export function bundledPlugins(kong: string | undefined): ReadonlyMap<string, number | null> {
  const wanted = kong === undefined ? undefined : weight(kong);
  const fitting = TABLES.filter(([version]) => wanted === undefined || weight(version) <= wanted);
  const [, plugins] = fitting.at(-1) ?? TABLES[0] ?? ['', {}];
  return new Map(Object.entries(plugins));
}

/** Versions in the order of the table, `HEAD` last. */
function weight(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return Number.isNaN(major) ? Number.MAX_SAFE_INTEGER : major * 1000 + minor;
}
