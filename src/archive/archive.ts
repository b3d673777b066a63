// What an archive is: the types that packing and inspecting return, in the shape of the command line's JSON.
import type { Severity } from '../text/diagnostic';

export type ArchiveKind = 'rock' | 'tar';

/** One thing wrong with an archive or with what would go into it. `path` is the file it is about, as the archive or the folder names it. */
export interface ArchiveProblem {
  code: string;
  severity: Severity;
  message: string;
  path?: string;
}

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
  problems: ArchiveProblem[];
}

/** A file with its content, under its path in an archive or in a tree. */
export interface FileContent {
  path: string;
  content: Buffer;
  /** Permission bits. */
  mode: number;
}

/** A problem that refuses the archive. */
export function error(code: string, message: string, path?: string): ArchiveProblem {
  return { code, severity: 'error', message, ...(path === undefined ? {} : { path }) };
}

/** A problem that is only said. */
export function warning(code: string, message: string, path?: string): ArchiveProblem {
  return { code, severity: 'warning', message, ...(path === undefined ? {} : { path }) };
}

/** Whether a problem among these refuses the operation. */
export function hasErrors(problems: readonly ArchiveProblem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** Bytewise order of paths, the same in every locale. */
export function byPath(a: { path: string }, b: { path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}
