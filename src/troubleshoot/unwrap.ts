// One line of any container's, collector's or terminal's output back to what Kong wrote.
import { readJson } from '../text/json';

/** What a line carried: the texts inside it (a JSON message may hold several lines), and whether the last one goes on in the next line. */
export interface Unwrapped {
  texts: string[];
  partial: boolean;
  /** The program that wrote it called it an error, in a way of its own. */
  loud?: boolean;
}

const NOTHING: Unwrapped = { texts: [], partial: false };

/** ECMA-48: CSI and OSC sequences, and other escapes; then what is left of control characters besides tab. */
const ESCAPES = /\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?|[ -/]{0,4}[0-~])?/g;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** How nginx begins a message: where it stands, Kong's text begins. */
const NGINX_HEAD = /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[[a-z]{3,9}\]|nginx: \[[a-z]{3,9}\]/;

/** What stands before Kong's text, by who put it there. Tried again until none fits. */
const PREFIXES: readonly RegExp[] = [
  // quoted in a mail or in Markdown; emphasized, as code, or as an item of a list
  /^(?:> ?)+/,
  /^\*\*|^`{1,3}(?=[^`])|^[-•] /,
  // cat -n and less -N
  /^ {0,8}\d{1,7}\t/,
  // docker compose: `kong-1  | `
  /^[A-Za-z0-9][\w.-]{0,100} *\| ?/,
  // kubectl logs --prefix: `[pod/kong-7d9/proxy] `
  /^\[(?:pod|container)\/[^\]\s]{1,200}\] ?/,
  // stern: `kong-7d9f8b6c5d-x2lq9 proxy `, with the letters that Kubernetes makes names of; and with all namespaces
  /^[a-z0-9][a-z0-9.-]{0,200}-[bcdfghjklmnpqrstvwxz2456789]{5} [a-z0-9][a-z0-9-]{0,62} /,
  /^(?:[\w.-]{1,200} › ){1,3}/,
  // GitHub Actions and Azure Pipelines
  /^##\[(?:error|warning|debug|section|command)\]/,
  // RFC 3339 time of docker, kubectl and CI; with the stream and tag of a CRI log file
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?(?:[ \t](?:stdout|stderr) [FP](?= |$))?(?:[ \t]|$)/,
  // syslog priority
  /^<\d{1,3}>(?:1 (?=\d{4}-))?/,
  // journald and classic syslog: `Nov 22 09:44:37 host kong[123]: `
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? (?:[\w.:-]{1,100} )?[\w./@()-]{1,64}(?:\[\d{1,10}\])?: ?/,
  // journald with monotonic times, dmesg
  /^\[ {0,8}\d{1,9}\.\d{6}\] (?:[\w.:-]{1,100} )?[\w./@()-]{1,64}(?:\[\d{1,10}\])?: ?/,
  // what is left of short-iso journald and of RFC 5424 after their time
  /^[\w.:-]{1,100} [\w./@-]{1,64}\[\d{1,10}\]: ?/,
  /^[\w.:-]{1,100} [\w./@-]{1,64} (?:\d{1,10}|-) [\w.-]{1,64} (?:-|\[[^\]]{0,500}\]) /,
  // grep -n
  /^(?:[\w./-]{1,200}[:-])?\d{1,9}[:-](?=\d{4}\/\d\d\/\d\d )/,
];
/** What stands behind it, where a person marked it up. */
const MARKUP_END = /(?:\*\*|`{1,3})$/;
const BOLD = /\*\*(?=\S)([^*]{1,400}?)(?<=\S)\*\*/g;
const BOLD_LEVEL = /\[\*{1,2}([a-z]{4,6})\*{1,2}\]/;
const CRI_PARTIAL = /^\d{4}-\d\d-\d\dT[\d:.,]{8,20}(?:Z|[+-]\d\d:?\d\d) (?:stdout|stderr) P /;

/** Where collectors put the text of a line. */
const MESSAGE_KEYS = ['log', 'message', 'msg', 'MESSAGE', 'textPayload', '@message', 'line', 'body'];
/** Fields that only a collector adds: an answer of the Admin API has none of them. */
const COLLECTOR_KEYS =
  /^(?:stream|time|timestamp|@timestamp|ts|_p|kubernetes|docker|container_\w+|host|hostname|source|severity|insertId|level|logtag|nodeName|namespace|podName|containerName|__REALTIME_TIMESTAMP|_HOSTNAME|PRIORITY|_PID|date|tag|labels|resource|ingestionTime|eventId)$/;
/** Fields of a request's log: what stands in them was written by a client, not by Kong. */
const REQUEST_KEYS = /^(?:request|response|latencies|upstream_uri|request_uri|http_user_agent|remote_addr|client_ip)$/;

/** What zap (controllers of Kubernetes) and klog write between their time and their words. */
const LEVEL_WORD =
  /^\s{0,8}(?:error|fatal|panic|ERROR|FATAL)(?:\t| {2,8})(?=\S)|^E\d{4} \d\d:\d\d:\d\d\.\d{6} {1,8}\d{1,10} [\w.]{1,100}:\d{1,6}\] /;

/** `ts=… level=error msg="…"`: pairs from the first to the last letter. */
const LOGFMT = /^[\w.@]{1,40}=(?:"(?:[^"\\]|\\.){0,16000}"|[^\s"]{0,400}) [\w.@]{1,40}=/;
const PAIR = /(?:^|\s)([\w.@]{1,40})=(?:"((?:[^"\\]|\\.){0,16000})"|([^\s"]{1,400}))/g;
const LOGFMT_KEYS: ReadonlySet<string> = new Set(['msg', 'message', 'log', 'line', 'error', 'err']);

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : letter));
}

/** `127.0.0.1 - - [22/Nov/2026:09:48:16 +0000] "GET …`: a client wrote most of it. */
const ACCESS_LINE = /^\S{1,100} - \S{1,100} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:/;

/** Makes a function that unwraps line after line; it learns a prefix that it does not know from the lines that carry nginx's time. */
export function createUnwrapper(): (line: string) => Unwrapped {
  let learned = '';

  const unwrapText = (raw: string): string => {
    let text = (isMarkedUp(raw) ? raw.replace(MARKUP_END, '') : raw).replace(BOLD_LEVEL, '[$1]').replace(BOLD, '$1');
    for (let round = 0; round < 4; round++) {
      const before = text;
      for (const prefix of PREFIXES) text = text.replace(prefix, '');
      if (text === before) break;
    }
    const head = NGINX_HEAD.exec(text.slice(0, 200))?.index ?? 0;
    if (head > 0) {
      const prefix = text.slice(0, head);
      if (looksLikeLabel(prefix)) {
        learned = prefix;
        return text.slice(head);
      }
    }
    return learned !== '' && text.startsWith(learned) ? text.slice(learned.length) : text;
  };

  return (line) => {
    const partial = CRI_PARTIAL.test(line);
    const text = unwrapText(clean(line));
    if (text.startsWith('{') && text.trimEnd().endsWith('}')) {
      const inner = fromJson(text);
      if (inner !== null) return inner;
    }
    if (LOGFMT.test(text)) return fromLogfmt(text);
    if (ACCESS_LINE.test(text)) return NOTHING;
    const word = text === line && !text.startsWith('E') ? undefined : LEVEL_WORD.exec(text)?.[0];
    return word === undefined ? { texts: [text], partial } : { texts: [text.slice(word.length)], partial, loud: true };
  };

  function fromLogfmt(text: string): Unwrapped {
    const pairs = [...text.matchAll(PAIR)];
    const said = pairs.filter(([, key = '']) => LOGFMT_KEYS.has(key));
    const texts = said.flatMap(([, , quoted, bare]) => (quoted === undefined ? [bare ?? ''] : unquote(quoted).split('\n')));
    return {
      texts: texts.map((part) => unwrapText(clean(part))).filter((part) => !ACCESS_LINE.test(part)),
      partial: false,
      loud: pairs.some(([, key, , bare]) => key === 'level' && /^(?:error|fatal|panic)$/.test(bare ?? '')),
    };
  }

  function fromJson(text: string): Unwrapped | null {
    const value = parseObject(text);
    if (value === null) return null;
    const keys = Object.keys(value);
    const key = MESSAGE_KEYS.find((name) => typeof value[name] === 'string');
    if (key !== undefined && (key !== 'message' || keys.some((name) => COLLECTOR_KEYS.test(name)))) {
      const message = String(value[key]);
      // Docker's json-file driver cuts at 16 KB: a piece without a line end goes on in the next object.
      const partial = key === 'log' && 'stream' in value && !message.endsWith('\n');
      const texts = message
        .replace(/\n$/, '')
        .split('\n')
        .map((part) => unwrapText(clean(part)));
      return { texts: texts.filter((part) => !ACCESS_LINE.test(part)), partial };
    }
    return keys.some((name) => REQUEST_KEYS.test(name)) ? NOTHING : null;
  }
}

/** Parses a JSON object; null for anything else. */
export function parseObject(text: string): Record<string, unknown> | null {
  const value = readJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : null;
}

/** A line without colours, links, bidi and other invisible characters. */
export function clean(line: string): string {
  const visible = line.includes('\x1b') ? line.replace(ESCAPES, '') : line;
  // Word processors and forums bend quotes.
  const straight = /[\u2018-\u201f]/.test(visible)
    ? visible.replace(/[\u2018-\u201b]/g, "'").replace(/[\u201c-\u201f]/g, '"')
    : visible;
  const decoded = straight.includes('&') ? decodeEntities(straight) : straight;
  return decoded.replace(CONTROL, '').replace(/[\u00a0\u2007\u202f]/g, ' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  nbsp: ' ',
  quot: '"',
  '#34': '"',
  '#39': "'",
  '#x27': "'",
  apos: "'",
};

/** Text that was copied from the source of a page. Where quotes stand, an encoded one is a client's, who must not be able to close them. */
function decodeEntities(text: string): string {
  const quotes = !text.includes('"');
  return text.replace(/&(lt|gt|amp|nbsp|quot|apos|#34|#39|#x27);/g, (entity, name: string) => {
    const letter = ENTITIES[name] ?? entity;
    return letter === '"' && !quotes ? entity : letter;
  });
}

/** Whether a mark at the end of a line closes one at its beginning, or one of a line before. */
function isMarkedUp(line: string): boolean {
  return /^\s{0,8}(?:\*\*|`)/.test(line) || line.split('`').length % 2 === 0 || line.split('**').length % 2 === 0;
}

/** A pod's or container's name, not words of Kong. */
function looksLikeLabel(prefix: string): boolean {
  return (
    prefix.length <= 100 && !/rror|["']|traceback|plugin |chunk|:\d+: /.test(prefix) && prefix.trim().split(/\s+/).length <= 3
  );
}
