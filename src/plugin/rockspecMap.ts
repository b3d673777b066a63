// What a rockspec maps: Lua modules to files. Read literally when it is plain, evaluated when it computes.
import { readFile } from 'node:fs/promises';
import { requiredName } from '../rockspec/pluginModules';
import { errorCode } from '../system/userError';

/** Module name to path as written in `build.modules` (and `build.install.lua`), of one rockspec. */
export type RockspecModules = ReadonlyMap<string, string>;

/**
 * The modules a rockspec file maps; empty when it cannot be read or says nothing that can be known.
 * A rockspec that computes (`..`, loops, functions, long comments) is evaluated, never run.
 */
export async function readRockspecModules(path: string): Promise<RockspecModules> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return new Map();
  }
  return isPlain(text) ? literalModules(text) : evaluatedModules(text, path);
}

/** Whether every module a text maps stands in it as `["name"] = "path"`. */
function isPlain(text: string): boolean {
  return !/\.\.|--\[|\[\[|\b(?:for|function|while|repeat|if|platforms|install)\b/.test(text) && /\bmodules\s*=\s*\{/.test(text);
}

function literalModules(text: string): RockspecModules {
  const modules = new Map<string, string>();
  const uncommented = text.replace(/--[^\n]*/g, '');
  for (const [, name = '', path = ''] of uncommented.matchAll(/\[\s*["']([\w./-]+)["']\s*\]\s*=\s*["']([^"'\n]+)["']/g))
    modules.set(requiredName(name), path);
  return modules;
}

async function evaluatedModules(text: string, path: string): Promise<RockspecModules> {
  const { readRockspec } = await import('../rockspec/read');
  const { build } = readRockspec(text, path);
  const modules = new Map<string, string>();
  for (const { target, file } of build?.install.lua ?? [])
    if (target !== undefined) modules.set(requiredName(target), file.value);
  for (const { name, sources } of build?.modules ?? []) {
    const [file] = sources ?? [];
    if (file?.value.endsWith('.lua') === true) modules.set(requiredName(name), file.value);
  }
  return modules;
}
