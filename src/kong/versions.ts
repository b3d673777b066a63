// Kong versions: what a person may write after --kong, which of them there are, and how two of them compare.
import { UserError } from '../system/userError';
import data from './releases/kongReleases.json';

/** Two numbers of a version. */
export interface MinorVersion {
  readonly major: number;
  readonly minor: number;
}

/** A Kong version: whose rules hold, and which release it is. */
export interface KongVersion extends MinorVersion {
  /** As it was written. */
  readonly text: string;
  /** The numbers behind the minor version, as many as were written: `[1]` of 3.9.1, `[3, 5]` of 3.4.3.5. */
  readonly patch?: readonly number[];
  /** The release of Kong Enterprise that it is; its loader is not public, so from 3.10 on `major` and `minor` are those of the last open one. */
  readonly enterprise?: MinorVersion | undefined;
}

/** The version whose rules hold when nothing is said. */
export const DEFAULT_KONG = '3.9';

/** The minor versions of open-source Kong whose loader is known, oldest first (Kong's git tags 1.2.0 to 3.9.3). */
export const OPEN_KONG_VERSIONS: readonly string[] = [
  ...new Set(Object.keys(data.openSource).map((version) => version.replace(/\.\d+$/, ''))),
];
/** Those, and the ones of Kong Enterprise that came after them. */
export const ALL_KONG_VERSIONS: readonly string[] = [
  ...OPEN_KONG_VERSIONS,
  ...Array.from({ length: Number(data.enterprise.newest.split('.')[1]) - 9 }, (_, i) => `3.${10 + i}`),
];
const OLDEST = OPEN_KONG_VERSIONS[0] ?? '';
const NEWEST = OPEN_KONG_VERSIONS.at(-1) ?? '';
const NEWEST_ENTERPRISE = data.enterprise.newest;

/** What is said with every verdict for an Enterprise whose loader is not public. */
export const BY_OLDER_RULES = `by the rules of ${NEWEST}, with what is documented since`;

/**
 * Reads `3.9`, `3.9.1`, `3.4.3.5` or `enterprise-3.12` (Enterprise), `HEAD` (what comes after the newest open release), and the name of an
 * image (`kong:3.9.1`, `kong/kong-gateway:3.12`). Throws UserError (exit code 2) for a version that does not exist, and for those before 1.2,
 * whose loader is another one.
 */
export function parseKongVersion(written: string): KongVersion {
  const text = written.trim();
  if (/^head$/i.test(text)) return { text, major: 3, minor: 10 };
  const image = imageVersion(text);
  if (image !== undefined) return { ...parseRelease(image.version, image.enterprise, text), text };
  const enterprise = /^(?:kong-)?enterprise(?:-edition)?[-: ]v?(.+)$/i.exec(text)?.[1];
  return { ...parseRelease(enterprise ?? text, enterprise !== undefined, text), text };
}

/** As parseKongVersion, for what a running node says: a patch that nobody knew yet has the rules of its minor version. Undefined for others. */
export function kongVersionOfNode(text: string): KongVersion | undefined {
  for (const candidate of [text, /^\d+\.\d+/.exec(text)?.[0] ?? text]) {
    try {
      return parseKongVersion(candidate);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return undefined;
}

function parseRelease(release: string, asEnterprise: boolean, text: string): KongVersion {
  const match = /^v?(\d{1,3})\.(\d{1,3})((?:\.\d{1,3}){0,2})(?:[-+][-+.\w]*)?$/.exec(release);
  const [major, minor] = [Number(match?.[1]), Number(match?.[2])];
  const patch = (match?.[3] ?? '').split('.').slice(1).map(Number);
  const version = { text, major, minor, patch };
  if (match === null || !isAtLeast(version, OLDEST)) throw unknownVersion(text);
  if (isAtLeast(version, NEWEST) && `${major}.${minor}` !== NEWEST) {
    // Open-source Kong has no release after this.
    if (!isAtMost(version, NEWEST_ENTERPRISE)) throw unknownVersion(text);
    const [lastMajor = 0, lastMinor = 0] = numbers(NEWEST);
    return { text, major: lastMajor, minor: lastMinor, patch, enterprise: { major, minor } };
  }
  const isKnown = OPEN_KONG_VERSIONS.includes(`${major}.${minor}`);
  const isEnterprise = asEnterprise || patch.length > 1;
  const exists = isEnterprise || patch.length === 0 || `${major}.${minor}.${patch.join('.')}` in data.openSource;
  if (!isKnown || !exists) throw unknownVersion(text);
  return isEnterprise ? { ...version, enterprise: { major, minor } } : version;
}

function unknownVersion(text: string): UserError {
  return new UserError(`"${text}" is not a Kong version whose rules are known.`, {
    exitCode: 2,
    next: `Say one from ${OLDEST} to ${NEWEST}, or of Kong Enterprise up to ${NEWEST_ENTERPRISE}, for example --kong ${DEFAULT_KONG}, --kong enterprise-3.12 or --kong kong:3.9.1.`,
  });
}

/** What the tag of one of Kong's images says: `kong:3.9.1-ubuntu`, `docker.io/kong/kong-gateway:3.12`. Undefined for what is no image. */
function imageVersion(text: string): { version: string; enterprise: boolean } | undefined {
  const match =
    /^(?:[\w.-]+(?::\d+)?\/)*?((?:library\/)?kong|kong\/kong|(?:kong\/)?kong-gateway(?:-dev)?)(?::([\w.-]+))?(?:@sha256:\w+)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const enterprise = (match[1] ?? '').includes('kong-gateway');
  const newest = enterprise ? NEWEST_ENTERPRISE : (Object.keys(data.openSource).at(-1) ?? NEWEST);
  const tag = match[2] ?? 'latest';
  return { version: /^(?:latest|ubuntu|debian|alpine|rhel|3)(?:-|$)/.test(tag) ? newest : tag, enterprise };
}

/** The LuaRocks inside that Kong, where its releases differ; undefined when only the minor version is known and that is not enough. */
export function luarocksInside({ major, minor, patch = [], enterprise }: KongVersion): string | undefined {
  if (enterprise !== undefined) {
    const own = [enterprise.major, enterprise.minor, ...patch];
    return Object.entries(data.enterprise.luarocks).findLast(([from]) => compare(numbers(from), own) <= 0)?.[1];
  }
  if (patch.length === 0) return undefined;
  return Object.entries(data.openSource).find(([version]) => version === [major, minor, ...patch].join('.'))?.[1];
}

/** Whether a version is `minor` (`3.4`) or newer. */
export function isAtLeast({ major, minor }: MinorVersion, wanted: string): boolean {
  return compare([major, minor], numbers(wanted)) >= 0;
}

function isAtMost({ major, minor }: MinorVersion, wanted: string): boolean {
  return compare([major, minor], numbers(wanted)) <= 0;
}

/** Versions that tables name: the same few are asked for again and again. */
const NUMBERS = new Map<string, readonly number[]>();
const MAX_NUMBERS = 500;

function numbers(version: string): readonly number[] {
  const known = NUMBERS.get(version);
  if (known !== undefined) return known;
  const found = version.split('.').map(Number);
  if (NUMBERS.size < MAX_NUMBERS) NUMBERS.set(version, found);
  return found;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The newest of entries that each hold from one minor version on (ordered oldest first); undefined before the first. */
export function entryFor<T extends { from: string }>(version: MinorVersion, entries: readonly T[]): T | undefined {
  return entries.findLast(({ from }) => isAtLeast(version, from));
}
