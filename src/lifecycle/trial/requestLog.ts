// Which part of a log is of one request: by the id that Kong logs with it (3.5 and later), else by the connection that asked the same.
import type { LoggedLine } from './types';

/** What is known of a request that was sent over a connection of its own. */
export interface SentRequest {
  method: string;
  path: string;
  /** What Kong called it in its answer (`X-Kong-Request-Id`); undefined where it gives no ids. */
  id: string | undefined;
}

/** One message of nginx's error log with its further lines. */
interface LogRecord {
  /** Its first line in the log, from zero, and the first behind it. */
  first: number;
  end: number;
  level: string;
  /** The process and the number of the connection; undefined outside of any. */
  connection: string | undefined;
  message: string;
  /** What nginx adds to the message of a request. */
  tail: string;
}

/** What a log holds of one request. */
export interface RequestLog {
  records: readonly LogRecord[];
  /** The log with the messages of other requests taken out; its lines keep their numbers. */
  own: string;
  /** Whether nothing of another request can be among it. */
  certain: boolean;
}

const HEAD = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] (\d+)#\d+: (?:\*(\d+) )?/;
/** `127.0.0.1 - - [22/Nov/2026:09:48:16 +0000] "GET / HTTP/1.1" 200 …`: the access log goes the same way in a container. */
const ACCESS = /^\S{1,100} - \S{1,100} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:[^\]]{1,20}\] "/;
/** How nginx ends a message of a request (ngx_http_log_error); the last one counts, as a message may quote another. */
const TAIL = /^([\s\S]*)(, client: [^\s,]+, server: [\s\S]*)$/;
/** Kong adds it at the very end, behind all that a client wrote. */
const REQUEST_ID = /, request_id: "(\w+)"\s*$/;
/** `[kong] handler.lua:12 [my-plugin] …`: what `kong.log` of a plugin writes, and Kong of an error in it. */
const OF_PLUGIN = /^\[kong\] [^\s:]+:\d+ \[[^\]\s]+\] /;
/** `[lua] handler.lua:12: access(): …`: what `ngx.log` writes. */
const OF_LUA = /^\[lua\] ([^\s:]+):\d+: /;
const KONGS_OWN = '[request-debug] ';
/** Levels at which Kong itself tells what it does with every request. */
const TALKATIVE = ['debug', 'info'];

/** The part of a log that is of one request. */
export function logOfRequest(log: string, sent: SentRequest): RequestLog {
  const lines = log.split('\n');
  const records = recordsOf(lines);
  const connections = (has: (record: LogRecord) => boolean): Set<string> =>
    new Set(records.flatMap((record) => (record.connection !== undefined && has(record) ? [record.connection] : [])));
  const byId = connections(({ tail }) => sent.id !== undefined && idOf(tail) === sent.id);
  const asked = `, request: "${sent.method} ${sent.path} HTTP/`;
  const ours = byId.size > 0 ? byId : connections(({ tail }) => tail.includes(asked) && idOf(tail) === undefined);
  const isOurs = ({ connection }: LogRecord): boolean => connection !== undefined && ours.has(connection);
  for (const record of records) if (record.tail !== '' && !isOurs(record)) lines.fill('', record.first, record.end);
  return { records: records.filter(isOurs), own: lines.join('\n'), certain: ours === byId || ours.size === 0 };
}

/** What plugins wrote among it: not what Kong itself tells at levels for finding its own faults. `files` are names of files of plugins. */
export function loggedByPlugins({ records }: RequestLog, files: ReadonlySet<string>): LoggedLine[] {
  const own = records.filter(({ level, message }) => {
    if (message.includes(KONGS_OWN)) return false;
    if (OF_PLUGIN.test(message) || !TALKATIVE.includes(level)) return true;
    return files.has(OF_LUA.exec(message)?.[1] ?? '');
  });
  return own.map(({ first, level, message }) => ({ line: first + 1, level, text: message }));
}

/** Whether the access log tells that the request has ended. */
export function hasEnded(log: string, { method, path, id }: SentRequest): boolean {
  const asked = `] "${method} ${path} HTTP/`;
  return log.split('\n').some((line) => {
    if (!ACCESS.test(line) || !line.includes(asked)) return false;
    return id === undefined || !line.includes('kong_request_id: "') || line.includes(`"${id}"`);
  });
}

function idOf(tail: string): string | undefined {
  return REQUEST_ID.exec(tail)?.[1];
}

function recordsOf(lines: readonly string[]): LogRecord[] {
  const found: { first: number; end: number; head: RegExpExecArray }[] = [];
  lines.forEach((line, i) => {
    const head = HEAD.exec(line);
    const last = found.at(-1);
    if (head !== null) found.push({ first: i, end: i + 1, head });
    // A line of the access log may come between those of one message.
    else if (last !== undefined && !ACCESS.test(line)) last.end = i + 1;
  });
  return found.map(({ first, end, head: [head, level = '', process = '', number] }) => {
    const written = lines.slice(first, end).filter((line) => !ACCESS.test(line));
    const whole = written.join('\n').slice(head.length).trimEnd();
    const [, message = whole, tail = ''] = TAIL.exec(whole) ?? [];
    return { first, end, level, connection: number === undefined ? undefined : `${process}*${number}`, message, tail };
  });
}
