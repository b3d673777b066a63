// What is wrong with a plugin's files, by the ids of the error catalogue.
import { lastKongWith } from '../../kong/kongModules';
import type { LuaError } from '../../lua/errors';
import type { Place } from '../../lua/source';
import { LuaString } from '../../lua/values';
import type { Fix, Severity } from '../../text/diagnostic';
import { placeNamed, recognise, type Told } from '../../troubleshoot/problem';
import { asPluginProblem, type PluginProblemId } from '../checks';
import { leaves, type ErrorTree } from '../schema/errorTree';

/** The files of a plugin that Kong reads by name. */
export type PluginFile = 'handler' | 'schema' | 'daos' | 'api' | 'migrations';

/** One fault, in the catalogue's terms. */
export interface PluginProblem extends Told {
  id: PluginProblemId;
  message: string;
  /** Where it is; the whole of `file` when missing. */
  place: Place | undefined;
  file: PluginFile;
  /** Whether Kong's loader would fail on it; otherwise it only misbehaves later. */
  fails: boolean;
  /** How bad it is; by default an error when the loader fails on it and a warning otherwise. */
  severity?: Severity;
  fixes?: Fix[];
}

const GENERIC = new Set(['fields', 'elements', 'keys', 'values']);

/** One problem for every message of a schema violation. */
export function violationProblems(errors: ErrorTree, file: PluginFile): PluginProblem[] {
  return leaves(errors).map(({ path, leaf }) => {
    const names = path.filter((key): key is string => typeof key === 'string' && key !== '@entity');
    const subject = names.findLast((name) => !GENERIC.has(name)) ?? names.at(-1);
    const message = subject === undefined ? leaf.message : `${subject}: ${leaf.message}`;
    return { ...toldOfLeaf(path, leaf.message), message, place: leaf.place, file, fails: true };
  });
}

/** A message of a violation in the catalogue's terms; of the whole schema Kong speaks without a path. */
function toldOfLeaf(path: readonly (string | number)[], message: string): Told & { id: PluginProblemId } {
  const field = path.join('.');
  const told = asPluginProblem(recognise(path[0] === '@entity' ? message : `${field}: ${message}`, 'schema'));
  return told ?? { id: 'schema-violation-on-load', words: { field, error: message } };
}

/** What an error can be that is raised while a file is loaded. */
const RAISED: readonly PluginProblemId[] = [
  'plugin-module-syntax-error',
  'plugin-module-runtime-error',
  'plugin-module-loop',
  'typedef-missing',
  'base-plugin-removed',
];
/** A module that is not there: which of them it is, is known by the module. */
const MISSING: readonly Told['id'][] = [
  'plugin-module-missing-dependency',
  'luarocks-module-not-listed',
  'kong-internal-module-removed',
];

/** The problem of a file that cannot be loaded; `said` is all that Kong says of it. */
export function errorProblem(error: LuaError, file: PluginFile, said: string): PluginProblem {
  const message = errorText(error);
  return { ...toldOfError(said, message), message, place: error.place, file, fails: true };
}

function toldOfError(said: string, text: string): Told & { id: PluginProblemId } {
  const told = recognise(said, null);
  const raised = asPluginProblem(told);
  if (raised !== undefined && RAISED.includes(raised.id)) return raised;
  if (told !== undefined && MISSING.includes(told.id)) {
    const isOfOlderKong = lastKongWith(told.words['missing'] ?? '') !== undefined;
    return { ...told, id: isOfOlderKong ? 'kong-internal-module-removed' : 'plugin-module-missing-dependency' };
  }
  // Nobody knows these words: they are the plugin's own.
  return { id: 'plugin-module-runtime-error', words: { error: text }, named: placeNamed(said) };
}

/** Where Kong would have found the file that it cannot load: it is told in that file, so the node's path says nothing. */
const LOADED_FROM = /^error loading module '[^']*' from file '[^']*':\n\t(?=[^\n]*?\.lua:\d+: )/;

/** What a Lua error says, without the file and line that begin it. */
function errorText(error: LuaError): string {
  if (!(error.value instanceof LuaString)) return error.message;
  return error.value.text.replace(LOADED_FROM, '').replace(/^[^\n]*?\.lua:\d+: /, '');
}
