// What an archive is: the types that packing and inspecting return, in the shape of the command line's JSON.
import type { RockProblem } from '../luarocks/problem';

export type ArchiveKind = 'rock' | 'tar';

/** One file of an archive. `deploysTo` is where installing puts it, relative to the tree; absent when it is not installed. */
export interface ArchiveFile {
  path: string;
  size: number;
  deploysTo?: string;
}

/** An archive, read or made. `sha256` is null when nothing was written or the file could not be read. */
export interface Archive {
  path: string;
  kind: ArchiveKind;
  sha256: string | null;
  files: ArchiveFile[];
  problems: RockProblem[];
}
