// A request as somebody wrote it, made into one that can be sent; what HTTP does not allow is refused before.
import { UserError } from '../../system/userError';
import type { TrialRequest } from './types';

/** How a request is written on the command line and in files. */
export interface WrittenRequest {
  method: string | undefined;
  path: string | undefined;
  /** `Name: value` each. */
  headers: readonly string[];
  body: string | undefined;
}

/** RFC 9110, token. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** What Node and nginx take in the value of a header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** GET, or POST with a body, of `/` unless something else is named. Throws UserError (usage) that says what is wrong. */
export function trialRequest(written: WrittenRequest): TrialRequest {
  const body = written.body ?? null;
  const method = written.method ?? (body === null ? 'GET' : 'POST');
  if (!TOKEN.test(method)) throw usage(`"${method}" is no method of HTTP.`, 'Write GET, POST, PUT …');
  if (method === 'CONNECT') throw usage('CONNECT asks for a tunnel, which Kong does not make.', 'Write GET, POST, PUT …');
  const headers = new Map<string, { name: string; value: string }>();
  for (const line of written.headers) {
    const at = line.indexOf(':');
    const name = line.slice(0, Math.max(at, 0)).trim();
    const value = line.slice(at + 1).trim();
    if (!TOKEN.test(name)) throw usage(`"${line}" is no header.`, "Write it as 'Name: value'.");
    if (!VALUE.test(value)) throw usage(`The value of the header ${name} holds characters that HTTP does not allow.`, undefined);
    const before = headers.get(name.toLowerCase());
    const joined = name.toLowerCase() === 'cookie' ? '; ' : ', ';
    headers.set(name.toLowerCase(), {
      name: before?.name ?? name,
      value: before === undefined ? value : before.value + joined + value,
    });
  }
  if (body !== null && !headers.has('content-type')) headers.set('content-type', { name: 'Content-Type', value: typeOf(body) });
  return {
    method,
    path: pathOf(written.path ?? '/'),
    headers: Object.fromEntries([...headers.values()].map(({ name, value }) => [name, value])),
    body,
  };
}

/** What words say: `POST /path`, `/path`, `POST` or nothing. Throws UserError (usage) for more. */
export function methodAndPath(words: readonly string[]): { method: string | undefined; path: string | undefined } {
  const [first, second, ...more] = words;
  if (more.length > 0) throw usage(`One method and one path at a time: ${words.join(' ')}.`, undefined);
  return second === undefined && first?.startsWith('/') === true
    ? { method: undefined, path: first }
    : { method: first, path: second };
}

/** A request in a line: `POST /path`. Throws UserError (usage) as trialRequest. */
export function typedRequest(text: string): TrialRequest {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return trialRequest({ ...methodAndPath(words), headers: [], body: undefined });
}

/** As it goes over the wire: encoded, without `..` and without a fragment. */
function pathOf(path: string): string {
  const isPath = path.startsWith('/') && !/^\/[/\\]|[\s\\\p{Cc}]/u.test(path);
  const url = isPath && URL.canParse(`http://kong${path}`) ? new URL(`http://kong${path}`) : undefined;
  if (url?.host !== 'kong') {
    throw usage(
      `"${path}" is no path of the proxy.`,
      'Write it as /path?query, without spaces; the address is that of the node, a Host is a header.',
    );
  }
  return url.pathname + url.search;
}

function typeOf(body: string): string {
  try {
    JSON.parse(body);
    return 'application/json';
  } catch (error) {
    if (error instanceof SyntaxError) return 'application/x-www-form-urlencoded';
    throw error;
  }
}

function usage(message: string, next: string | undefined): UserError {
  return new UserError(message, { exitCode: 2, ...(next === undefined ? {} : { next }) });
}
