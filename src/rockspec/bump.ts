// A new version for a plugin: the literals that feed `version`, `source` and the handlers' VERSION change, every other byte stays.
import { basename, dirname, join } from 'node:path';
import { evaluateChunk } from '../lua/evaluate';
import { parse } from '../lua/parser';
import { LuaSource, type Place } from '../lua/source';
import { standardGlobals } from '../lua/standardLibrary';
import { hostFunction, LuaString, LuaTable, LuaUnknown, textValue, type Value } from '../lua/values';
import { UserError } from '../system/userError';
import { applyEdits } from '../text/edits';
import { readRockspec } from './read';
import type { FileChange, TextEdit } from '../text/diagnostic';

/** A file with its text. */
export interface SourceText {
  path: string;
  text: string;
}

/** What `bump` needs: the texts of the plugin as they are now. */
export interface BumpInput {
  rockspec: SourceText;
  /** The rock's Lua modules by name; handlers are looked for among them, and may `require` the others. */
  modules: ReadonlyMap<string, SourceText>;
  /** `1.2.3` (revision 1) or `1.2.3-2`. */
  version: string;
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
 * Throws UserError when the version is not one, when the rockspec cannot be read, and when a computed value cannot be edited safely.
 */
export function bump({ rockspec, modules, version }: BumpInput): Bump {
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

function baseOf(version: string): string {
  return version.replace(/-\d+$/, '');
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

/** Edits of several files, no place twice. */
class EditList {
  readonly #places = new Map<string, { place: Place; newText: string }>();

  add(place: Place, newText: string): void {
    this.#places.set(`${place.source.path ?? ''}:${place.start}`, { place, newText });
  }

  /** The text of one file with its edits. */
  apply({ path, text }: SourceText): string {
    return applyEdits(text, this.#of(path));
  }

  changes(): FileChange[] {
    const paths = new Set([...this.#places.values()].flatMap(({ place }) => place.source.path ?? []));
    return [...paths].map((path) => ({ kind: 'edit', path, edits: this.#of(path) }));
  }

  #of(path: string): TextEdit[] {
    const own = [...this.#places.values()].filter(({ place }) => place.source.path === path);
    own.sort((a, b) => a.place.start - b.place.start);
    return own.map(({ place, newText }) => ({ range: place.source.range(place), newText }));
  }
}

/** The pieces of a string that were written somewhere, in order; a piece without a place cannot be edited. */
function leaves(string: LuaString): { text: string; place: Place | undefined }[] {
  if (string.origin?.kind === 'parts') return string.origin.parts.flatMap(leaves);
  return [{ text: string.value, place: string.origin === undefined ? undefined : contentOf(string.origin.place) }];
}

/** Where the content of a literal lies, without its quotes or long brackets; undefined for anything that is not written as one. */
function contentOf(literal: Place): Place | undefined {
  const bytes = literal.source.bytes.slice(literal.start, literal.end);
  const open = /^(?:["']|\[(=*)\[)/.exec(bytes);
  if (open === null) return undefined;
  const width = open[0].length;
  return { source: literal.source, start: literal.start + width, end: literal.end - width };
}

/** Which pieces may change, tried in this order: the fewest first, so that a prefix such as `v` stays. */
const VARYING: readonly RegExp[] = [/\d/, /[A-Za-z0-9]/];

/** More pieces than any version has; a bound on the ways to share a text among them. */
const MAX_VARYING = 6;

/** Plans edits of the literals that a string was made of, so that it becomes `to`; false when there is no way. */
function rewrite(string: LuaString, to: string, edits: EditList): boolean {
  const pieces = leaves(string);
  for (const varies of VARYING) {
    for (const dots of [false, true]) {
      const groups = new Map<string, { index: number; place: Place }>();
      const shape = pieces.map(({ text, place }) => {
        if (place === undefined || !varies.test(text)) return escapeRegExp(text);
        const key = `${place.source.path ?? ''}:${place.start}`;
        const known = groups.get(key);
        if (known !== undefined) return `\\${known.index}`;
        groups.set(key, { index: groups.size + 1, place });
        return `([A-Za-z0-9${dots || text.includes('.') ? '.' : ''}${text.includes('-') ? '-' : ''}]+)`;
      });
      if (groups.size > MAX_VARYING) continue;
      const match = new RegExp(`^${shape.join('')}$`).exec(to);
      if (match === null) continue;
      for (const { index, place } of groups.values()) {
        const newText = match[index] ?? '';
        if (place.source.bytes.slice(place.start, place.end) !== newText) edits.add(place, newText);
      }
      return true;
    }
  }
  return false;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
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

/** Replaces the version in the literals of one string; with revision first, then without. */
function replaceIn(string: LuaString, { from, to }: { from: string; to: string }, edits: EditList): boolean {
  let replaced = false;
  for (const { text, place } of leaves(string)) {
    if (place?.source.bytes.slice(place.start, place.end) !== text) continue;
    const newText = [
      [from, to],
      [baseOf(from), baseOf(to)],
    ].reduce((result, [old = '', next = '']) => (result === text ? result.replace(versionShape(old), next) : result), text);
    if (newText === text) continue;
    edits.add(place, newText);
    replaced = true;
  }
  return replaced;
}

/** A version as a word of its own: `v1.2.3` and `plugin-1.2.3.tar.gz` hold 1.2.3, `11.2.3` and `1.2.30` do not. */
function versionShape(version: string): RegExp {
  return new RegExp(`(?<![0-9]|[0-9]\\.|[A-Za-uw-z]|[A-Za-z]v)${escapeRegExp(version)}(?![0-9A-Za-z]|\\.[0-9])`, 'g');
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
