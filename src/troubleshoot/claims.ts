// A record to claims: which words stand where, so that `unknown field` in a schema is not `unknown field` in a request.
import type { Where } from './catalogue/entry';
import { firstPluginPlace } from './frames';
import { carrierIn } from './lua/ground';
import { isPluginsOwn, isQuiet, PLUGIN_WORDS } from './ownWords';
import type { LogRecord } from './records';
import { parseObject } from './unwrap';
import { leavesOfJson, parseNested, parseViolation, readTable, type ViolatedField } from './violations';

/** One thing that a record claims. */
export interface Claim {
  where: Where | null;
  text: string;
  /** The plugin that Kong names around it. */
  plugin: string | null;
  /** Position in the record's text, for the evidence. */
  from: number;
  to: number;
  /** An answer of the Admin API: one operation was refused, Kong itself runs. */
  answer?: boolean;
}

const ITEM = /(?:^|: |; |\s)on plugin '(.{0,200}?)': /g;
const VIOLATION = /(?:\d{1,6} )?schema violations? \(/;
const DECLARATIVE = /error parsing declarative config file \S{1,400}?: |declarative config is invalid: |Failed parsing: /;
const RUNTIME_ERROR = /lua (?:entry|user) thread aborted: |runloop\/\S{1,60}: .{0,40}runtime error: /;
const NGX_LOG = /\*\d{1,12} \[lua\] (\S{1,128}\.lua):\d{1,7}: /;
/** Kong's own files that log at requests what the catalogue knows. */
const KONG_LOGGERS = new Set(['init.lua', 'api_helpers.lua', 'plugins_iterator.lua', 'kong.lua', 'process.lua', 'responses.lua']);

/** What the record says; nothing when its words are a plugin's or a client's own. */
export function claimsOf(record: LogRecord): Claim[] {
  const { text } = record;
  if (isForeign(record)) return fromPlugin(record);
  const answers = fromAnswers(text);
  if (answers.length > 0) return answers;
  const end = text.indexOf(' stack traceback:');
  const told = end < 0 ? text : text.slice(0, end);

  const items = fromItems(told);
  if (items.length > 0) return items;
  const declarative = DECLARATIVE.exec(told);
  if (declarative !== null) return fromDeclarative(told, declarative.index + declarative[0].length);
  if (VIOLATION.test(told) && !told.includes('is invalid: ')) return fromViolation(told, 0, null, 'admin');

  const carrier = carrierIn(text);
  const from = carrier?.from ?? RUNTIME_ERROR.exec(text)?.index;
  if (from !== undefined) {
    // Any OpenResty says so of its own Lua code.
    if (!/kong|timer-?ng|lapis/i.test(text) && firstPluginPlace(text, []) === null) return [];
    return [{ where: 'request', text, plugin: carrier?.plugin ?? null, from, to: text.length }];
  }
  const cli = /^Error: ?/.test(text);
  return [{ where: cli ? 'cli' : null, text, plugin: PLUGIN_WORDS.exec(told)?.[2] ?? null, from: 0, to: told.length }];
}

/** A plugin may log anything, and quote any client; only what Kong itself writes is believed. */
function isForeign({ text, level, requestBound }: LogRecord): boolean {
  if (PLUGIN_WORDS.test(text)) return isPluginsOwn(text, level);
  const ngx = NGX_LOG.exec(text);
  return ngx !== null && requestBound && !KONG_LOGGERS.has(ngx[1] ?? '') && !text.includes('plugins iterator');
}

/** What a plugin logs as an error of itself is its own words; a place in a file of its own can do no harm but to itself. */
function fromPlugin({ text, level }: LogRecord): Claim[] {
  const words = PLUGIN_WORDS.exec(text);
  const plugin = words?.[2];
  if (words === null || plugin === undefined || (level !== null && isQuiet(level))) return [];
  const from = words.index + words[0].length;
  const said = text.slice(from);
  const owner = firstPluginPlace(said, [])?.plugin ?? plugin;
  if (owner !== plugin) return [];
  return [{ where: 'log', text: said, plugin, from, to: text.length }];
}

/** `on plugin 'a': …; on plugin 'b': …`: Kong joins the errors of all plugins in random order (kong/db/dao/plugins.lua). */
function fromItems(text: string): Claim[] {
  const heads = [...text.matchAll(ITEM)];
  return heads.flatMap((head, i) => {
    const from = head.index + head[0].length;
    const to = heads[i + 1]?.index ?? text.length;
    const plugin = head[1] ?? '';
    const said = text.slice(from, to);
    if (VIOLATION.test(said) && !said.startsWith('schema of custom plugin entity'))
      return fromViolation(text.slice(0, to), from, plugin, 'schema');
    return [{ where: 'load' as const, text: said, plugin, from: head.index, to }];
  });
}

function fromViolation(text: string, start: number, plugin: string | null, where: Where): Claim[] {
  const open = VIOLATION.exec(text.slice(start));
  if (open === null) return [];
  const from = start + open.index + open[0].length;
  const close = closingOf(text, from);
  const inner = text.slice(from, close > from ? close : text.length);
  const parsed = parseViolation(inner);
  // A check of the whole entity names no field.
  const whole = parsed.length === 0 && where === 'admin' && inner !== '';
  const leaves = whole ? [{ path: ['@entity'], message: inner }] : parsed;
  const claims = leaves.map((leaf) => ofLeaf(leaf, where, plugin, start + open.index, text.length));
  return claims.length > 0 ? claims : [{ where, text: `: ${inner}`, plugin, from: start + open.index, to: text.length }];
}

/** The bracket that closes the one before `from`; the last one of the text, where brackets in the words are not in pairs. */
function closingOf(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')' && (depth -= 1) === 0) return at;
  }
  return text.lastIndexOf(')');
}

function fromDeclarative(text: string, from: number): Claim[] {
  // A JSON answer that was cut off keeps its escapes.
  const said = text.slice(from).replace(/\\"/g, '"');
  const leaves: ViolatedField[] = [];
  if (said.startsWith('{')) readTable(said, 0, [], leaves, 0);
  else for (const leaf of parseNested(said)) leaves.push(leaf);
  const start = Math.max(0, from - 60);
  if (leaves.length > 0) return leaves.map((leaf) => ofLeaf(leaf, 'declarative', null, start, text.length));
  return [{ where: 'declarative', text: said, plugin: null, from: start, to: text.length }];
}

const ANSWER = /\{ ?"(?:message|name|fields|code|flattened_errors)" ?: ?/g;
const MAX_ANSWERS = 20;

/** The answers of the Admin API in a text, alone or behind their headers: kong/api/api_helpers.lua, kong/db/errors.lua. */
function fromAnswers(text: string): Claim[] {
  const claims: Claim[] = [];
  let end = 0;
  for (const { index } of [...text.matchAll(ANSWER)].slice(0, MAX_ANSWERS)) {
    if (index < end) continue;
    const body = balanced(text, index);
    const answer = body === null ? null : parseObject(body);
    if (body === null || answer === null) continue;
    end = index + body.length;
    claims.push(...ofAnswer(answer, index, end));
  }
  return claims;
}

function ofAnswer(answer: Record<string, unknown>, from: number, to: number): Claim[] {
  const message = typeof answer['message'] === 'string' ? answer['message'] : '';
  if (answer['code'] === 14 || answer['code'] === 2) {
    const where = answer['code'] === 14 ? 'declarative' : 'admin';
    const leaves = leavesOfJson(answer['fields']).map((leaf) => {
      // A plugin that is not enabled is the Admin API's own refusal, in whatever request it came.
      const kind = /^plugin '.*' not enabled/.test(leaf.message) ? 'admin' : where;
      return { ...ofLeaf(leaf, kind, null, from, to), answer: true };
    });
    if (leaves.length > 0) return leaves;
  }
  return message === '' ? [] : [{ where: 'admin', text: `: ${message}`, plugin: null, from, to, answer: true }];
}

/** The balanced `{…}` that begins at `from`, or null when its end is missing. */
function balanced(text: string, from: number): string | null {
  let depth = 0;
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return text.slice(from, i + 1);
  }
  return null;
}

function ofLeaf(leaf: ViolatedField, where: Where, plugin: string | null, from: number, to: number): Claim {
  return { where, text: `${leaf.path.join('.')}: ${leaf.message}`, plugin, from, to };
}
