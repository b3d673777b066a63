// An error a person can act on: what happened, and what to do next. Anything else thrown is a bug of ours.

/** Exit codes of the command line: 1 a problem was found or the operation failed, 2 wrong usage, 3 the environment lacks something. */
export type ExitCode = 1 | 2 | 3;

/** Thrown by the engine for everything that is not a bug; the faces print `message` and `next` and never a stack. */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  /** What to do next, one sentence. */
  readonly next: string | undefined;
  /** The file (absolute) and zero-based line it is about. */
  readonly at: { path: string; line?: number } | undefined;

  constructor(
    message: string,
    options: { exitCode?: ExitCode; next?: string; at?: { path: string; line?: number }; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = options.exitCode ?? 1;
    this.next = options.next;
    this.at = options.at;
  }
}

/** The text of anything thrown, for a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The text of anything thrown with what to do next, when it says that: how a UserError is told in one line. */
export function messageAndNext(error: unknown): string {
  const message = messageOf(error);
  return error instanceof UserError && error.next !== undefined ? `${message} ${error.next}` : message;
}

/** The `code` of a Node system error (`ENOENT`, `EACCES` …), or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
