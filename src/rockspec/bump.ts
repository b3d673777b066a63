// A new version for a plugin: the literals that feed `version`, `source` and the handlers' VERSION change, every other byte stays.
import { basename, dirname, join } from 'node:path';
import { evaluateChunk } from '../lua/evaluate';
import { parse } from '../lua/parser';
import { LuaSource, type Place } from '../lua/source';
import { standardGlobals } from '../lua/library/standardLibrary';
import { hostFunction, LuaString, LuaTable, LuaUnknown, textValue, type Value } from '../lua/values';
import { parseVersion, versionLess } from '../luarocks/versions';
import { UserError } from '../system/userError';
import { readRockspec } from './read';
import { baseOf, EditList, replaceIn, rewrite, type SourceText } from './versionLiterals';
import type { FileChange } from '../text/diagnostic';

/** What `bump` needs: the texts of the plugin as they are now. */
export interface BumpInput {
  rockspec: SourceText;
  /** The rock's Lua modules by name; handlers are looked for among them, and may `require` the others. */
  modules: ReadonlyMap<string, SourceText>;
  /** `1.2.3` (revision 1) or `1.2.3-2`. */
  version: string;
  /** Whether it may be lower than the one now. */
  lower?: boolean;
}

/** What a bump does. */
export interface Bump {
  /** Versions with their revisions. */
  from: string;
  to: string;
  changes: FileChange[];
  /** What a person has to look at, one sentence each. */
  notes: string[];
}

/** Fields that may change with the version; a literal that feeds any other one is not ours to edit. */
const MAY_FOLLOW =
  /^(?:version$|source\.|description\.|build\.(?:\w*variables|extra_files|build_command|install_command|cmake)\b)/;
/** Fields of `source` in which the old version is replaced even when it stands there as a text of its own. */
const SOURCE_FIELDS = new Set(['url', 'tag', 'dir', 'file']);
const HANDLER = /^kong\.plugins\.([^.]+)\.handler$/;

/**
 * Plans the change to a new version. Pure: nothing is read or written.
 * Throws UserError when the version is not one or is lower than it may be, when the rockspec cannot be read, and when a computed value cannot be edited safely.
 */
export function bump({ rockspec, modules, version, lower = false }: BumpInput): Bump {
  const to = targetVersion(version);
  const before = evaluated(rockspec.text, rockspec.path);
  const edited = (): LuaTable => evaluated(edits.apply(rockspec), rockspec.path);
  const name = textValue(before.get('package'));
  const current = before.get('version');
  if (!(current instanceof LuaString) || name === undefined) {
    throw refusal(
      `${basename(rockspec.path)} gives no ${name === undefined ? 'package' : 'version'} that can be read`,
      rockspec.path,
    );
  }
  const from = current.text;
  if (from === to || from === `${version}-1`) {
    throw new UserError(`${basename(rockspec.path)} already has version ${from}.`, { next: nextRevision(from) });
  }
  if (!lower && isLowerVersion(to, from)) {
    throw new UserError(
      `${baseOf(to) === baseOf(from) ? to : baseOf(to)} is lower than ${from}, the version of ${basename(rockspec.path)}.`,
      {
        next: 'LuaRocks takes the highest version that it finds. --lower goes back all the same.',
      },
    );
  }
  const notes: string[] = [];
  const edits = new EditList();
  if (!rewrite(current, to, edits)) {
    throw refusal('`version` is computed in a way that cannot be edited', rockspec.path, before.entry('version')?.valuePlace);
  }
  rewriteSource(before, edited(), { from, to }, edits, notes);
  confirm(before, edited(), to, rockspec.path);

  const base = baseOf(to);
  for (const [module, handler] of modules) {
    if (HANDLER.test(module)) bumpHandler(module, handler, base, modules, edits, notes);
  }
  const changes = edits.changes();
  const renamed = join(dirname(rockspec.path), `${name.toLowerCase()}-${to}.rockspec`);
  if (basename(rockspec.path) !== 'rockspec' && renamed !== rockspec.path)
    changes.push({ kind: 'rename', path: rockspec.path, to: renamed });
  return { from, to, changes, notes };
}

/** Whether LuaRocks takes a version for older than another one; every version comes after that of a branch (`scm-1`, `main-1`). */
export function isLowerVersion(version: string, than: string): boolean {
  return /^\d/.test(than) && versionLess(parseVersion(version), parseVersion(than));
}

function targetVersion(version: string): string {
  const [, base, revision = '1'] = /^([A-Za-z0-9.]+)(?:-(\d+))?$/.exec(version) ?? [];
  if (base !== undefined) return `${base}-${revision}`;
  const [, main, rest] = /^([A-Za-z0-9.]+)-([A-Za-z][A-Za-z0-9.]*)$/.exec(version) ?? [];
  throw new UserError(
    `"${version}" is not a version that LuaRocks takes: letters, digits and dots, then perhaps a dash and a revision.`,
    {
      exitCode: 2,
      next:
        main === undefined || rest === undefined
          ? 'For example: 1.2.3 or 1.2.3-1.'
          : `A pre-release is written ${main}${rest.replace('.', '')}.`,
    },
  );
}

function nextRevision(version: string): string {
  const [, base = version, revision = '1'] = /^(.*)-(\d+)$/.exec(version) ?? [];
  return `Give another version, or ${base}-${Number(revision) + 1} for a new revision of the rockspec.`;
}

function refusal(what: string, path: string, place?: Place): UserError {
  const line = place?.source.line(place.start);
  return new UserError(`${what}${line === undefined ? '' : ` (${basename(path)}:${line})`}.`, {
    next: 'Change it by hand; nothing was changed.',
    at: line === undefined ? { path } : { path, line: line - 1 },
  });
}

/** The globals of a rockspec. Throws UserError when it does not parse or raises an error. */
function evaluated(text: string, path: string): LuaTable {
  const { syntaxError, evaluation, globals } = readRockspec(text, path);
  if (syntaxError !== undefined) throw refusal(`${basename(path)}:${syntaxError.line}: ${syntaxError.message}`, path);
  const problem = evaluation.error ?? evaluation.exhausted;
  if (problem !== undefined) throw refusal(`${basename(path)} cannot be read: ${problem.message}`, path);
  return globals;
}

/** Replaces the old version where `source` names it as a text of its own; what followed the version by itself is left alone. */
function rewriteSource(
  before: LuaTable,
  after: LuaTable,
  versions: { from: string; to: string },
  edits: EditList,
  notes: string[],
): void {
  const now = flatten(after);
  let addressChanged = false;
  for (const [path, value] of flatten(before)) {
    const field = path.split('.').at(-1) ?? '';
    if (!path.startsWith('source.') || !SOURCE_FIELDS.has(field) || !(value instanceof LuaString)) continue;
    const follows = textValue(now.get(path)) !== value.text;
    const replaced = !follows && replaceIn(value, versions, edits);
    addressChanged ||= field === 'url' && (follows || replaced);
    if (path === 'source.tag' && !follows && !replaced) {
      notes.push(`source.tag is "${value.text}", which does not name version ${baseOf(versions.from)}: it was left as it is.`);
    }
  }
  if (addressChanged && now.get('source.md5') !== undefined) {
    notes.push('source.md5 belongs to the old archive: put in the new one, or take it out.');
  }
}

/** Every value below a table that is not a table, by dotted path. */
function flatten(table: LuaTable, prefix = '', seen = new Set<LuaTable>(), into = new Map<string, Value>()): Map<string, Value> {
  seen.add(table);
  for (const { key, value } of table.fields.values()) {
    const path = `${prefix}${typeof key === 'object' ? '?' : String(key)}`;
    if (!(value instanceof LuaTable)) into.set(path, value);
    else if (!seen.has(value)) flatten(value, `${path}.`, seen, into);
  }
  return into;
}

/** Throws unless the edited rockspec has the new version and nothing else changed than what may follow it. */
function confirm(before: LuaTable, after: LuaTable, to: string, path: string): void {
  const [was, is] = [flatten(before), flatten(after)];
  if (textValue(is.get('version')) !== to) throw refusal('`version` is computed in a way that cannot be edited', path);
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    if (!sameLeaf(was.get(key), is.get(key)) && !MAY_FOLLOW.test(key)) {
      throw refusal(`Changing the version would change \`${key}\` too`, path);
    }
  }
}

/** Whether two values that are no tables are the same; functions and unknown values of two evaluations are taken to be. */
function sameLeaf(a: Value, b: Value): boolean {
  if (a instanceof LuaString || b instanceof LuaString) return textValue(a) === textValue(b);
  return typeof a === 'object' && typeof b === 'object' ? true : a === b;
}

/** Sets VERSION of one handler, wherever the literal stands that feeds it. */
function bumpHandler(
  module: string,
  handler: SourceText,
  version: string,
  modules: ReadonlyMap<string, SourceText>,
  edits: EditList,
  notes: string[],
): void {
  if (!/\bVERSION\b/.test([...modules.values()].map(({ text }) => text).join('\n'))) {
    notes.push(`${handler.path} sets no VERSION.`);
    return;
  }
  const returned = evaluateModule(module, modules);
  if (!(returned instanceof LuaTable)) {
    throw refusal(`What ${basename(handler.path)} returns cannot be read without running it`, handler.path);
  }
  const value = returned.get('VERSION');
  if (value === undefined && !returned.open) {
    notes.push(`${handler.path} sets no VERSION.`);
    return;
  }
  if (textValue(value) === version) return;
  // A module that is not in the rock gives it: Kong's own version, for example.
  if (value instanceof LuaUnknown && value.reason.startsWith('what require "')) {
    notes.push(`${handler.path}: VERSION is ${value.reason}, not the plugin's own; it was left as it is.`);
    return;
  }
  if (!(value instanceof LuaString) || !rewrite(value, version, edits)) {
    const reason = value instanceof LuaUnknown ? ` (${value.reason})` : '';
    throw refusal(
      `VERSION of plugin ${HANDLER.exec(module)?.[1] ?? module} is computed${reason} and cannot be edited`,
      handler.path,
      returned.entry('VERSION')?.place,
    );
  }
}

/** What a module of the rock returns; anything outside the rock is unknown, except the base class that old handlers extend. */
function evaluateModule(name: string, modules: ReadonlyMap<string, SourceText>, loading = new Set<string>()): Value {
  const module = modules.get(name);
  if (module === undefined || loading.has(name)) return new LuaUnknown(`what require "${name}" gives`);
  loading.add(name);
  const globals = standardGlobals();
  globals.open = true;
  globals.set(
    'require',
    hostFunction('require', ([argument]) => {
      const wanted = textValue(argument) ?? '?';
      return [wanted === 'kong.plugins.base_plugin' ? basePlugin() : evaluateModule(wanted, modules, loading)];
    }),
  );
  const { returns } = evaluateChunk(parse(new LuaSource(module.text, module.path), 'luajit').chunk, { globals });
  loading.delete(name);
  return returns[0];
}

/** `BasePlugin:extend()` gives a table of the plugin's own. */
function basePlugin(): LuaTable {
  return new LuaTable().set(
    'extend',
    hostFunction('extend', () => [new LuaTable().set('super', new LuaUnknown('the base plugin'))]),
  );
}
