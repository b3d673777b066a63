// The folder that a rockspec's paths are relative to.
import { basename, dirname } from 'node:path';

/** The rockspec's own folder, or the one above `rockspec/` or `rockspecs/`, where `luarocks make` looks too (luarocks cmd/make.lua@3.8). */
export function projectFolder(rockspec: string): string {
  const dir = dirname(rockspec);
  return /^rockspecs?$/.test(basename(dir)) ? dirname(dir) : dir;
}
