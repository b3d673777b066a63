// The `plugins` setting: reading the list as Kong does, and adding and removing a name.
import { UserError } from '../system/userError';
import { withoutTrailing } from '../text/ends';

/** Kong's default of `plugins` (kong.conf.default, 0.14 on). */
export const DEFAULT_PLUGINS = 'bundled';

/**
 * What a plugin may be called. Kong makes a module name (`kong.plugins.<name>.handler`), an entry of a comma list and a URL of it; the name
 * must survive all three. This is the alphabet of every published plugin: letters, digits, dash and underscore, first a letter or digit.
 */
const PLUGIN_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** Why a name cannot be a plugin's; undefined when it can. */
export function pluginNameProblem(name: string): string | undefined {
  if (name === 'bundled' || name === 'off') return `"${name}" has a meaning of its own in the plugins setting.`;
  if (name.length > 200) return 'A plugin name this long cannot be a folder name.';
  if (!PLUGIN_NAME.test(name)) {
    return `"${name}" cannot be a plugin name: use letters, digits, "-" and "_", beginning with a letter or a digit.`;
  }
  return undefined;
}

/** Throws UserError (usage) for a name that cannot be a plugin's. */
export function checkPluginName(name: string): void {
  const problem = pluginNameProblem(name);
  if (problem !== undefined) throw new UserError(problem, { exitCode: 2 });
}

/** The entries of a list setting: split at commas, each trimmed, empty ones at the end dropped (Penlight's split). */
export function listEntries(value: string): string[] {
  const entries = value.split(',').map((entry) => entry.trim());
  while (entries.at(-1) === '') entries.pop();
  return entries;
}

/** The names that a `plugins` value enables beside the bundled ones, in order, each once; `bundled` tells whether it has that word. */
export function enabledNames(value: string): { bundled: boolean; names: string[] } {
  const entries = listEntries(value);
  // `off` switches all off only as the first entry; elsewhere it is skipped (kong/conf_loader/init.lua@3.9.1:814).
  if (entries[0] === 'off') return { bundled: false, names: [] };
  const names = entries.filter((entry) => entry !== 'off' && entry !== 'bundled');
  return { bundled: entries.includes('bundled'), names: [...new Set(names)] };
}

/** What is wrong with how a `plugins` value is written: mistakes Kong takes as parts of names. */
export function pluginsMistake(value: string): 'quotes' | 'semicolon' | 'space' | undefined {
  if (/["'`]/.test(value)) return 'quotes';
  if (value.includes(';')) return 'semicolon';
  if (listEntries(value).some((entry) => /\s/.test(entry))) return 'space';
  return undefined;
}

/** The list that a mistaken value was meant to be. */
export function soundPlugins(value: string): string {
  const names = value
    .replace(/["'`[\]{}]/g, '')
    .split(/[,;\s]+/)
    .filter((name) => name !== '');
  return [...new Set(names)].join(',');
}

/** The value with a name added; unchanged when it is there. `undefined` is the default. Spacing is kept; written mistakes are put right. */
export function withPlugin(value: string | undefined, name: string): string {
  const current = value ?? DEFAULT_PLUGINS;
  const sound = pluginsMistake(current) === undefined ? current : soundPlugins(current);
  const entries = listEntries(sound);
  if (entries[0] === 'off' || entries.length === 0) return name;
  if (entries.includes(name)) return sound;
  const separator = /,\s+\S/.test(sound) ? ', ' : ',';
  return `${withoutTrailing(sound, /[,\s]/)}${separator}${name}`;
}

/**
 * The value without a name, everywhere it stands; the spacing of the others is kept. An entry is taken out as it is written; a mistaken list that
 * has no such entry is put right first. An empty list becomes `off`, because that is what it means.
 */
export function withoutPlugin(value: string | undefined, name: string): string {
  const current = value ?? DEFAULT_PLUGINS;
  const isMistaken = pluginsMistake(current) !== undefined && !listEntries(current).includes(name);
  const sound = isMistaken ? soundPlugins(current) : current;
  if (!listEntries(sound).includes(name)) return sound;
  const left = sound
    .split(',')
    .filter((entry) => entry.trim() !== name)
    .join(',')
    .trim();
  return listEntries(left).length === 0 ? 'off' : left;
}
