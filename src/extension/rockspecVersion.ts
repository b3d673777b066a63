// The version in the name of a rockspec's file.
import { basename } from 'node:path';

/** The version that a rockspec's file name says; undefined without a rockspec. */
export function versionOfRockspec(rockspec: string | undefined): string | undefined {
  return /-([^-]+)-\d+\.rockspec$/.exec(basename(rockspec ?? ''))?.[1];
}
