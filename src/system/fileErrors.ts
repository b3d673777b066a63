// What the operating system answers about a file, in words a person can act on.
import { errorCode, messageOf, UserError, type ExitCode } from './userError';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a folder of its path is a file',
  EEXIST: 'a folder of its path is a file',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a circle',
  EBUSY: 'it is in use',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
};

/** Why a file could not be read or written, as the end of a sentence. */
export function reasonOf(error: unknown): string {
  return REASONS[errorCode(error) ?? ''] ?? messageOf(error);
}

/** Who may write. */
const WRITE_BITS = 0o222;

/**
 * Why a file of a mode is not to be replaced, as the end of a sentence; undefined when it may be. Who takes everybody's right to write away means the
 * file to stay, also where the system would let its folder's owner or root put another one in its place.
 */
export function readOnlyReason(mode: number): string | undefined {
  return (mode & WRITE_BITS) === 0 ? `it is read-only (mode ${(mode & 0o777).toString(8).padStart(3, '0')})` : undefined;
}

/** `Cannot <verb> <path>: …` for an error of the operating system. */
export function cannot(verb: string, path: string, error: unknown, exitCode: ExitCode = 3): UserError {
  return new UserError(`Cannot ${verb} ${path}: ${reasonOf(error)}.`, { exitCode, at: { path }, cause: error });
}

const VERBS: Readonly<Record<string, string>> = { mkdir: 'create', rename: 'rename', unlink: 'delete', rmdir: 'delete' };

/** The UserError of any exception that is the operating system's refusal of a file; undefined for every other one. */
export function refusal(error: unknown): UserError | undefined {
  if (!(error instanceof Error) || !('path' in error) || typeof error.path !== 'string') return undefined;
  if (!('syscall' in error) || typeof error.syscall !== 'string' || !((errorCode(error) ?? '') in REASONS)) return undefined;
  return cannot(VERBS[error.syscall] ?? 'open', error.path, error);
}
