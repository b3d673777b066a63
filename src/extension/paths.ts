// Small questions about file paths.
import path from 'node:path';

/** Whether `file` is `folder` or lies in it. */
export function isInside(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** The version that a rockspec's file name says; undefined without a rockspec. */
export function versionOfRockspec(rockspec: string | undefined): string | undefined {
  return /-([^-]+)-\d+\.rockspec$/.exec(path.basename(rockspec ?? ''))?.[1];
}
