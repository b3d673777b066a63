// Files with their content, as rocks and trees hold them, and the one order they are listed in.

/** A file with its content, under its path in an archive or in a tree. */
export interface FileContent {
  path: string;
  content: Buffer;
  /** Permission bits. */
  mode: number;
}

/** Bytewise order of paths, the same in every locale. */
export function byPath(a: { path: string }, b: { path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}
