// What is wrong with an archive's entries whatever it is an archive of: paths that lead out, links, doubles, odd modes.
import { error, warning, type RockProblem } from '../luarocks/problem';
import type { ArchiveEntry } from './entries';
import { normalizePath, staysInside } from '../luarocks/paths';

const MAX_NAMED = 100;
const SPECIAL_BITS = 0o7000;
/** Longer or deeper paths no file system takes; they are named and not looked into. */
const MAX_PATH = 1024;
const MAX_DEPTH = 64;
/** What is not seen or turns the direction of what is (UAX #9), so that a name reads as another. */
const UNSEEN = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;

/** Problems of the entries, at most a hundred of them. */
export function entryProblems(entries: readonly ArchiveEntry[]): RockProblem[] {
  const problems: RockProblem[] = [];
  const types = new Map<string, ArchiveEntry['type']>();
  for (const entry of entries) {
    const { path, type, target, mode } = entry;
    if (path.length > MAX_PATH || path.split('/').length > MAX_DEPTH) {
      problems.push(
        error('inspect/odd-name', `A path of ${path.length} characters begins ${JSON.stringify(path.slice(0, 60))}.`),
      );
      continue;
    }
    const normalized = normalizePath(path);
    if (leadsOut(path)) {
      problems.push(
        error('inspect/path-traversal', `${JSON.stringify(path)} leads out of the folder that the archive is unpacked in.`, path),
      );
    } else if (/[\0-\x1f\x7f\\]/.test(path)) {
      problems.push(error('inspect/odd-name', `${JSON.stringify(path)} has characters that tools read differently.`, path));
    }
    const readable = path.replace(UNSEEN, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`);
    if (readable !== path) {
      problems.push(
        warning('inspect/misleading-name', `${JSON.stringify(readable)} has characters that hide how it reads.`, path),
      );
    }
    if (type === 'link') {
      problems.push(
        error(
          'inspect/link',
          `${JSON.stringify(path)} is a link to ${JSON.stringify(target ?? '?')}; what it leads to is not in the archive's hands.`,
          path,
        ),
      );
    } else if (type === 'other') {
      problems.push(
        error('inspect/special-file', `${JSON.stringify(path)} is no plain file (a device, a pipe or the like).`, path),
      );
    }
    if ((mode & SPECIAL_BITS) !== 0 && type === 'file') {
      problems.push(
        warning('inspect/mode', `${JSON.stringify(path)} asks to run as another user (mode ${mode.toString(8)}).`, path),
      );
    }
    const before = types.get(normalized);
    if (before !== undefined && !(before === 'directory' && type === 'directory')) {
      problems.push(error('inspect/duplicate', `${JSON.stringify(path)} is in the archive more than once.`, path));
    }
    types.set(normalized, type);
  }
  const blocked = new Set(
    [...types.keys()].flatMap(parents).filter((path) => types.has(path) && types.get(path) !== 'directory'),
  );
  for (const path of blocked)
    problems.push(error('inspect/duplicate', `${JSON.stringify(path)} is both a file and a folder.`, path));
  for (const [one, other] of collisions([...types.keys()])) {
    problems.push(
      warning(
        'inspect/colliding-names',
        `${JSON.stringify(one)} and ${JSON.stringify(other)} are one name on a system that tells neither capitals nor the ways to write an accent apart.`,
        other,
      ),
    );
  }
  const more = problems.length - MAX_NAMED;
  return more > 0
    ? [...problems.slice(0, MAX_NAMED), error('inspect/more', `There are ${more} problems more with its entries.`)]
    : problems;
}

/** Paths, and folders on the way to them, that differ only in capitals or in how their characters are composed. */
function collisions(paths: readonly string[]): [one: string, other: string][] {
  const found: [string, string][] = [];
  const known = new Map<string, string>();
  for (const path of new Set([...paths, ...paths.flatMap(parents)])) {
    const folded = path.normalize('NFC').toLowerCase();
    const one = known.get(folded);
    if (one === undefined) known.set(folded, path);
    // Below two folders that collide everything does: that is said of the folders.
    else if (one.slice(0, one.lastIndexOf('/') + 1) === path.slice(0, path.lastIndexOf('/') + 1)) found.push([one, path]);
  }
  return found;
}

/** Whether unpacking a path could write outside: absolute, with a drive, or with `..` anywhere, with either separator. */
export function leadsOut(path: string): boolean {
  return path === '' || /^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/.test(path) || !staysInside(normalizePath(path));
}

/** The folders a path goes through. */
function parents(path: string): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) found.push(path.slice(0, slash));
  return found;
}
