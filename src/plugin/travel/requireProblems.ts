// What to say of requires that nothing answers on the way on which a plugin is given to people, and how a file that only lies beside it is listed.
import { basename } from 'node:path';
import { lastKongWith } from '../../kong/kongModules';
import type { Place } from '../../lua/source';
import { LuaTable } from '../../lua/values';
import { addField, editFix, quoted } from '../../rockspec/edits';
import { projectFolder } from '../../rockspec/projectFolder';
import { readRockspec } from '../../rockspec/read';
import { slashedFrom } from '../../system/paths';
import type { Diagnostic, FileDiagnostics, Fix } from '../../text/diagnostic';
import type { Told } from '../../troubleshoot/problem';

import type { Plugin } from '../plugin';
import type { PluginCode, ReadFile } from '../pluginCode';
import type { Preflight } from '../preflight';
import type { Unanswered } from './unanswered';
import type { Way } from './ways';

/** What was found on one way. */
export interface OnWay {
  way: Way;
  preflight: Preflight;
  unanswered: readonly Unanswered[];
}

/** A require that fails, and whether Kong meets it when it loads the plugin. */
interface Missing {
  module: string;
  place: Place;
  stops: boolean;
}

/** The module that a problem says is not there; undefined when it says something else. */
export function missingModule({ id, words }: Pick<Told, 'id' | 'words'>): string | undefined {
  return id === 'plugin-module-missing-dependency' || id === 'luarocks-module-not-listed' ? words['missing'] : undefined;
}

/** Diagnostics of the requires that fail on the first way; the other ways are named where the module is there. */
export async function requireDiagnostics(
  plugin: Plugin,
  code: PluginCode,
  judged: readonly OnWay[],
  read: ReadFile,
): Promise<FileDiagnostics[]> {
  const [first, ...others] = judged;
  if (first === undefined) return [];
  const elsewhere = others.filter(({ way }) => way.kind === 'folder').map(missingOn);
  const results: FileDiagnostics[] = [];
  for (const [key, missing] of missingOn(first)) {
    const beside = code.sources.get(missing.module)?.path;
    const loadsElsewhere = elsewhere.length > 0 && elsewhere.every((onWay) => !onWay.has(key));
    const diagnostic =
      beside === undefined
        ? absentModule(plugin, missing)
        : await modulesBeside(plugin, first.way, { ...missing, beside, loadsElsewhere }, read);
    results.push({ path: missing.place.source.path ?? plugin.dir, diagnostics: [diagnostic] });
  }
  return results;
}

/** The requires that fail on a way, by place. What the loader calls otherwise than a missing module is its own to tell. */
function missingOn({ preflight, unanswered }: OnWay): Map<string, Missing> {
  const keyOf = ({ source, start }: Place): string => `${source.path ?? ''}\n${start}`;
  const told = new Set(
    preflight.problems.flatMap((problem) =>
      problem.place !== undefined && missingModule(problem) === undefined ? [keyOf(problem.place)] : [],
    ),
  );
  const missing = new Map<string, Missing>();
  for (const problem of preflight.problems) {
    const module = missingModule(problem);
    const { place } = problem;
    if (module !== undefined && place !== undefined) missing.set(keyOf(place), { module, place, stops: problem.fails });
  }
  for (const { module, place } of unanswered) {
    const key = keyOf(place);
    if (!missing.has(key) && !told.has(key)) missing.set(key, { module, place, stops: false });
  }
  return missing;
}

/** A module with a file in the workspace that does not travel. */
async function modulesBeside(
  plugin: Plugin,
  way: Way,
  { module, place, stops, beside, loadsElsewhere }: Missing & { beside: string; loadsElsewhere: boolean },
  read: ReadFile,
): Promise<Diagnostic> {
  const file = slashedFrom(way.rock === undefined ? plugin.root : projectFolder(way.rock.rockspec), beside);
  const why =
    way.rock === undefined
      ? `${file} is none of the files of ${plugin.name}: as a rock or .tar.gz it lacks ${module}`
      : `${module} is not in the rock: ${basename(way.rock.rockspec)} does not list ${file} in build.modules`;
  const then = stops ? 'Kong does not load it then' : 'what is called here then fails';
  return {
    code: 'kong/luarocks-module-not-listed',
    severity: 'error',
    message: `${why}, and ${then}.${loadsElsewhere ? ' From the mounted folder it is found.' : ''}`,
    range: place.source.firstLine(place),
    enforcedBy: stops ? ['kong-load'] : [],
    fixes: way.rock === undefined ? [] : await listingFix(way.rock.rockspec, module, file, read),
  };
}

/** The line in `build.modules` that makes a file travel. */
async function listingFix(rockspec: string, module: string, file: string, read: ReadFile): Promise<Fix[]> {
  const text = await read(rockspec);
  const modules = text === undefined ? undefined : readRockspec(text, rockspec).build?.table.get('modules');
  if (!(modules instanceof LuaTable) || file.startsWith('../')) return [];
  const line = `[${quoted(module)}] = ${quoted(file)}`;
  return editFix(`List ${module} in ${basename(rockspec)}`, rockspec, [addField(modules, [line])], true);
}

/** A module that is nowhere in the workspace. */
function absentModule({ name, rockspec }: Plugin, { module, place, stops }: Missing): Diagnostic {
  const isOwn = module.startsWith(`kong.plugins.${name}.`);
  const last = lastKongWith(module);
  const hint = isOwn
    ? `There is no file for ${module}`
    : last !== undefined
      ? `${module} was a module of Kong up to ${last}`
      : rockspec === undefined
        ? `Kong has no module ${module}, and nothing here says which rock brings it`
        : `Kong has no module ${module}, and no rock that ${basename(rockspec)} depends on brings it`;
  return {
    code: isOwn ? 'kong/luarocks-module-not-listed' : 'kong/plugin-module-missing-dependency',
    severity: stops || isOwn ? 'error' : 'warning',
    message: stops ? `module '${module}' not found. ${hint}.` : `${hint}: this require fails when it runs.`,
    range: place.source.firstLine(place),
    enforcedBy: stops ? ['kong-load'] : [],
  };
}
