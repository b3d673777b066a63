// kong.conf (and .kong_env) as Kong reads it, and edits that leave every other byte alone.
// Kong reads it with Penlight's pl.config (lines, `=`, names made of [%w_]) and then strips comments (kong/conf_loader/init.lua@3.9.1).

/** Where Kong looks for its file by itself (kong/conf_loader/constants.lua@3.9.1). */
export const DEFAULT_CONF_PATHS = ['/etc/kong/kong.conf', '/etc/kong.conf'] as const;

/** One `name = value` of a kong.conf. Offsets are indices into the text. */
export interface ConfEntry {
  /** The name as Kong knows it: every character that is no letter or digit is an underscore. */
  name: string;
  /** The value without its comment, `\#` unescaped. */
  value: string;
  /** Offset of the name, of the value's first character and of the end of the value (before a comment). */
  nameStart: number;
  nameEnd: number;
  valueStart: number;
  valueEnd: number;
  /** Where its comment begins, or its line ends. */
  end: number;
}

/** A line that is neither empty, nor a comment, nor an entry. */
export interface ConfOddity {
  kind: 'no-equals' | 'section';
  text: string;
  start: number;
  end: number;
}

export interface Conf {
  text: string;
  entries: ConfEntry[];
  oddities: ConfOddity[];
}

interface LogicalLine {
  /** Joined text and, for each of its characters, the offset in the file. */
  text: string;
  at: number[];
}

/** Reads a kong.conf; never fails. Decode files as latin1 where bytes must survive an edit. */
export function parseConf(text: string): Conf {
  const entries: ConfEntry[] = [];
  const oddities: ConfOddity[] = [];
  for (const line of logicalLines(text)) {
    const offset = (index: number): number => line.at[index] ?? (line.at.at(-1) ?? 0) + 1;
    const first = line.text.search(/\S/);
    const end = line.text.trimEnd().length;
    if (line.text.startsWith('[')) {
      oddities.push({ kind: 'section', text: line.text.trim(), start: offset(0), end: offset(end) });
      continue;
    }
    const equals = line.text.indexOf('=');
    if (equals < 0) {
      oddities.push({ kind: 'no-equals', text: line.text.trim(), start: offset(first), end: offset(end) });
      continue;
    }
    const nameEnd = line.text.slice(0, equals).trimEnd().length;
    const raw = line.text.slice(equals + 1);
    const bare = stripComment(raw);
    const lead = bare.length - bare.trimStart().length;
    const valueStart = equals + 1 + lead;
    const valueEnd = Math.max(valueStart, equals + 1 + bare.trimEnd().length);
    entries.push({
      name: line.text.slice(first, nameEnd).replace(/[^A-Za-z0-9]/g, '_'),
      value: bare.trim().replaceAll('\\#', '#'),
      nameStart: offset(first),
      nameEnd: offset(Math.max(first, nameEnd - 1)) + (nameEnd > first ? 1 : 0),
      valueStart: offset(valueStart),
      valueEnd: valueEnd > valueStart ? offset(valueEnd - 1) + 1 : offset(valueStart),
      end: offset(equals + bare.replace(/\r$/, '').length) + 1,
    });
  }
  return { text, entries, oddities };
}

/** What the file says about a setting: the last of several lines; undefined when it says nothing. */
export function confValue(conf: Conf, name: string): string | undefined {
  return conf.entries.findLast((entry) => entry.name === name)?.value;
}

/** All settings of a file, the last of equal names winning. */
export function confValues(conf: Conf): Record<string, string> {
  return Object.fromEntries(conf.entries.map((entry) => [entry.name, entry.value]));
}

/**
 * The text with one setting changed: the line that counts is edited in place, keeping its alignment and its comment; without one a
 * line is put above the setting's commented-out default, or at the end. Line endings are the file's.
 */
export function setConfValue(text: string, name: string, value: string): string {
  const escaped = value.replaceAll('#', '\\#');
  const conf = parseConf(text);
  const entry = conf.entries.findLast((candidate) => candidate.name === name);
  if (entry !== undefined) {
    if (entry.value === value) return text;
    const lead = entry.valueStart === entry.valueEnd && text[entry.valueStart - 1] === '=' ? ' ' : '';
    const trail = text[entry.valueEnd] === '#' ? ' ' : '';
    return text.slice(0, entry.valueStart) + lead + escaped + trail + text.slice(entry.valueEnd);
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `${name} = ${escaped}`;
  const commented = new RegExp(`^[ \\t]*#[ \\t]*${name}[ \\t]*=`, 'm').exec(text);
  if (commented !== null && !joinsPrevious(text, commented.index)) {
    return text.slice(0, commented.index) + line + newline + text.slice(commented.index);
  }
  // Behind a section Kong would not see it, and behind a last line that ends with a backslash it would become part of it.
  if (conf.oddities.some((oddity) => oddity.kind === 'section') || joinsPrevious(text, text.length)) return line + newline + text;
  const gap = text === '' || text.endsWith('\n') ? '' : newline;
  return text + gap + line + newline;
}

/** The line of a setting that counts, from its name to its comment or its end, as it is written; undefined without one. */
export function confEntryText(text: string, name: string): string | undefined {
  const entry = parseConf(text).entries.findLast((candidate) => candidate.name === name);
  return entry === undefined ? undefined : text.slice(entry.nameStart, entry.end);
}

/** The text with the line of a setting that counts, as `confEntryText` gives it, replaced by one that was kept. */
export function withConfEntryText(text: string, name: string, written: string): string {
  const entry = parseConf(text).entries.findLast((candidate) => candidate.name === name);
  return entry === undefined ? text : text.slice(0, entry.nameStart) + written + text.slice(entry.end);
}

/** The text without the line of a setting that counts; unchanged when that line holds anything else. */
export function withoutConfLine(text: string, name: string): string {
  const entry = parseConf(text).entries.findLast((candidate) => candidate.name === name);
  if (entry === undefined) return text;
  const start = text.lastIndexOf('\n', entry.nameStart - 1) + 1;
  const rest = /^\r?(?:\n|$)/.exec(text.slice(entry.end));
  return start === entry.nameStart && rest !== null ? text.slice(0, start) + text.slice(entry.end + rest[0].length) : text;
}

/** A line as Penlight's config.lines gives it: no empty ones, no comments, lines ending with a backslash joined with the next. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let joined: LogicalLine = { text: '', at: [] };
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const raw = text.slice(start, end);
    if (/\S/.test(raw) && !/^\s*[;#]/.test(raw)) {
      const continued = /\\\s*$/.exec(raw);
      const part = continued === null ? raw : raw.slice(0, continued.index);
      for (let i = 0; i < part.length; i++) joined.at.push(start + i);
      joined.text += part;
      if (continued === null) {
        yield joined;
        joined = { text: '', at: [] };
      }
    }
    start = end + 1;
  }
}

/** Whether a line put at this offset would be joined with the one before it. */
function joinsPrevious(text: string, offset: number): boolean {
  const before = text
    .slice(0, offset)
    .split('\n')
    .findLast((line) => /\S/.test(line) && !/^\s*[;#]/.test(line));
  return before !== undefined && /\\\s*$/.test(before);
}

/** Cuts a comment off: from the first `#` without a backslash before it (3.x; 2.8 also takes the character before it, a space as a rule). */
function stripComment(value: string): string {
  const hash = /(?<!\\)#/.exec(value);
  return hash === null ? value : value.slice(0, hash.index);
}
