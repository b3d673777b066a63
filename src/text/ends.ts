// Taking characters off a text's end. A pattern such as /x+$/ looks at every run of them again from each of its characters; this looks once.

/** The text without the characters at its end that `one`, a pattern of one character, takes. */
export function withoutTrailing(text: string, one: RegExp): string {
  let end = text.length;
  while (end > 0 && one.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** A path without the slashes at its end; the root stays one. */
export function withoutSlash(path: string): string {
  return withoutTrailing(path, /\//) || path.slice(0, 1);
}

/** The lines of a text in one, with a space for each break and what is blank around it. */
export function inOneLine(text: string): string {
  const lines = text.split('\n');
  if (lines.length === 1) return text;
  const last = lines.length - 1;
  const parts = lines.map((line, i) => (i === 0 ? line.trimEnd() : i === last ? line.trimStart() : line.trim()));
  return parts.filter((part, i) => part !== '' || i === 0 || i === last).join(' ');
}
