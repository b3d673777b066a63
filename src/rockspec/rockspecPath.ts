// What a rockspec's path tells: the folder of its project, and the version in its name.
import { basename, dirname } from 'node:path';

/** The folder that its paths are relative to: its own, or the one above `rockspec/` or `rockspecs/`, where `luarocks make` looks too (luarocks cmd/make.lua@3.8). */
export function projectFolder(rockspec: string): string {
  const dir = dirname(rockspec);
  return /^rockspecs?$/.test(basename(dir)) ? dirname(dir) : dir;
}

/** The version that a rockspec's file name says; undefined without a rockspec. */
export function versionOfRockspec(rockspec: string | undefined): string | undefined {
  return /-([^-]+)-\d+\.rockspec$/.exec(basename(rockspec ?? ''))?.[1];
}
