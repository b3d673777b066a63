// What a command of the terminal face may touch: its streams, its folder, its environment and the way to stop it.

/** The surroundings of one run; tests pass their own. */
export interface Io {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output: what people read, or the one JSON document. */
  out: (text: string) => void;
  /** Writes to standard error: progress and errors. */
  err: (text: string) => void;
  /** Standard input, for `-`. */
  stdin: NodeJS.ReadableStream;
  /** Whether a person sits at the terminal and may be asked. */
  interactive: boolean;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** How results are printed: text for people, or the one JSON document. */
export type OutputFormat = 'text' | 'json';

/** Exit codes of the command line: 0 all well, 1 a problem found or the operation failed and was undone, 2 wrong usage, 3 the environment lacks something, 130 stopped by Ctrl-C. */
export type ExitStatus = 0 | 1 | 2 | 3 | 130;
