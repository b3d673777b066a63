// What the rock of a rockspec in the workspace would hold: its Lua modules with their files, as LuaRocks would install them.
import { candidateFiles } from '../../lua/moduleName';
import { layoutRock } from '../../luarocks/layout';
import { pathKind } from '../../luarocks/installTree';
import { requiredName } from '../../rockspec/pluginModules';
import { projectFolder } from '../../rockspec/projectFolder';
import { readRockspec } from '../../rockspec/read';
import { rockSourceOf } from '../../rockspec/rockSourceOf';

/** A rock that is not made yet. */
export interface RockContents {
  rockspec: string;
  /** The package's name as the rockspec writes it. */
  name: string;
  /** Names of the rocks it depends on. */
  dependencies: readonly string[];
  /** Absolute path of the file that becomes a module; undefined when no Lua file does. */
  fileOf: (module: string) => string | undefined;
  /** Whether it holds a plugin, or a part of one. */
  hasPlugin: (name: string) => boolean;
  /** Modules that are compiled. */
  compiled: ReadonlySet<string>;
  /** Why LuaRocks alone knows all that is in it: it runs programs. Undefined when files are copied. */
  builtBy: string | undefined;
}

/** Rocks that were looked at, by rockspec; for one run over many plugins. */
export type RockCache = Map<string, Promise<RockContents | undefined>>;

/** Plans the rock of a rockspec; undefined when that cannot be read, or LuaRocks would not know what to make of it. */
export function rockContents(
  rockspec: string,
  read: (path: string) => Promise<string | Uint8Array | undefined>,
  cache: RockCache = new Map(),
): Promise<RockContents | undefined> {
  let contents = cache.get(rockspec);
  if (contents === undefined) cache.set(rockspec, (contents = readContents(rockspec, read)));
  return contents;
}

async function readContents(
  path: string,
  read: (path: string) => Promise<string | Uint8Array | undefined>,
): Promise<RockContents | undefined> {
  const text = await read(path);
  if (text === undefined) return undefined;
  const rockspec = readRockspec(text, path);
  const source = rockSourceOf(rockspec);
  const root = projectFolder(path);
  if (source === undefined || (await pathKind(root)) !== 'directory') return undefined;
  const { entries, needsLuarocks } = await layoutRock(root, source);
  const type = source.build?.get('type');
  const compiled = (rockspec.build?.modules ?? []).filter(({ sources }) =>
    sources?.every(({ value }) => !value.endsWith('.lua')),
  );
  return {
    rockspec: path,
    name: rockspec.package?.value ?? source.name,
    dependencies: dependencyNames(rockspec.dependencies.map(({ value }) => value)),
    fileOf(module) {
      for (const file of candidateFiles(module)) {
        const entry = entries.get(`lua/${file}`);
        if (entry !== undefined && entry !== 'directory' && entry.source !== undefined) return entry.source;
      }
      return undefined;
    },
    hasPlugin: (name) => [...entries.keys()].some((entry) => entry.startsWith(`lua/kong/plugins/${name.replaceAll('.', '/')}/`)),
    compiled: new Set(compiled.map(({ name }) => requiredName(name))),
    builtBy: type === 'builtin' || type === 'module' || type === 'none' || type === undefined ? undefined : needsLuarocks[0],
  };
}

/** The names in lines such as `lua-resty-http >= 0.17` and `user/rock 1.0`. */
export function dependencyNames(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^\s*(?:[\w-]+\/)?([\w.-]+)/.exec(line)?.[1] ?? []);
}
