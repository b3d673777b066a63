// Saved requests: the `.http` form that editors know (`###`, `# @name`, request line, headers, body), with what is expected as comments.
import { UserError } from '../../system/userError';
import { readExpectation, type Expectation } from './expect';
import { trialRequest } from './request';
import type { TrialRequest } from './types';

/** A request of a file. */
export interface SavedRequest {
  /** What `# @name` says, else what stands behind `###`, else its request line. */
  name: string;
  /** The line of its request line, from zero. */
  line: number;
  request: TrialRequest;
  expects: Expectation[];
}

/** A line that cannot be read as what it must be, and why. */
export interface FileProblem {
  line: number;
  message: string;
}

export interface HttpFile {
  requests: SavedRequest[];
  problems: FileProblem[];
}

const NAME = /^@name(?:\s*=|\s)([\s\S]*)$/;
const FILE_VARIABLE = /^@([\w.-]+)\s*=([\s\S]*)$/;
const VARIABLE = /\{\{([^{}]{0,100})\}\}/g;
const ENVIRONMENT = /^\$processEnv\s+(\w+)$/;
const REQUEST_LINE = /^(?:([A-Za-z]+)\s+)?(\S+?)(?:\s+HTTP\/[\d.]+)?\s*$/;
const MORE_QUERY = /^\s+([?&][\s\S]*)$/;
/** A body out of a file, and scripts, of which the editors that read them know different forms. */
const NOT_READ: readonly { starts: RegExp; what: string }[] = [
  { starts: /^<@?\w*\s+\S/, what: 'A body from a file is not read' },
  { starts: /^<\s*\{%/, what: 'Scripts are not run' },
  { starts: /^>(?:>!?)?\s*\S/, what: 'Scripts are not run, and answers not saved' },
];

/** Reads a file. `env` is what `{{$processEnv NAME}}` stands for: the place for what should not be saved, such as keys. */
export function readHttpFile(text: string, env: Readonly<Record<string, string | undefined>>): HttpFile {
  const file: HttpFile = { requests: [], problems: [] };
  const variables = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  let first = 0;
  for (let i = 0; i <= lines.length; i++) {
    const line = lines[i];
    if (line !== undefined && !line.startsWith('###')) continue;
    readBlock(lines, first, i, { file, variables, env });
    first = i;
  }
  return file;
}

interface Reading {
  file: HttpFile;
  variables: Map<string, string>;
  env: Readonly<Record<string, string | undefined>>;
}

/** What stands from one `###` to before the next. */
function readBlock(lines: readonly string[], first: number, end: number, reading: Reading): void {
  const { file, variables } = reading;
  const title = lines[first]?.startsWith('###') === true ? (lines[first] ?? '').replace(/^#+/, '').trim() : '';
  const expects: Expectation[] = [];
  let name = title;
  let at = first + (lines[first]?.startsWith('###') === true ? 1 : 0);
  const problem = (line: number, message: string): void => void file.problems.push({ line, message });
  /** Whether a line is a comment; what one says of the request is taken. */
  const isComment = (i: number): boolean => {
    const comment = /^\s*(?:#|\/\/)([\s\S]*)$/.exec(lines[i] ?? '')?.[1]?.trim();
    if (comment === undefined) return false;
    name = NAME.exec(comment)?.[1]?.trim() ?? name;
    const expected = /^expect\s+([\s\S]*)$/.exec(comment)?.[1];
    if (expected === undefined) return true;
    try {
      expects.push(readExpectation(filled(expected, reading), i));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problem(i, error.message);
    }
    return true;
  };
  for (; at < end; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || isComment(at)) continue;
    const [, variable, value] = FILE_VARIABLE.exec(line) ?? [];
    if (variable === undefined || value === undefined) break;
    variables.set(variable, value.trim());
  }
  if (at >= end) {
    for (const { line } of expects) problem(line, 'No request follows this expectation.');
    return;
  }
  const requestLine = at;
  try {
    let target = (lines[at++] ?? '').trimEnd();
    const headers: string[] = [];
    for (; at < end && (lines[at] ?? '').trim() !== ''; at++) {
      const query = headers.length === 0 ? MORE_QUERY.exec(lines[at] ?? '')?.[1] : undefined;
      if (query !== undefined) target += query.trim();
      else if (!isComment(at)) headers.push(filled(lines[at] ?? '', reading));
    }
    const body = lines
      .slice(at + 1, end)
      .join('\n')
      .trimEnd();
    const unread = NOT_READ.find(({ starts }) => body.split('\n').some((line) => starts.test(line)));
    if (unread !== undefined) throw new UserError(`${unread.what}; write the body itself.`);
    const [, method, url] = REQUEST_LINE.exec(filled(target, reading)) ?? [];
    if (url === undefined) throw new UserError(`"${target}" is no request line: METHOD /path.`);
    const { path, host } = pathAndHost(url);
    const hasHost = host === undefined || headers.some((header) => /^host\s*:/i.test(header));
    const request = trialRequest({
      method: method?.toUpperCase() ?? 'GET',
      path,
      headers: hasHost ? headers : [`Host: ${host}`, ...headers],
      body: body === '' ? undefined : filled(body, reading),
    });
    file.requests.push({ name: name === '' ? `${request.method} ${request.path}` : name, line: requestLine, request, expects });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problem(requestLine, error.message);
  }
}

/** With the values of variables. Throws UserError for one that is not there. */
function filled(text: string, { variables, env }: Reading): string {
  const fill = (part: string, depth: number): string =>
    part.replace(VARIABLE, (_, written: string) => {
      const name = written.trim();
      const fromEnvironment = ENVIRONMENT.exec(name)?.[1];
      const value = fromEnvironment === undefined ? variables.get(name) : env[fromEnvironment];
      if (value === undefined) throw new UserError(`There is no variable ${name}.`);
      if (depth > 8) throw new UserError(`The variable ${name} stands for itself.`);
      return fromEnvironment === undefined ? fill(value, depth + 1) : value;
    });
  return fill(text, 0);
}

/** The node says where a request goes; of a whole URL the path counts, and its host where it is a name that a route may ask for. */
function pathAndHost(url: string): { path: string; host: string | undefined } {
  const [, host = '', path = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  if (host === '') return { path: url, host: undefined };
  const name = host.replace(/:\d+$/, '');
  const isAddress = /^[\d.]+$|^\[|^localhost$/i.test(name);
  return { path: path.startsWith('/') ? path : `/${path}`, host: isAddress ? undefined : host };
}
