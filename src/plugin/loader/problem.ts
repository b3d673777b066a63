// What is wrong with a plugin's files, by the ids of the error catalogue.
import { lastKongWith } from '../../kong/kongModules';
import type { LuaError } from '../../lua/errors';
import type { Place } from '../../lua/source';
import { LuaString } from '../../lua/values';
import type { Loaded } from './environment';
import { leaves, type ErrorTree } from './errorTree';

/** The files of a plugin that Kong reads by name. */
export type PluginFile = 'handler' | 'schema' | 'daos' | 'api' | 'migrations';

export interface Problem {
  /** Id of the error catalogue's entry. */
  id: string;
  message: string;
  /** Where it is; the whole of `file` when missing. */
  place: Place | undefined;
  file: PluginFile;
  /** Whether Kong's loader would fail on it; otherwise it only misbehaves later. */
  fails: boolean;
}

const GENERIC = new Set(['fields', 'elements', 'keys', 'values']);

/** One problem for every message of a schema violation. */
export function violationProblems(errors: ErrorTree, file: PluginFile): Problem[] {
  return leaves(errors).map(({ path, leaf }) => {
    const names = path.filter((key): key is string => typeof key === 'string' && key !== '@entity');
    const subject = names.findLast((name) => !GENERIC.has(name)) ?? names.at(-1);
    const message = subject === undefined ? leaf.message : `${subject}: ${leaf.message}`;
    return { id: violationId(path, leaf.message), message, place: leaf.place, file, fails: true };
  });
}

/** Patterns of messages and of the path's last name, the first that fits decides. */
const IDS: readonly (readonly [id: string, message: RegExp, last?: RegExp])[] = [
  ['schema-missing-name', /^field required for entity check$/, /^name$/],
  ['schema-fields-shape', /^field required for entity check$|^expected an array$|must be a table$/, /^fields$/],
  [
    'schema-field-entry-shape',
    /^each entry in fields|^length must be 1$|^field entry table is empty$|' must be a table$|^expected a (?:record|map)$/,
  ],
  ['schema-field-missing-type', /^missing type declaration$/],
  ['schema-field-missing-type', /^required field missing$/, /^type$/],
  ['schema-field-unknown-type', /^expected one of/, /^type$/],
  ['schema-shorthand-invalid', /^unknown field$/, /^shorthand/],
  ['schema-unknown-attribute', /^unknown field$/],
  ['schema-attribute-not-allowed', /cannot have attribute/],
  ['schema-missing-required-attribute', /must declare/],
  ['schema-unique-across-ws', /given value of field 'unique_across_ws'$/],
  ['schema-unique-across-ws', /^required field missing$/, /^unique$/],
];

/** Names in the path that say what the message is about. */
const BY_PATH: readonly (readonly [name: string, id: string])[] = [
  ['default', 'schema-default-invalid'],
  ['description', 'schema-description-length'],
  ['entity_checks', 'schema-entity-checks-invalid'],
  ['shorthands', 'schema-shorthand-invalid'],
  ['shorthand_fields', 'schema-shorthand-invalid'],
  ['transformations', 'schema-transformations-invalid'],
  ['json_schema', 'schema-json-field'],
];

function violationId(path: readonly (string | number)[], message: string): string {
  const last = path.findLast((key): key is string => typeof key === 'string') ?? '';
  const about = BY_PATH.find(([name]) => path.includes(name));
  const exact = IDS.find(([, pattern, name]) => pattern.test(message) && (name === undefined || name.test(last)));
  if (about !== undefined && exact?.[0] !== 'schema-unknown-attribute') return about[1];
  return exact?.[0] ?? about?.[1] ?? 'schema-attribute-wrong-type';
}

const MISSING = 'plugin-module-missing-dependency';
/** Ids for errors raised while a file is loaded, by their words. */
const LOAD_IDS: readonly (readonly [id: string, message: RegExp])[] = [
  ['typedef-missing', /schema typedef error: definition .* does not exist/],
  ['plugin-module-loop', /loop or previous error loading module/],
  ['base-plugin-removed', /module 'kong\.(?:plugins\.base_plugin|vendor\.classic)' not found/],
  [MISSING, /module '[^']*' not found/],
];

/** The problem of a file that cannot be loaded. */
export function loadProblem(loaded: Extract<Loaded, { kind: 'error' }>, file: PluginFile, message: string): Problem {
  const id =
    loaded.syntax === undefined
      ? (LOAD_IDS.find(([, pattern]) => pattern.test(message))?.[0] ?? 'plugin-module-runtime-error')
      : 'plugin-module-syntax-error';
  const missing = id === MISSING ? /module '([^']*)' not found/.exec(message)?.[1] : undefined;
  const removed = missing !== undefined && lastKongWith(missing) !== undefined;
  return { id: removed ? 'kong-internal-module-removed' : id, message, place: loaded.error.place, file, fails: true };
}

/** What a Lua error says, without the file and line that begin it. */
export function errorText(error: LuaError): string {
  return error.value instanceof LuaString ? error.value.text.replace(/^[^\n]*?\.lua:\d+: /, '') : error.message;
}
