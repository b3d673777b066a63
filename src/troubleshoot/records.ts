// Lines to records: one record is one message of Kong with its traceback, whatever way it was broken into lines or joined.
import { createUnwrapper } from './unwrap';

/** One message. `text` has single blanks where lines were joined. */
export interface LogRecord {
  text: string;
  /** Where each input line begins in `text`, ascending. */
  marks: { at: number; line: number; text: string }[];
  /** nginx's or Kong's level, null for other output. */
  level: string | null;
  /** The line ended with the client's data, which was cut off: the message belongs to a request. */
  requestBound: boolean;
  /** The rest of a message that was too long for one record. */
  continued?: boolean;
}

const MAX_TEXT = 16_000;
const MAX_LINES = 300;
const MAX_PIECE = 8_000;
const NEAR = 4_000;

const LEVELS = 'debug|verbose|info|notice|warn|error|crit|alert|emerg';
/** A message's beginning, also in the middle of a line whose line breaks were lost. */
const HEAD = new RegExp(`\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d \\[(?:${LEVELS})\\]|nginx: \\[(?:${LEVELS})\\]`, 'g');
/** Lines that begin something new without nginx's time. */
const START =
  /^\s*(?:Error:|ERROR: |panic: |(?:Error|Failure) → |Traceback \(most recent |\([\d:.]{5,15}\) [A-Z]{4,7}: |Warning:|Error response from daemon:|docker: |fatal: |Cloning into |Installing http|#+ |HTTP\/\d|\{\s*"|Kong (?:started|reloaded|stopped)|Failed parsing|Missing dependencies|\[pongo|\[exit \d|(?:\S{0,100}\/)?(?:lua|luajit|resty): \S{1,300}:\d|\[(?:INFO|WARN|WARNING|ERROR|OK|DEBUG|FATAL)\s*\] )|^\$ |^\{\s*$/;
/** `… 2026/11/22 09:49:2Error: `: two streams written at the same time. */
const TORN = /^(\d{4}\/\d\d\/\d\d [\d:]{0,8})(Error: ?.*)$/;
/** What nginx appends to a message of a request (ngx_http_request.c, ngx_http_log_error_handler); clients write most of it. */
const REQUEST_TAIL = /, {1,2}client: [^,\s]{1,100} ?, server: /;

export interface RecordBuilder {
  /** Takes the next line of the input. */
  push(line: number, raw: string): void;
  /** Says that lines are missing here. */
  gap(): void;
}

/** Makes a builder that calls `emit` with every record as soon as it is complete; `gap()` completes the last one. */
export function createRecordBuilder(emit: (record: LogRecord) => void): RecordBuilder {
  const unwrap = createUnwrapper();
  let open: LogRecord | null = null;
  let joined = '';
  let joinedLine = 0;

  const close = (): void => {
    if (open !== null && open.text.trim() !== '') emit(open);
    open = null;
  };
  const begin = (text: string): LogRecord => {
    close();
    open = { text: '', marks: [], level: /^[^[]{0,24}\[([a-z]+)\]/.exec(text)?.[1] ?? null, requestBound: false };
    if (open.level !== null && !LEVELS.includes(open.level)) open.level = null;
    return open;
  };
  const add = (line: number, text: string, fresh: boolean): void => {
    let record = open;
    if (fresh || record === null) record = begin(text);
    else if (record.text.length > MAX_TEXT || record.marks.length > MAX_LINES) {
      const { level, requestBound } = record;
      record = begin('');
      record.level = level;
      record.requestBound = requestBound;
      record.continued = true;
    }
    const flat = flatten(text);
    if (flat === '' && record.text !== '') return;
    if (record.text !== '') record.text += ' ';
    record.marks.push({ at: record.text.length, line, text });
    record.text += flat;
  };
  const piece = (line: number, text: string): void => {
    const torn = TORN.exec(text);
    const parts = splitAtHeads(torn?.[2] ?? text);
    parts.forEach((part, i) => {
      const tail = REQUEST_TAIL.exec(part)?.index ?? -1;
      const said = tail >= 0 ? part.slice(0, tail) : part;
      add(line, said.slice(0, MAX_PIECE), i > 0 || startsRecord(part));
      for (let at = MAX_PIECE; at < said.length; at += MAX_PIECE) add(line, said.slice(at, at + MAX_PIECE), false);
      if (tail >= 0 && open !== null) open.requestBound = true;
    });
  };

  return {
    push(line, raw) {
      const { texts, partial, loud } = unwrap(raw.endsWith('\r') ? raw.slice(0, -1) : raw);
      texts.forEach((text, i) => {
        const whole = i === 0 && joined !== '' ? joined + text : text;
        const first = i === 0 && joined !== '' ? joinedLine : line;
        joined = '';
        if (partial && i === texts.length - 1 && whole.length < MAX_TEXT) {
          joined = whole;
          joinedLine = first;
          return;
        }
        const lines = ESCAPED.test(whole) ? unescape(whole) : [whole];
        for (const part of lines) piece(first, part);
        if (loud === true && open !== null) open.level ??= 'error';
      });
    },
    gap() {
      if (joined !== '') piece(joinedLine, joined);
      joined = '';
      close();
    },
  };
}

/** A text as one line with single blanks, as messages are matched. */
export function flatten(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A line end, or the beginning of JSON. */
const ESCAPED = /\\n|\{\\"/;

/** Text that was copied out of a JSON string, or that logfmt quotes, keeps its escapes; Kong itself escapes nothing outside of JSON. */
function unescape(text: string): string[] {
  if (text.startsWith('{')) return [text];
  const plain = text.replace(/\\(["\\nt])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : letter));
  return plain.split('\n');
}

function startsRecord(text: string): boolean {
  HEAD.lastIndex = 0;
  return START.test(text) || HEAD.exec(text)?.index === 0;
}

/** Cuts a line before every message head, but not before one that stands inside what a client or a plugin wrote. */
function splitAtHeads(text: string): string[] {
  const starts = [0];
  // `matchAll` begins where the pattern was left by whoever used it last.
  HEAD.lastIndex = 0;
  for (const { index } of text.matchAll(HEAD)) {
    if (index > 0 && !isQuoted(text, starts.at(-1) ?? 0, index)) starts.push(index);
  }
  HEAD.lastIndex = 0;
  const programs = HEAD.exec(text)?.index === 0 ? [] : [...text.slice(0, starts[1]).matchAll(PROGRAM)].map(({ index }) => index);
  starts.splice(1, 0, ...programs);
  return starts.length === 1 ? [text] : starts.map((start, i) => text.slice(start, starts[i + 1]));
}

/** What programs print without a time, in the middle of a line whose line breaks were lost. */
const PROGRAM = /(?<=[^:\s]\s{1,3})(?:Warning: |Error: |fatal: |Cloning into '|Installing https?:\/\/)/g;

/** What nginx appends to a message that belongs to no request (ngx_http_lua_log_timer_error, ngx_http_lua_log_init_worker_error); lines of requests may stand behind it. */
const CONTEXT_TAIL =
  /, context: (?:ngx\.timer|\w{1,30}_by_lua\*?)(?: {1,3}\S{1,100} - \S{1,100} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:[^\]]{1,20}\] ".{0,3000}")?\s{0,3}$/;
const NUMBERED = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\w+\] \d{1,10}#\d{1,10}: \*\d/;

/** Whether the head at `index` belongs to the words of the message that began at `start`. */
function isQuoted(text: string, start: number, index: number): boolean {
  const said = text.slice(Math.max(start, index - NEAR), index);
  if (CONTEXT_TAIL.test(said)) {
    // Only a message with the number of a connection has the client's data behind it: without one the data are the outer message's.
    HEAD.lastIndex = index + 1;
    const next = HEAD.exec(text)?.index ?? text.length;
    return !NUMBERED.test(text.slice(index, index + 80)) && REQUEST_TAIL.test(text.slice(index, next));
  }
  const tail = REQUEST_TAIL.exec(said);
  if (tail !== null) return !/"\s*$/.test(said);
  const opening = text.slice(start, Math.min(index, start + 300));
  if (/\*\d{1,12} \[kong\] \S{1,128}\.lua:\d{1,7} \[/.test(opening)) return true;
  return /\*\d{1,12} \[lua\] /.test(opening) && REQUEST_TAIL.test(text.slice(index, index + NEAR));
}
