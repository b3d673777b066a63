// Kong versions: what a person may write after --kong, and how two of them compare.
import { UserError } from '../system/userError';

/** A Kong version as far as its rules go: `3.9` and `3.9.1` have the same. */
export interface KongVersion {
  /** As it was written. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** The version whose rules hold when nothing is said. */
export const DEFAULT_KONG = '3.9';

/** Minor versions whose loader is known, oldest first (Kong's git tags 1.2.0 to 3.9.3, and what follows them). */
export const KNOWN_KONG_VERSIONS: readonly string[] = [
  ...['1.2', '1.3', '1.4', '1.5'],
  ...['2.0', '2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '2.7', '2.8'],
  ...['3.0', '3.1', '3.2', '3.3', '3.4', '3.5', '3.6', '3.7', '3.8', '3.9', '3.10'],
];

/**
 * Reads `3.9`, `3.9.1`, `3.4.3.5` (Enterprise) or `HEAD` (what comes after the newest release). Versions newer than the newest known one
 * get its rules. Throws UserError (exit code 2) for anything else, and for versions before 1.2, whose loader is another one.
 */
export function parseKongVersion(text: string): KongVersion {
  if (/^head$/i.test(text)) return { text, major: 3, minor: 10 };
  const match = /^v?(\d{1,3})\.(\d{1,3})(?:\.\d+)*(?:[-+.\w]*)$/.exec(text.trim());
  const version = { text, major: Number(match?.[1]), minor: Number(match?.[2]) };
  if (match === null || !isAtLeast(version, '1.2')) {
    throw new UserError(`"${text}" is not a Kong version whose rules are known.`, {
      exitCode: 2,
      next: `Say one from ${KNOWN_KONG_VERSIONS[0] ?? ''} to ${KNOWN_KONG_VERSIONS.at(-2) ?? ''}, for example --kong ${DEFAULT_KONG}.`,
    });
  }
  return version;
}

/** Whether a version is `minor` (`3.4`) or newer. */
export function isAtLeast(version: KongVersion, minor: string): boolean {
  const [wantedMajor = 0, wantedMinor = 0] = minor.split('.').map(Number);
  return version.major > wantedMajor || (version.major === wantedMajor && version.minor >= wantedMinor);
}

/** The newest of entries that each hold from one minor version on (ordered oldest first); undefined before the first. */
export function entryFor<T extends { from: string }>(version: KongVersion, entries: readonly T[]): T | undefined {
  return entries.findLast(({ from }) => isAtLeast(version, from));
}
