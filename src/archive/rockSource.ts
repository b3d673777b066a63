// From a rockspec file to what packing needs of it.
import { baseName } from './luarocksPaths';
import { readDataFile } from './luaData';
import type { DataTable, LuaData } from './persist';

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
  /** Shell command that LuaRocks runs after installing. */
  postInstall: string | undefined;
}

/** Platforms whose overrides LuaRocks merges on Linux, in its order (core/cfg.lua). */
const PLATFORMS = ['unix', 'linux'];

/** Reads the bytes of a rockspec; an error says why LuaRocks could not. */
export function readRockSource(
  content: Buffer,
  path: string,
): { source: RockSource; error?: undefined } | { source?: undefined; error: string } {
  const file = readDataFile(content);
  if (file.data === undefined) return { error: file.error };
  const { data } = file;
  const name = text(data, 'package')?.toLowerCase();
  const version = text(data, 'version');
  if (name === undefined || version === undefined) return { error: 'it does not say package and version' };
  if (name.includes('/') || version.includes('/')) return { error: `"${name}-${version}" is no name for a rock` };
  const description = table(data, 'description');
  const hooks = table(data, 'hooks');
  return {
    source: {
      name,
      version,
      rockspec: path,
      format3: Number.parseFloat(text(data, 'rockspec_format') ?? '1.0') >= 3,
      build: overridden(table(data, 'build')),
      summary: description && text(description, 'summary'),
      license: description && text(description, 'license'),
      postInstall: hooks && text(overridden(hooks) ?? hooks, 'post_install'),
    },
  };
}

/** The file name LuaRocks wants for a rockspec. */
export function rockspecName(source: Pick<RockSource, 'name' | 'version'>): string {
  return `${source.name}-${source.version}.rockspec`;
}

/** Whether a rockspec file is called what LuaRocks wants; plain `rockspec` will do. */
export function isNamedRight(source: RockSource): boolean {
  const base = baseName(source.rockspec);
  return base === 'rockspec' || base === rockspecName(source);
}

function text(data: DataTable, key: string): string | undefined {
  const value = data.get(key);
  return typeof value === 'string' ? value : undefined;
}

function table(data: DataTable, key: string): DataTable | undefined {
  const value = data.get(key);
  return value instanceof Map ? value : undefined;
}

/** rockspecs.lua platform_overrides: from the general to the particular, tables merged, `platforms` gone. */
function overridden(data: DataTable | undefined): DataTable | undefined {
  const platforms = data && table(data, 'platforms');
  if (data === undefined || platforms === undefined) return data;
  for (const platform of PLATFORMS) {
    const overrides = table(platforms, platform);
    if (overrides !== undefined) merge(data, overrides);
  }
  data.delete('platforms');
  return data;
}

function merge(into: DataTable, from: DataTable): void {
  for (const [key, value] of from) {
    const there = into.get(key);
    if (value instanceof Map && (there === undefined || there instanceof Map)) {
      const target: DataTable = there ?? new Map<string | number, LuaData>();
      into.set(key, target);
      merge(target, value);
    } else into.set(key, value);
  }
}
