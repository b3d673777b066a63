// Kong's version: read from a text that shows it, and held against the ranges of the catalogue's steps.

const SIGNS: readonly RegExp[] = [
  /\[verbose\] Kong: (\d{1,2}\.\d{1,3}(?:\.\d{1,3}){0,2})/,
  /\bServer: kong\/(\d{1,2}\.\d{1,3}(?:\.\d{1,3}){0,2})/i,
  /\bVia: (?:\d\.\d )?kong\/(\d{1,2}\.\d{1,3}(?:\.\d{1,3}){0,2})/i,
  /\bkong(?:\/kong-gateway|-gateway)?:(\d{1,2}\.\d{1,3}(?:\.\d{1,3}){0,2})\b/,
  /^(?:\$ kong version )?Kong (?:Enterprise )?(\d{1,2}\.\d{1,3}(?:\.\d{1,3}){0,2})$/,
];

/** The version of Kong that a text shows, or null. */
export function kongVersionIn(text: string): string | null {
  for (const sign of SIGNS) {
    const version = sign.exec(text)?.[1];
    if (version !== undefined) return version;
  }
  return null;
}

/** Whether a version satisfies `>=3.0`, `<2.3` or both, separated by a blank. A version without a patch counts as its first. */
export function inRange(version: string, range: string): boolean {
  return range.split(' ').every((part) => {
    const match = /^(>=|<)(\d+)\.(\d+)$/.exec(part);
    if (match === null) return true;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const difference = major - Number(match[2]) || minor - Number(match[3]);
    return match[1] === '<' ? difference < 0 : difference >= 0;
  });
}
