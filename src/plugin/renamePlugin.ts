// A plugin's new name, in every place the old one stands: rockspec, module names, schema, requires, specs, file and folder names.
import { basename, dirname, join, relative, sep } from 'node:path';
import { LuaSource } from '../lua/source';
import { LuaString, LuaTable } from '../lua/values';
import { pluginNamesIn } from '../kong/pluginNames';
import { DEFAULT_KONG, parseKongVersion } from '../kong/versions';
import { UserError } from '../system/userError';
import type { FileChange, TextEdit } from '../text/diagnostic';
import { applyEdits } from '../text/edits';
import { isPluginFolder } from './folderTree';
import { createEnvironment } from './loader/environment';
import { newNameProblem } from './newPlugin';
import { readFromDisk, readPluginCode, type ReadFile } from './pluginCode';
import type { Plugin } from './plugin';
import { deploymentTexts, folderPaths } from './deployment';
import { entries, isBranchRockspec } from './projectTexts';

export interface RenameOptions {
  /** Reads a file instead of from disk: for texts that are not saved yet. */
  read?: ReadFile;
  /** The other plugins of the workspace: none of them may have the new name. */
  siblings?: readonly Plugin[];
  /** The folder that is worked in, whose other files may deploy the plugin. */
  around?: string;
}

/** A piece of a text and what takes its place. */
interface Replacement {
  start: number;
  end: number;
  text: string;
}

/**
 * Plans the changes that give a plugin a new name: edits first, then files and folders. What only looks like the name is left alone: addresses,
 * texts, tables of a database. Throws UserError for a name that cannot be (exit code 2) and for what cannot be renamed.
 */
export async function renamePlugin(plugin: Plugin, newName: string, options: RenameOptions = {}): Promise<FileChange[]> {
  const { read = readFromDisk, siblings = [] } = options;
  const problem = newNameProblem(newName);
  if (problem !== undefined) throw new UserError(problem, { exitCode: 2 });
  if (plugin.language !== 'lua') throw new UserError(`${plugin.name} runs in a plugin server; rename it in its own language.`);
  const clash = siblings.find((other) => other.name === newName);
  if (clash !== undefined) throw new UserError(`There is a plugin named "${newName}" already, in ${clash.dir}.`);
  if (plugin.name === newName) return [];

  const changes: FileChange[] = [];
  const edit = async (path: string, find: (text: string) => Replacement[] | Promise<Replacement[]>): Promise<void> => {
    const bytes = await read(path);
    if (bytes === undefined) return;
    const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8');
    const edits = textEdits(text, await find(text));
    if (edits.length > 0) changes.push({ kind: 'edit', path, edits });
  };
  const without = namesakes(plugin, siblings);
  const texts = await deploymentTexts(plugin, options.around, without);
  const others = siblings.flatMap(({ modules, name }) => (name === plugin.name ? [] : [...modules.values()]));
  const own = [...plugin.modules.values()].filter(
    (path) => path.startsWith(plugin.dir) || path === plugin.schema || path === plugin.handler,
  );
  const rockspecs = [plugin.rockspec, ...texts.filter(isBranchRockspec)].filter((path) => path !== undefined);
  const moves = await renames(plugin, rockspecs, newName);
  const moved = new Set(moves.flatMap((move) => (move.kind === 'rename' ? [move.path] : [])));
  // Rockspecs that keep their names: those of released versions.
  const kept = new Set(texts.flatMap((path) => (path.endsWith('.rockspec') && !moved.has(path) ? [basename(path)] : [])));
  for (const path of new Set([...rockspecs, ...own, ...texts, ...others])) {
    // Rockspecs of released versions say what was in them.
    if (path.endsWith('.rockspec') && !rockspecs.includes(path)) continue;
    await edit(path, async (text) => [
      ...moduleNames(text, plugin.name, newName),
      ...(rockspecs.includes(path) ? rockNames(text, plugin, newName) : []),
      ...(path === plugin.rockspec || path === join(plugin.root, 'README.md') ? mentions(text, plugin.name, newName) : []),
      ...(path === plugin.schema ? await schemaName(plugin, text, newName, read) : []),
      ...(isSpec(plugin.root, path) ? specNames(text, plugin.name, newName) : []),
      ...(path.endsWith('.lua') ? [] : enabledNameEdits(text, plugin.name, newName)),
      ...(/\.(?:lua|rockspec|md)$/.test(path) ? [] : deployedNames(text, path, plugin, newName)),
      ...(/\.(?:lua|rockspec)$/.test(path) ? [] : [...movedNames(text, path), ...askedNames(text, plugin.name, newName)]),
    ]);
  }
  return [...changes, ...moves];

  /** The name in what else is renamed: the folder of the specs, files of the rock. */
  function movedNames(text: string, path: string): Replacement[] {
    const { name, root } = plugin;
    const specs = join(root, 'spec', name);
    const paths = moved.has(specs) ? folderPaths(text, path, { dir: specs, root, name }) : [];
    return [...paths.map((start) => replace(start, name, newName)), ...rockFiles(text, name, newName, kept)];
  }
}

/** The name in the name of a rock's file: `kong-plugin-x-1.0.0-1.rockspec`, also with a variable for the version; not of files that keep theirs. */
function rockFiles(text: string, old: string, name: string, kept: ReadonlySet<string>): Replacement[] {
  const pattern = new RegExp(
    `(?<![\\w.-])(?:lua-)?kong-(?:plugin-)?${escaped(old)}(?=-[^\\s"'\`/]*\\.(?:rockspec|rock)\\b)`,
    'g',
  );
  return [...text.matchAll(pattern)].flatMap(({ index, 0: found }) => {
    const file = /^[^\s"'`/]*\.(?:rockspec|rock)\b/.exec(text.slice(index))?.[0] ?? '';
    if (kept.has(file) || isInAddress(text, index)) return [];
    return [replace(index + found.length - old.length, old, name)];
  });
}

/** The name in a call of the Admin API that uses the plugin: `curl …/plugins -d name=x`, on one line or on several that a backslash joins. */
function askedNames(text: string, old: string, name: string): Replacement[] {
  const found: Replacement[] = [];
  for (const { index, 0: line } of text.matchAll(/[^\r\n\\]*(?:\\(?:\r?\n)?[^\r\n\\]*)*/g)) {
    if (!/\/plugins(?![\w/-])/.test(line)) continue;
    const pattern = new RegExp(`(?:(?<![\\w.-])name=|"name"\\s*:\\s*")${escaped(old)}(?![\\w-])`, 'g');
    for (const { index: at, 0: asked } of line.matchAll(pattern))
      found.push(replace(index + at + asked.length - old.length, old, name));
  }
  return found;
}

/** The name in what deploys the plugin: as a plugin that is used, and in paths to its folder when that is renamed too. */
function deployedNames(text: string, path: string, plugin: Plugin, name: string): Replacement[] {
  const used = /\.(?:ya?ml|json)$/i.test(path) ? pluginNamesIn(text, plugin.name) : [];
  const paths = isRenamedFolder(plugin) ? folderPaths(text, path, plugin) : [];
  return [...used.map(({ start }) => start), ...paths].map((start) => replace(start, plugin.name, name));
}

function isRenamedFolder({ name, dir }: Pick<Plugin, 'name' | 'dir'>): boolean {
  return isPluginFolder(dir) && basename(dir) === name;
}

/** Where other plugins of the same name are: nothing of theirs changes. */
function namesakes({ name, dir, root }: Plugin, siblings: readonly Plugin[]): Set<string> {
  const others = siblings.filter((other) => other.name === name && other.dir !== dir);
  return new Set(others.flatMap((other) => (other.root === root ? [other.dir] : [other.dir, other.root])));
}

function isSpec(root: string, path: string): boolean {
  return path.endsWith('.lua') && /^(?:specs?|tests?|t)$/.test(relative(root, path).split(sep)[0] ?? '');
}

/** The name in a list of plugins to enable: `KONG_PLUGINS` of containers and scripts, `plugins` of a kong.conf. */
function enabledNameEdits(text: string, old: string, name: string): Replacement[] {
  return [...text.matchAll(/^.*\bKONG_PLUGINS\b.*$|^[ \t]*plugins[ \t]*=.*$/gm)].flatMap(({ index, 0: line }) =>
    matches(line, `(?<![\\w./-])${escaped(old)}(?![\\w./-])`, old, name).map(({ start }) => replace(index + start, old, name)),
  );
}

/** `kong.plugins.OLD` and `kong/plugins/OLD` in any text, but not in an address. */
function moduleNames(text: string, old: string, name: string): Replacement[] {
  return matches(text, `(?<=\\bkong[./]plugins[./])${escaped(old)}(?![\\w-])`, old, name);
}

/** A name that is no ordinary word, where it stands for itself in prose. */
function mentions(text: string, old: string, name: string): Replacement[] {
  return /[-_\d]/.test(old)
    ? matches(text, `(?<![\\w./-])(?:kong-plugin-)?${escaped(old)}(?![\\w-]*\\/|[\\w]|-[a-z])`, old, name)
    : [];
}

function matches(text: string, pattern: string, old: string, name: string): Replacement[] {
  return [...text.matchAll(new RegExp(pattern, 'g'))]
    .map(({ index, 0: found }) => replace(index + found.length - old.length, old, name))
    .filter(({ start }) => !isInAddress(text, start));
}

/** In a rockspec: the name in the name of the rock, as the last word of its literal, and a literal that is the name. */
function rockNames(text: string, plugin: Plugin, name: string): Replacement[] {
  const found: Replacement[] = [];
  for (const { index, 0: literal } of text.matchAll(/(["'])(?:(?!\1)[^\n\\])*\1/g)) {
    const inner = literal.slice(1, -1);
    if (inner === plugin.name) found.push(replace(index + 1, plugin.name, name));
    else if (new RegExp(`^(?:lua-)?kong-(?:plugin-)?${escaped(plugin.name)}$`).test(inner)) {
      found.push(replace(index + 1 + inner.length - plugin.name.length, plugin.name, name));
    }
  }
  return found;
}

/** In a spec: literals that are the name, or a list of names to enable, on a line that speaks of plugins or names. */
function specNames(text: string, old: string, name: string): Replacement[] {
  const found: Replacement[] = [];
  for (const { index, 0: line } of text.matchAll(/[^\r\n]+/g)) {
    if (!/plugin|name|describe|get_db_utils/i.test(line)) continue;
    for (const { index: at, 0: literal } of line.matchAll(/(["'])(?:(?!\1)[^\\])*\1/g)) {
      if (
        !literal
          .slice(1, -1)
          .split(',')
          .some((part) => part.trim() === old)
      )
        continue;
      const offset = new RegExp(`(?<![\\w-])${escaped(old)}(?![\\w-])`).exec(literal)?.index ?? 0;
      found.push(replace(index + at + offset, old, name));
    }
  }
  return found;
}

/** The literal that gives the schema its name, wherever it stands. */
async function schemaName(plugin: Plugin, text: string, name: string, read: ReadFile): Promise<Replacement[]> {
  const { sources } = await readPluginCode(plugin, { read });
  const version = parseKongVersion(DEFAULT_KONG);
  const environment = createEnvironment({
    version,
    plugin: plugin.name,
    sources,
    supply: () => ({ kind: 'assumed', rock: '' }),
    luaRoot: '',
  });
  const loaded = environment.load(`kong.plugins.${plugin.name}.schema`);
  const value = loaded.kind === 'value' && loaded.value instanceof LuaTable ? loaded.value.get('name') : undefined;
  if (!(value instanceof LuaString) || value.text !== plugin.name || value.origin?.kind !== 'literal') return [];
  const { place } = value.origin;
  if (place.source.path !== plugin.schema) return [];
  const { start, end } = place.source.range(place);
  const source = new LuaSource(text);
  const literal = source.text({ start: source.offset(start), end: source.offset(end) });
  const from = text.indexOf(literal, lineStart(text, start.line) + start.character) + literal.indexOf(plugin.name);
  return literal.includes(plugin.name) ? [replace(from, plugin.name, name)] : [];
}

function replace(start: number, old: string, text: string): Replacement {
  return { start, end: start + old.length, text };
}

function isInAddress(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 300), at);
  return /[a-z+]+:\/\/[^\s"']*$/.test(before);
}

function lineStart(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) {
    const next = text.slice(at).search(/\r\n|\r|\n/);
    if (next < 0) return text.length;
    at += next + (text.startsWith('\r\n', at + next) ? 2 : 1);
  }
  return at;
}

/** Replacements as edits, each place once. */
function textEdits(text: string, replacements: readonly Replacement[]): TextEdit[] {
  const byStart = new Map(replacements.map((replacement) => [replacement.start, replacement]));
  return [...byStart.values()]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end, text: newText }) => ({ range: { start: positionOf(text, start), end: positionOf(text, end) }, newText }));
}

function positionOf(text: string, offset: number): { line: number; character: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

/** The files of its rockspecs, the plugin's folder, the folder of its specs. */
async function renames({ name, dir, root }: Plugin, rockspecs: readonly string[], newName: string): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  const move = (path: string, to: string): void => void changes.push({ kind: 'rename', path, to });
  const rockName = new RegExp(`^((?:lua-)?(?:kong-)?(?:plugin-)?)${escaped(name)}(?=-[^-]+-\\d+\\.rockspec$|\\.rockspec$)`);
  for (const rockspec of new Set(rockspecs)) {
    const named = rockName.exec(basename(rockspec));
    if (named === null) continue;
    move(rockspec, join(dirname(rockspec), (named[1] ?? '') + newName + basename(rockspec).slice(named[0].length)));
  }
  if (isRenamedFolder({ name, dir })) move(dir, join(dirname(dir), newName));
  const specs = join(root, 'spec', name);
  if ((await entries(specs)).length > 0) move(specs, join(root, 'spec', newName));
  return changes;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}

/** A line that still holds the old name after a rename: whether it is the plugin's is for people to say. */
export interface NameLeft {
  path: string;
  /** One-based. */
  line: number;
  text: string;
}

/** The lines of the texts around a plugin that name it and that a plan of changes leaves as they are. */
export async function namesLeft(
  plugin: Plugin,
  changes: readonly FileChange[],
  options: RenameOptions = {},
): Promise<NameLeft[]> {
  const { read = readFromDisk, siblings = [] } = options;
  const name = escaped(plugin.name);
  const word = new RegExp(`(?<!\\w)${name}(?![\\w-])|\\bkong-plugin-${name}(?!\\w)`);
  const left: NameLeft[] = [];
  for (const path of await deploymentTexts(plugin, options.around, namesakes(plugin, siblings))) {
    const bytes = await read(path);
    const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes ?? '').toString('utf8');
    if (!text.includes(plugin.name)) continue;
    // A line may name it twice, and one of them is changed.
    const edits = changes.flatMap((change) => (change.kind === 'edit' && change.path === path ? change.edits : []));
    applyEdits(text, edits)
      .split(/\r\n|\r|\n/)
      .forEach((line, i) => {
        if (word.test(line)) left.push({ path, line: i + 1, text: line.trim() });
      });
  }
  return left;
}
