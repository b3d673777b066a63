// What LuaRocks needs of a rockspec to make a rock of it.
import type { DataTable } from './writeData';

/** What packing needs of a rockspec: evaluated, platform overrides merged for Linux, where Kong runs. */
export interface RockSource {
  /** Lower-case package name, as files and folders use it. */
  name: string;
  version: string;
  /** Absolute path of the rockspec. */
  rockspec: string;
  /** Whether rockspec_format is 3.0 or later: build may be absent, modules may be found. */
  format3: boolean;
  build: DataTable | undefined;
  summary: string | undefined;
  license: string | undefined;
  /** Whether LuaRocks wraps Lua scripts of `bin` when it installs them. */
  wrapBinScripts: boolean;
  /** Shell command that LuaRocks runs after installing. */
  postInstall: string | undefined;
}

/** The file name LuaRocks wants for a rockspec. */
export function rockspecName(source: Pick<RockSource, 'name' | 'version'>): string {
  return `${source.name}-${source.version}.rockspec`;
}
