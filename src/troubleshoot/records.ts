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
}

const MAX_TEXT = 16_000;
const MAX_LINES = 300;
const MAX_PIECE = 8_000;

const LEVELS = 'debug|verbose|info|notice|warn|error|crit|alert|emerg';
/** A message's beginning, also in the middle of a line whose line breaks were lost. */
const HEAD = new RegExp(`\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d \\[(?:${LEVELS})\\]|nginx: \\[(?:${LEVELS})\\]`, 'g');
/** Lines that begin something new without nginx's time. */
const START =
  /^(?:Error:|Warning:|\$ |#+ |HTTP\/\d|\{\s*"|\{\s*$|Kong (?:started|reloaded|stopped)|Failed parsing|Missing dependencies|\[pongo|\[exit \d)/;
/** `… 2026/11/22 09:49:2Error: `: two streams written at the same time. */
const TORN = /^(\d{4}\/\d\d\/\d\d [\d:]{0,8})(Error: ?.*)$/;
/** What nginx appends to a message of a request (ngx_http_request.c, ngx_http_log_error_handler); clients write most of it. */
const REQUEST_TAIL = /, client: [^,\s]{1,100}, server: /;

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
    }
    const flat = text.replace(/\s+/g, ' ').trim();
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
      add(line, tail >= 0 ? part.slice(0, tail) : part, i > 0 || startsRecord(part));
      if (tail >= 0 && open !== null) open.requestBound = true;
    });
  };

  return {
    push(line, raw) {
      const { texts, partial } = unwrap(raw.endsWith('\r') ? raw.slice(0, -1) : raw);
      texts.forEach((text, i) => {
        const whole = i === 0 && joined !== '' ? joined + text : text;
        const first = i === 0 && joined !== '' ? joinedLine : line;
        joined = '';
        if (partial && i === texts.length - 1 && whole.length < MAX_TEXT) {
          joined = whole;
          joinedLine = first;
          return;
        }
        const lines = whole.includes('\\n') ? unescape(whole) : [whole];
        for (const part of lines) {
          for (let at = 0; at === 0 || at < part.length; at += MAX_PIECE) {
            const slice = part.slice(at, at + MAX_PIECE);
            if (at === 0) piece(first, slice);
            else add(first, slice, false);
          }
        }
      });
    },
    gap() {
      if (joined !== '') piece(joinedLine, joined);
      joined = '';
      close();
    },
  };
}

/** Text that was copied out of a JSON string keeps its escapes; Kong itself writes `\n` into no message but JSON. */
function unescape(text: string): string[] {
  if (text.startsWith('{')) return [text];
  return text.replaceAll('\\t', '\t').replaceAll('\\"', '"').split('\\n');
}

function startsRecord(text: string): boolean {
  HEAD.lastIndex = 0;
  return START.test(text) || HEAD.exec(text)?.index === 0;
}

/** Cuts a line before every message head; a head inside quotes, where a client's words stand, is none. */
function splitAtHeads(text: string): string[] {
  const cuts: number[] = [];
  HEAD.lastIndex = 0;
  for (const match of text.matchAll(HEAD)) {
    if (match.index === 0) continue;
    const before = text.slice(0, match.index);
    if (REQUEST_TAIL.test(before) && !/"\s*$/.test(before)) continue;
    if (/"[^"]{0,200}$/.test(before) && (before.split('"').length - 1) % 2 === 1) continue;
    cuts.push(match.index);
  }
  if (cuts.length === 0) return [text];
  return [0, ...cuts].map((start, i) => text.slice(start, cuts[i]));
}
