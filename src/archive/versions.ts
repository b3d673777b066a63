// Versions as LuaRocks orders them (core/vers.lua, 3.8.0; the same in 3.12).

/** A parsed version: its numbers, words turned into numbers that sort right, and the revision behind the dash. */
export interface Version {
  numbers: number[];
  revision: number | undefined;
  text: string;
}

const WORDS: Readonly<Record<string, number>> = {
  dev: 120_000_000,
  scm: 110_000_000,
  cvs: 100_000_000,
  rc: -1000,
  pre: -10_000,
  beta: -100_000,
  alpha: -1_000_000,
};

/** vers.parse_version: never fails; what it does not understand counts as 0. */
export function parseVersion(version: string): Version {
  const text = version.trim();
  const revision = /^(.*)-(\d+)$/s.exec(text);
  let rest = revision?.[1] ?? text;
  const numbers: number[] = [];
  let word: number | undefined;
  while (rest !== '') {
    const token = /^(?:(\d+)|([A-Za-z]+))[._-]*/.exec(rest);
    if (token === null) {
      word = 0;
      break;
    }
    if (token[1] !== undefined) {
      numbers.push(word === undefined ? Number(token[1]) : word + Number(token[1]) / 100_000);
      word = undefined;
    } else word = WORDS[token[2] ?? ''] ?? (token[2] ?? '').charCodeAt(0) / 1000;
    rest = rest.slice(token[0].length);
  }
  if (word !== undefined) numbers.push(word);
  return { numbers, revision: revision?.[2] === undefined ? undefined : Number(revision[2]), text };
}

/** Negative when `a` is older than `b`, positive when newer, 0 when neither. */
export function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < Math.max(a.numbers.length, b.numbers.length); i++) {
    const difference = (a.numbers[i] ?? 0) - (b.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.revision === undefined || b.revision === undefined ? 0 : a.revision - b.revision;
}
