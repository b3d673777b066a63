// The folder of a rockspec's project, as its path tells it.
import { basename, dirname } from 'node:path';

/** The folder that its paths are relative to: its own, or the one above `rockspec/` or `rockspecs/`, where `luarocks make` looks too (luarocks cmd/make.lua@3.8). */
export function projectFolder(rockspec: string): string {
  const dir = dirname(rockspec);
  return /^rockspecs?$/.test(basename(dir)) ? dirname(dir) : dir;
}
