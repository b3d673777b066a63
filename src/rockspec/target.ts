// Whose verdict is wanted: a Kong version and the LuaRocks that comes with it, or another one.
import { bundledRocks } from '../kong/bundledRocks';
import { DEFAULT_KONG, luarocksInside, parseKongVersion, type KongVersion } from '../kong/versions';
import { UserError } from '../system/userError';
import { parseVersion, versionLess, type ParsedVersion } from '../luarocks/versions';

/** The Kong and the LuaRocks that a rockspec is judged for. */
export interface Target {
  kong: KongVersion;
  luarocks: string;
  /** The LuaRocks inside that Kong, which may be another one than the one asked for. */
  kongLuarocks: string;
}

const OLDEST_LUAROCKS = '3.2.1';

/** Reads the choice of versions; without one it is the default Kong and its own LuaRocks. Throws UserError (exit code 2) for what is no version. */
export function parseTarget(options: { kong?: string | undefined; luarocks?: string | undefined } = {}): Target {
  const kong = parseKongVersion(options.kong ?? DEFAULT_KONG);
  const kongLuarocks = luarocksInside(kong) ?? bundledRocks(kong)?.luarocks ?? OLDEST_LUAROCKS;
  if (options.luarocks !== undefined && !/^3(?:\.\d+){1,2}$/.test(options.luarocks)) {
    throw new UserError(`"${options.luarocks}" is not a LuaRocks version whose rules are known.`, {
      exitCode: 2,
      next: 'Say one like --luarocks 3.11.1; versions 3.0 and newer are known.',
    });
  }
  return { kong, luarocks: options.luarocks ?? kongLuarocks, kongLuarocks };
}

/** Whether a LuaRocks is that version or newer. */
export function luarocksAtLeast(luarocks: string, version: string): boolean {
  return !versionLess(release(luarocks), release(version));
}

function release(version: string): ParsedVersion {
  return parseVersion(version);
}
