// From a rockspec to what packing needs of it.
import type { Rockspec } from './read';
import { dataOf } from '../luarocks/readData';
import type { RockSource } from '../luarocks/rockSource';
import type { DataTable } from '../luarocks/writeData';

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

function text(data: DataTable | undefined, key: string): string | undefined {
  const value = data?.get(key);
  return typeof value === 'string' ? value : undefined;
}

function table(data: DataTable | undefined, key: string): DataTable | undefined {
  const value = data?.get(key);
  return value instanceof Map ? value : undefined;
}
