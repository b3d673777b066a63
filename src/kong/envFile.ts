// An environment file (`NAME=value` lines, as docker --env-file and compose read it): Kong's variables in it, and changing one.

const LINE = /^(\s*(?:export\s+)?)((?:KONG|LUA)_[A-Z0-9_]+)=(.*?)(\r?)$/;

/** The KONG_* and LUA_* variables of a file; the last of equal names wins. One pair of quotes around a value is not part of it. */
export function envValues(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const match = LINE.exec(line);
      return match?.[2] === undefined || match[3] === undefined ? [] : [[match[2], unquoted(match[3].trim())]];
    }),
  );
}

/** The one-based line that gives a variable its value; undefined when none does. */
export function envLine(text: string, name: string): number | undefined {
  const index = text.split('\n').findLastIndex((line) => LINE.exec(line)?.[2] === name);
  return index < 0 ? undefined : index + 1;
}

/** The text with one variable changed in its last line, or added at the end; all other bytes stay. */
export function setEnvValue(text: string, name: string, value: string): string {
  const lines = text.split('\n');
  const index = lines.findLastIndex((line) => LINE.exec(line)?.[2] === name);
  const match = LINE.exec(lines[index] ?? '');
  if (match !== null) {
    const quote = /^(["']).*\1$/.exec(match[3]?.trim() ?? '')?.[1] ?? '';
    lines[index] = `${match[1] ?? ''}${name}=${quote}${value}${quote}${match[4] ?? ''}`;
    return lines.join('\n');
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text}${text === '' || text.endsWith('\n') ? '' : newline}${name}=${value}${newline}`;
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}
