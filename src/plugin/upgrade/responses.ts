// Calls of kong.tools.responses, which went with Kong 1.0, as the call of the PDK that answers the same.
// Source: kong/tools/responses.lua of the tags 0.11.0 to 0.15.0, kong/pdk/response.lua of 3.9.3.
import type { CodeFile } from '../../code/file';
import type { Expression, Statement } from '../../lua/ast';
import { textOf } from '../../lua/source';
import { own } from '../../text/own';
import { indentOf, newlineOf, type LuaEdit } from '../sourceEdits/moduleTable';
import type { MemberUse } from './moduleUses';

const CODES: Readonly<Record<string, number>> = {
  HTTP_OK: 200,
  HTTP_CREATED: 201,
  HTTP_NO_CONTENT: 204,
  HTTP_BAD_REQUEST: 400,
  HTTP_UNAUTHORIZED: 401,
  HTTP_FORBIDDEN: 403,
  HTTP_NOT_FOUND: 404,
  HTTP_METHOD_NOT_ALLOWED: 405,
  HTTP_CONFLICT: 409,
  HTTP_UNSUPPORTED_MEDIA_TYPE: 415,
  HTTP_INTERNAL_SERVER_ERROR: 500,
  HTTP_BAD_GATEWAY: 502,
  HTTP_SERVICE_UNAVAILABLE: 503,
};
/** What a status answers, whatever it is given; the error is logged instead. */
const ALWAYS: Readonly<Record<number, string>> = {
  405: 'Method not allowed',
  500: 'An unexpected error occurred',
  502: 'Bad Gateway',
};
/** What a status answers when it is given nothing. */
const USUALLY: Readonly<Record<number, string>> = { 401: 'Unauthorized', 404: 'Not found', 503: 'Service unavailable' };
const LOGGED = new Set([500, 502]);

/** The edits that make a use of the module one of `kong.response.exit`; undefined where that would answer something else. */
export function responsesEdits({ name, node, call }: MemberUse, file: CodeFile): LuaEdit[] | undefined {
  if (name === 'status_codes') return statusCode(node, file);
  if (call === undefined) return undefined;
  const [first, ...others] = call.arguments;
  const status = name === 'send' ? numberOf(first) : own(CODES, name.replace(/^send_/, ''));
  if (status === undefined || (name !== 'send' && !name.startsWith('send_'))) return undefined;
  const content = name === 'send' ? others[0] : first;
  // A second argument was `raw` before it became the headers.
  if (call.arguments.length > (name === 'send' ? 2 : 1)) return undefined;
  const body = bodyOf(status, content, file);
  if (body === undefined) return undefined;
  const exit = {
    start: call.start,
    end: call.end,
    newText: `kong.response.exit(${[String(status), ...(body === '' ? [] : [body])].join(', ')})`,
  };
  if (content === undefined || !LOGGED.has(status)) return [exit];
  const logged = logBefore(call, content, file);
  return logged === undefined ? undefined : [logged, exit];
}

/** `responses.status_codes.HTTP_OK` is a number. */
function statusCode(node: Expression, file: CodeFile): LuaEdit[] | undefined {
  const parent = file.parents.get(node);
  const code =
    parent?.kind === 'index' && parent.object === node && parent.key.kind === 'string' ? own(CODES, parent.key.value) : undefined;
  return parent === undefined || code === undefined
    ? undefined
    : [{ start: parent.start, end: parent.end, newText: String(code) }];
}

function numberOf(value: Expression | undefined): number | undefined {
  return value?.kind === 'number' ? value.value : undefined;
}

/** The second argument of exit, empty for none; a text was the `message` of a table. Undefined where that cannot be told without running it twice. */
function bodyOf(status: number, content: Expression | undefined, { source }: CodeFile): string | undefined {
  if (status === 204) return '';
  const always = ALWAYS[status];
  if (always !== undefined) return `{ message = "${always}" }`;
  const usual = USUALLY[status];
  if (content === undefined || content.kind === 'nil') return usual === undefined ? '' : `{ message = "${usual}" }`;
  const text = textOf(source.bytes.slice(content.start, content.end));
  if (content.kind === 'table') return text;
  if (content.kind === 'string' || isConcatenation(content)) return `{ message = ${text} }`;
  if (!isPlain(content)) return undefined;
  const given = usual === undefined ? text : `(${text} or "${usual}")`;
  return `type(${text}) == "table" and ${text} or { message = ${given} }`;
}

function isConcatenation(value: Expression): boolean {
  return value.kind === 'binary' && value.operator === '..';
}

/** A name or a field: reading it again gives the same. */
function isPlain(value: Expression): boolean {
  if (value.kind === 'index') return value.key.kind === 'string' && isPlain(value.object);
  return value.kind === 'local' || value.kind === 'global';
}

/** The line that logs what the client is not told, before the statement of the call. */
function logBefore(call: Expression, content: Expression, file: CodeFile): LuaEdit | undefined {
  const parent = file.parents.get(call);
  const isStatement = parent?.kind === 'callStatement' || (parent?.kind === 'return' && parent.values.length === 1);
  if (!isStatement || !(isPlain(content) || content.kind === 'string' || isConcatenation(content))) return undefined;
  const { source } = file;
  const at = (parent as Statement).start;
  const text = textOf(source.bytes.slice(content.start, content.end));
  const startsLine = /(?:^|[\r\n])[ \t]*$/.test(source.bytes.slice(0, at));
  const gap = startsLine ? `${newlineOf(source)}${indentOf(source, at)}` : ' ';
  return { start: at, end: at, newText: `kong.log.err(${text})${startsLine ? '' : ';'}${gap}` };
}
