// The LuaRocks and the rocks inside a Kong, by version (`.requirements` and the rockspec of Kong's git tags).
import data from './bundledRocks.json';
import { entryFor, type KongVersion } from './versions';

/** What one Kong brings along; valid until the next version that is known. */
export interface BundledRocks {
  from: string;
  luarocks: string;
  /** Rock to its version constraint, as Kong's rockspec writes it: `== 0.17.2`. */
  rocks: ReadonlyMap<string, string>;
}

let parsed: readonly BundledRocks[] | undefined;

/** What is inside that Kong; undefined for versions older than those that are known (1.5). */
export function bundledRocks(version: KongVersion): BundledRocks | undefined {
  parsed ??= data.map(({ from, luarocks, rocks }) => ({ from, luarocks, rocks: new Map(Object.entries(rocks)) }));
  return entryFor(version, parsed);
}
