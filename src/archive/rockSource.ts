// From a rockspec to what packing needs of it.
import type { Rockspec } from '../rockspec/read';
import { dataOf } from './luaData';
import type { DataTable } from './persist';

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

/** What packing needs of a rockspec; undefined when it does not say a package and a version that can name a rock. */
export function rockSourceOf(rockspec: Rockspec): RockSource | undefined {
  const data = dataOf(rockspec.merged);
  const name = text(data, 'package')?.toLowerCase();
  const version = text(data, 'version');
  if (name === undefined || version === undefined || !/^[^/\\\0]+$/.test(name) || !/^[^/\\\0]+$/.test(version)) return undefined;
  const description = table(data, 'description');
  return {
    name,
    version,
    rockspec: rockspec.path,
    format3: Number.parseFloat(rockspec.format) >= 3,
    build: table(data, 'build'),
    summary: text(description, 'summary'),
    license: text(description, 'license'),
    wrapBinScripts: table(data, 'deploy')?.get('wrap_bin_scripts') !== false,
    postInstall: text(table(data, 'hooks'), 'post_install'),
  };
}

/** The file name LuaRocks wants for a rockspec. */
export function rockspecName(source: Pick<RockSource, 'name' | 'version'>): string {
  return `${source.name}-${source.version}.rockspec`;
}

function text(data: DataTable | undefined, key: string): string | undefined {
  const value = data?.get(key);
  return typeof value === 'string' ? value : undefined;
}

function table(data: DataTable | undefined, key: string): DataTable | undefined {
  const value = data?.get(key);
  return value instanceof Map ? value : undefined;
}
