// What the validators behind Kong's typedefs refuse, and in which words (kong/db/schema/typedefs.lua and kong/tools of Kong's git tags, read
// 2.8.5 to 3.9.1). Texts are bytes, as in Lua. Those that ask OpenSSL are not here: what they answer stays unknown.
import { isCidr, isIp, readAddress, readUrl } from './addresses';
import { isPcre } from './regex';
import { sandboxError } from './luaCode';
import { normalizePath } from './pathNormal';
import { isAtLeast, type KongVersion } from '../versions';
import { own } from '../../text/own';

/** What a validator says when only Kong itself could tell. */
export const UNKNOWN_ANSWER = Symbol('what only Kong could answer');
/** What is wrong with a text, or undefined when nothing is. */
type Answer = string | undefined | typeof UNKNOWN_ANSWER;

function host(text: string): string | undefined {
  const address = readAddress(text);
  if ('error' in address) return address.error === 'invalid port number' ? 'must not have a port' : `invalid value: ${text}`;
  return address.port === undefined ? undefined : 'must not have a port';
}

function hostWithOptionalPort(text: string): string | undefined {
  const address = readAddress(text);
  return 'error' in address ? address.error : undefined;
}

/** A host name that is no address. Before 3.3 Kong itself failed on a bad port. */
function sni(text: string): string | undefined {
  const address = readAddress(text);
  if ('error' in address) return host(text);
  if (address.type !== 'name') return 'must not be an IP';
  return address.port === undefined ? undefined : 'must not have a port';
}

function wildcardHost(text: string): string | undefined {
  const at = text.indexOf('*');
  if (at < 0) return sni(text);
  if (at !== 0 && at !== text.length - 1) return 'wildcard must be leftmost or rightmost character';
  const plain = text.replaceAll('*', 'wildcard');
  if (text.includes('*', at + 1)) return 'only one wildcard must be specified';
  return sni(plain);
}

const PATH = /^\/[A-Za-z\d.\-_~/%:@!$&'()*+,;=]*$/;

function path(text: string): string | undefined {
  if (!PATH.test(text)) return `invalid path: '${text}' (characters outside of the reserved list of RFC 3986 found)`;
  return badEncoding(text);
}

function badEncoding(text: string): string | undefined {
  const raw = text.replaceAll(/%[\dA-Fa-f]{2}/g, '___');
  const at = raw.indexOf('%');
  return at < 0 ? undefined : `invalid url-encoded value: '${raw.slice(at, at + 3)}'`;
}

/** A path of a route: a prefix in its normal form, or from `~` on a regular expression, which here only its encoding can refuse. */
function routePath(text: string, version: KongVersion): Answer {
  const encoding = PATH.test(text) ? badEncoding(text) : undefined;
  if (encoding !== undefined) return encoding;
  if (!isAtLeast(version, '3.0')) return /^[a-zA-Z0-9.\-_~/%]*$/.test(text) ? undefined : regex(text);
  if (text.startsWith('~')) return regex(text.slice(1));
  if (!isAtLeast(version, '3.1')) return undefined;
  const normal = normalizePath(text);
  return text === normal ? undefined : `non-normalized path, consider use '${normal}' instead`;
}

/** A regular expression; in which words PCRE refuses one is not known. */
function regex(text: string): Answer {
  const answer = isPcre(text);
  if (answer === undefined) return UNKNOWN_ANSWER;
  return answer ? undefined : `invalid regex: '${text}'`;
}

function url(text: string): string | undefined {
  const parsed = readUrl(text);
  if (parsed === undefined) return 'could not parse url. invalid url';
  if (parsed.host === undefined) return 'missing host in url';
  return parsed.scheme === undefined ? 'missing scheme in url' : undefined;
}

function headerName(text: string): string | undefined {
  if (text === '') return 'no header name provided';
  return /^[\w-]+$/.test(text) ? undefined : `bad header name '${text}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`;
}

const HTTP_SEPARATORS = /[^\x21-\x7E]|[()<>@,;:\\"/?={}[\]]/;

/** A token of HTTP (validate_http_token). */
function cookieName(text: string): string | undefined {
  if (text === '') return 'no token provided';
  if (!HTTP_SEPARATORS.test(text)) return undefined;
  const characters = 'ASCII control characters (0-31;127), space, tab and the characters ()<>@,;:\\"/?={}[] are not allowed.';
  return `contains one or more invalid characters. ${characters}`;
}

/** Where bytes stop being UTF-8, counted from 1 (validate_utf8, which takes second bytes from 0x7B on, as Kong wrote it). */
function badUtf8(bytes: string): string | undefined {
  const good =
    /[\0-\x7F]|[\xC2-\xDF][\x7B-\xBF]|\xE0[\xA0-\xBF][\x80-\xBF]|[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}|\xED[\x80-\x9F][\x80-\xBF]|\xF0[\x90-\xBF][\x80-\xBF]{2}|[\xF1-\xF3][\x80-\xBF]{3}|\xF4[\x80-\x8F][\x80-\xBF]{2}/y;
  for (let at = 0; at < bytes.length; at = good.lastIndex) {
    good.lastIndex = at;
    if (!good.test(bytes)) return `invalid utf-8 character sequence detected at position ${at + 1}`;
  }
  return undefined;
}

function tag(text: string, version: KongVersion): string | undefined {
  const allowed = isAtLeast(version, '3.0') ? /^[ \x21-+\x2D.\x30-~\x80-\xF4]+$/ : /^[\x21-+\x2D.\x30-~\x80-\xF4]+$/;
  if (badUtf8(text) !== undefined) return badUtf8(text);
  if (allowed.test(text)) return undefined;
  return `invalid tag '${text}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`;
}

function name(text: string): string | undefined {
  if (/^[\w.~-]+$/.test(text)) return undefined;
  return `invalid value '${text}': it must only contain alphanumeric and '., -, _, ~' characters`;
}

function utf8Name(text: string): string | undefined {
  const bad = badUtf8(text);
  if (bad !== undefined || /^[\w.~\x80-\xF4-]+$/.test(text)) return bad;
  return `invalid value '${text}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`;
}

const ipOrCidr = (text: string): string | undefined =>
  isIp(text) || isCidr(text) ? undefined : `invalid ip or cidr range: '${text}'`;
const cidrV4 = (text: string): string | undefined =>
  (isIp(text) && !text.includes(':')) || isCidr(text, true) ? undefined : `invalid ipv4 cidr range: '${text}'`;
const hosts = (text: string): string | undefined => hostWithOptionalPort(text.replaceAll('*', 'abc'));

/** The validator in a typedef, by the typedef's name: no typedef has two. */
const VALIDATORS: Readonly<Record<string, (text: string, version: KongVersion) => Answer>> = {
  host,
  redis_host: host,
  host_with_optional_port: hostWithOptionalPort,
  hosts,
  no_hosts: hosts,
  wildcard_host: wildcardHost,
  sni,
  redis_server_name: sni,
  ip: (text) => (isIp(text) ? undefined : `not an ip address: ${text}`),
  ip_or_cidr: ipOrCidr,
  sources: ipOrCidr,
  destinations: ipOrCidr,
  no_sources: ipOrCidr,
  no_destinations: ipOrCidr,
  cidr: cidrV4,
  cidr_v4: cidrV4,
  path,
  paths: routePath,
  no_paths: routePath,
  router_path: routePath,
  router_paths: routePath,
  url,
  header_name: headerName,
  headers: headerName,
  no_headers: headerName,
  propagation: headerName,
  cookie_name: cookieName,
  name,
  utf8_name: utf8Name,
  tag,
  tags: tag,
  lua_code: sandboxError,
};

/** What the validator of a typedef says of a text (bytes): a message, nothing, or that only Kong could tell. */
export function answerOf(typedef: string, text: string, version: KongVersion): Answer {
  const validator = own(VALIDATORS, typedef);
  return validator === undefined ? UNKNOWN_ANSWER : validator(text, version);
}
