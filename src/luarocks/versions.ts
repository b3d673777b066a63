// Versions and dependency strings as LuaRocks reads and compares them (core/vers.lua, queries.lua).
import { own } from '../text/own';

/** What a rockspec's version must look like (type/rockspec.lua, a Lua pattern on byte strings). */
export const VERSION_PATTERN = /^[A-Za-z0-9.]+-[0-9]+$/;

/** A parsed version: its components and, apart, its revision. */
export interface ParsedVersion {
  parts: number[];
  revision: number | undefined;
  text: string;
}

const WORDS: Readonly<Record<string, number>> = {
  dev: 120000000,
  scm: 110000000,
  cvs: 100000000,
  rc: -1000,
  pre: -10000,
  beta: -100000,
  alpha: -1000000,
};

/** A number or a word of a version, and what parts it from the next. */
const PART = /(?:(\d+)|([A-Za-z]+))[.\-_]*/y;
/** A constraint of a dependency. */
const CONSTRAINT = /(@?)([<>=~!]*)[ \t-\r]*([A-Za-z0-9._-]+)[ \t-\r,]*/y;

/** Parses any version string; what cannot be parsed counts as 0, as in LuaRocks. */
export function parseVersion(text: string): ParsedVersion {
  const trimmed = text.trim();
  const revision = /^(.*)-(\d+)$/s.exec(trimmed);
  const numbered = revision?.[1] ?? trimmed;
  const parts: number[] = [];
  let at = 0;
  for (let place = 0; place < numbered.length;) {
    PART.lastIndex = place;
    const [part = '', number, word] = PART.exec(numbered) ?? [];
    if (number !== undefined) {
      const value = Number(number);
      const before = parts[at];
      parts[at++] = before === undefined ? value : before + value / 100000;
    } else {
      parts[at] = word === undefined ? 0 : weightOf(word);
      if (word === undefined) break;
    }
    place += part.length;
  }
  return { parts, revision: revision === null ? undefined : Number(revision[2]), text: trimmed };
}

function weightOf(word: string): number {
  const known = own(WORDS, word);
  return known ?? word.charCodeAt(0) / 1000;
}

/** LuaRocks' `==`: the same number of components, revisions only when both have one. */
export function versionsEqual(a: ParsedVersion, b: ParsedVersion): boolean {
  if (a.parts.length !== b.parts.length || a.parts.some((part, i) => part !== b.parts[i])) return false;
  return a.revision === undefined || b.revision === undefined || a.revision === b.revision;
}

/** LuaRocks' `<`: missing components are 0, revisions only when both have one. */
export function versionLess(a: ParsedVersion, b: ParsedVersion): boolean {
  for (let i = 0; i < Math.max(a.parts.length, b.parts.length); i++) {
    const [left, right] = [a.parts[i] ?? 0, b.parts[i] ?? 0];
    if (left !== right) return left < right;
  }
  return a.revision !== undefined && b.revision !== undefined && a.revision < b.revision;
}

function partialMatch(version: ParsedVersion, wanted: ParsedVersion): boolean {
  if (wanted.parts.some((part, i) => part !== (version.parts[i] ?? 0))) return false;
  return wanted.revision === undefined || wanted.revision === version.revision;
}

type Operator = '==' | '~=' | '<' | '>' | '<=' | '>=' | '~>';

/** What may stand for an operator, and what it means. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  '==': '==',
  '~=': '~=',
  '>': '>',
  '<': '<',
  '>=': '>=',
  '<=': '<=',
  '~>': '~>',
  '': '==',
  '=': '==',
  '!=': '~=',
};

const MATCHES: Readonly<Record<Operator, (version: ParsedVersion, wanted: ParsedVersion) => boolean>> = {
  '==': versionsEqual,
  '~=': (version, wanted) => !versionsEqual(version, wanted),
  '<': versionLess,
  '>': (version, wanted) => versionLess(wanted, version),
  '<=': (version, wanted) => !versionLess(wanted, version),
  '>=': (version, wanted) => !versionLess(version, wanted),
  '~>': partialMatch,
};

/** One constraint of a dependency; `written` is the operator as it stands there. */
export interface Constraint {
  operator: Operator;
  written: string;
  version: string;
  /** An `@` stands before it: LuaRocks does not upgrade what is installed. */
  noUpgrade: boolean;
}

/** A dependency string taken apart; the name is in lower case. */
export interface Dependency {
  name: string;
  namespace: string | undefined;
  constraints: Constraint[];
}

/** Whether a version satisfies all constraints. */
export function satisfies(version: string, constraints: readonly Constraint[]): boolean {
  const parsed = parseVersion(version);
  return constraints.every((constraint) => MATCHES[constraint.operator](parsed, parseVersion(constraint.version)));
}

/** Parses a dependency string; on failure gives LuaRocks' own words (queries.from_dep_string). */
export function parseDependency(text: string): Dependency | { error: string } {
  const match = /^[ \t-\r]*([a-zA-Z0-9.\-_]*\/?[a-zA-Z0-9][a-zA-Z0-9.\-_]*)[ \t-\r]*([^/]*)/.exec(text);
  if (match === null) return { error: `failed to extract dependency name from '${text}'` };
  const [, fullName = '', constraintText = ''] = match;
  const constraints: Constraint[] = [];
  for (let at = 0; at < constraintText.length;) {
    CONSTRAINT.lastIndex = at;
    const constraint = CONSTRAINT.exec(constraintText);
    const written = constraint?.[2];
    const operator = written === undefined ? undefined : OPERATORS[written];
    if (constraint === null || written === undefined || operator === undefined) {
      return {
        error: `Failed to parse constraint '${constraintText}' with error: Encountered bad constraint operator: '${written ?? 'nil'}' in '${constraintText.slice(at)}'`,
      };
    }
    constraints.push({ operator, written, version: constraint[3] ?? '', noUpgrade: constraint[1] === '@' });
    at += constraint[0].length;
  }
  const slash = fullName.indexOf('/');
  return {
    name: fullName.slice(slash + 1).toLowerCase(),
    namespace: slash < 0 ? undefined : fullName.slice(0, slash),
    constraints,
  };
}

/** `1.0-rc1-1` as LuaRocks wants it, `1.0rc1-1`; undefined when it is not clear. */
export function wellFormedVersion(version: string): string | undefined {
  const [, whole = '', revision = '1'] = /^(.*?)(?:-(\d+))?$/s.exec(version.trim()) ?? [];
  let body = whole;
  const prerelease = /^(v?\d[\d.]*)-([A-Za-z]+)[.-]?(\d*)$/.exec(body);
  if (prerelease !== null) body = `${prerelease[1] ?? ''}${(prerelease[2] ?? '').toLowerCase()}${prerelease[3] ?? ''}`;
  const wellFormed = `${body}-${revision}`;
  return VERSION_PATTERN.test(wellFormed) ? wellFormed : undefined;
}
