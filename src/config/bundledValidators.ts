// What the functions in the schemas of bundled plugins refuse, and in which words (kong/plugins/*/schema.lua, tags 2.8.5 and 3.9.1): the data
// of those schemas names them. A function that only Kong could answer is not here.
import { readUrl } from '../kong/validators/addresses';
import { loadError } from '../kong/validators/luaCode';
import { isPcre } from '../kong/validators/regex';
import { NULL } from '../kong/typedefs';
import { fixed } from '../lua/numbers';
import { hostFunction, LuaString, LuaTable, LuaUnknown, str, typeName, type LuaFunction, type Value } from '../lua/values';
import { luaText, stringOf, truthy } from '../plugin/schema/validation';

type Answer = string | undefined | LuaUnknown;

const HEADER = /^[\w-]+$/;
const isPresent = (value: Value): boolean => value instanceof LuaString && value.value !== '';

/** Name and value of `name:value`, as the transformers split it. */
function split(pair: string): [name: string, value: string] | undefined {
  const match = /^([^:]+):*([^]*)$/.exec(pair);
  return match === null ? undefined : [match[1] ?? '', match[2] ?? ''];
}

function pair(value: Value): Answer {
  const text = stringOf(value) ?? '';
  const parts = split(text);
  if (parts === undefined) return new LuaUnknown('what Kong makes of a value without a name');
  if (parts[1] === '') return `key '${parts[0]}' has no value`;
  // A template of Penlight is Lua code.
  return parts[1].includes('$(') ? new LuaUnknown('whether a template can be compiled') : undefined;
}

function headers(withValue: boolean): (value: Value) => Answer {
  return (value) => {
    const parts = split(stringOf(value) ?? '') ?? ['nil', ''];
    const wrong = [parts[0], ...(withValue ? [parts[1]] : [])].find((name) => !HEADER.test(name));
    return wrong === undefined ? undefined : `'${wrong}' is not a valid header`;
  };
}

const PERIODS = ['second', 'minute', 'hour', 'day', 'month', 'year'];

function periods(word: string): (config: Value) => Answer {
  return (config) => {
    if (!(config instanceof LuaTable)) return undefined;
    const limits = PERIODS.map((name) => [name, config.get(name)] as const);
    for (const [i, [lower, least]] of limits.entries()) {
      for (const [upper, limit] of limits.slice(i + 1)) {
        if (typeof least !== 'number' || typeof limit !== 'number' || limit >= least) continue;
        return `${word} limit for ${upper}(${fixed(limit, 1)}) cannot be lower than the limit for ${lower}(${fixed(least, 1)})`;
      }
    }
    return undefined;
  };
}

/** The periods, and in 3.x how often counters are synchronised. */
function rateLimits(config: Value): Answer {
  const wrong = periods('The')(config);
  if (wrong !== undefined || !(config instanceof LuaTable)) return wrong;
  const [rate, policy] = [config.get('sync_rate'), stringOf(config.get('policy'))];
  if (typeof rate !== 'number' || rate === -1) return undefined;
  if (policy !== 'redis') return 'sync_rate can only be used with the redis policy';
  return rate < 0.02 ? 'sync_rate must be greater than 0.02, or -1 to disable' : undefined;
}

function requestTermination(config: Value): Answer {
  if (!(config instanceof LuaTable)) return undefined;
  const [message, type, body] = ['message', 'content_type', 'body'].map((name) => isPresent(config.get(name)));
  if (message === true && (type === true || body === true)) return 'message cannot be used with content_type or body';
  if (type === true && body !== true) return 'content_type requires a body';
  const echoes = truthy(config.get('echo')) && config.get('echo') !== NULL;
  return echoes && (type === true || body === true) ? 'echo cannot be used with content_type and body' : undefined;
}

function httpLog(config: Value): Answer {
  const address = config instanceof LuaTable ? (stringOf(config.get('http_endpoint')) ?? '') : '';
  const names = config instanceof LuaTable ? config.get('headers') : undefined;
  const authority = /^[^#]*?\/\/([^/]*)@/.test(address);
  if (readUrl(address) === undefined || !authority || !(names instanceof LuaTable)) return undefined;
  const doubled = [...names.fields.keys()].some((name) => typeof name === 'string' && name.toLowerCase() === 'authorization');
  return doubled ? "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed" : undefined;
}

function staticTags(tags: Value): Answer {
  const names =
    tags instanceof LuaTable
      ? tags.list().map(({ value }) => (value instanceof LuaTable ? stringOf(value.get('name')) : undefined))
      : [];
  const repeated = names.find((name, i) => name !== undefined && names.indexOf(name) < i);
  return repeated === undefined ? undefined : `repeated tags are not allowed: ${repeated}`;
}

const FLOWS = ['enable_authorization_code', 'enable_implicit_grant', 'enable_client_credentials', 'enable_password_grant'];

function oauth2Flows(config: Value): Answer {
  if (!(config instanceof LuaTable) || FLOWS.some((name) => truthy(config.get(name)))) return undefined;
  return `at least one of these fields must be true: ${FLOWS.join(', ')}`;
}

function attributes(values: Value): Answer {
  for (const { value } of values instanceof LuaTable ? values.fields.values() : []) {
    const type = typeName(value);
    if (!['string', 'number', 'boolean'].includes(type)) return `invalid type of value: ${type}`;
    if (value instanceof LuaString && value.value === '') return 'required field missing';
  }
  return undefined;
}

function origin(value: Value): Answer {
  const text = luaText(value);
  const answer = text === '*' ? true : isPcre(text);
  if (answer === undefined) return new LuaUnknown('whether a text is a regular expression of PCRE');
  return answer ? undefined : `'${text}' is not a valid regex`;
}

function code(plugin: string): (value: Value) => Answer {
  return (value) => {
    const wrong = value instanceof LuaString ? loadError(value.value) : undefined;
    return wrong === undefined ? undefined : `error parsing ${plugin}: ${wrong}`;
  };
}

/** A validator of a bundled plugin by the name that the data has for it; undefined for one that is not known. */
export function bundledValidator(name: string, plugin: string): LuaFunction | undefined {
  const validators: Readonly<Record<string, (value: Value) => Answer>> = {
    pair,
    header_pair: headers(false),
    header_names: headers(true),
    periods: rateLimits,
    limit_periods: periods('the'),
    request_termination: requestTermination,
    http_log: httpLog,
    static_tags: staticTags,
    oauth2_flows: oauth2Flows,
    attributes,
    origin,
    function: code(plugin),
  };
  const validate = validators[name];
  if (validate === undefined) return undefined;
  return hostFunction(name, ([value]) => {
    const answer = validate(value);
    if (answer === undefined) return [true];
    return answer instanceof LuaUnknown ? [answer] : [false, str(answer)];
  });
}
