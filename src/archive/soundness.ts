// What a plugin lacks in an archive so that it would install and then fail at Kong's start: half of the plugin, modules of its own, sound Lua.
import { hasKongModule } from '../kong/kongModules';
import { DEFAULT_KONG, parseKongVersion } from '../kong/versions';
import { moduleOfPath, candidateFiles } from '../lua/moduleName';
import { parse } from '../lua/parser';
import { LuaSource, textOf } from '../lua/source';
import type { FileContent } from '../luarocks/files';

/** A `require` of a module that is missing. */
export interface UnansweredRequire {
  module: string;
  /** Path in the rock and one-based line of the call. */
  path: string;
  line: number;
}

/** A plugin may take the place of a bundled one and use the rest of its files. */
const KONG = parseKongVersion(DEFAULT_KONG);
const HANDLER = /^lua\/kong\/plugins\/(.+)\/handler(?:\/init)?\.lua$/;
const OWN_REQUIRE = /require\s*\(?\s*(?:"|'|\[\[)(kong\.plugins\.[\w.-]+)/g;

/** Names of the plugins whose handler is among the files of a rock. */
export function pluginsInRock(paths: Iterable<string>): string[] {
  return [...paths].flatMap((path) => HANDLER.exec(path)?.[1] ?? []).map(moduleOfPath);
}

/** Plugins of which a rock holds the handler without the schema, or the other way round: Kong loads neither half alone. */
export function halfPlugins(files: readonly FileContent[]): { name: string; missing: 'handler' | 'schema' }[] {
  const paths = new Set(files.map((file) => file.path));
  const names = new Set(
    [...paths].flatMap((path) => /^lua\/kong\/plugins\/(.+)\/(?:handler|schema)(?:\/init)?\.lua$/.exec(path)?.[1] ?? []),
  );
  return [...names].flatMap((name) =>
    (['handler', 'schema'] as const)
      .filter((half) => !candidateFiles(half).some((file) => paths.has(`lua/kong/plugins/${name}/${file}`)))
      .filter((half) => hasKongModule(`kong.plugins.${moduleOfPath(name)}.${half}`, KONG) !== true)
      .map((missing) => ({ name: moduleOfPath(name), missing })),
  );
}

/** Requires of `kong.plugins.<name>.…`, for the plugins in the rock, that nothing in the rock answers. Calls under `pcall` are optional and not named. */
export function missingModules(files: readonly FileContent[]): UnansweredRequire[] {
  const paths = new Set(files.map((file) => file.path));
  const names = pluginsInRock(paths);
  const isMissing = (module: string): boolean => {
    const own = names.some((name) => module.startsWith(`kong.plugins.${name}.`));
    return own && !candidateFiles(module).some((file) => paths.has(`lua/${file}`)) && hasKongModule(module, KONG) !== true;
  };
  return files.flatMap((file) => {
    if (!file.path.startsWith('lua/') || !file.path.endsWith('.lua')) return [];
    const candidates = [...file.content.toString('latin1').matchAll(OWN_REQUIRE)].some(([, module]) => isMissing(module ?? ''));
    return candidates ? requiresOf(file).filter(({ module }) => isMissing(module)) : [];
  });
}

/** Lua files of a rock that LuaJIT cannot read, with its words. */
export function syntaxErrors(files: readonly FileContent[]): { path: string; line: number; message: string }[] {
  return files.flatMap(({ path, content }) => {
    // LuaJIT also loads its own bytecode, which begins with an escape.
    if (!path.startsWith('lua/') || !path.endsWith('.lua') || content[0] === 0x1b) return [];
    const { error } = parse(new LuaSource(content, path), 'luajit');
    return error === undefined ? [] : [{ path, line: error.line, message: error.message }];
  });
}

/** Every `require` of a literal name in a file, except those whose failure `pcall` catches. */
function requiresOf(file: FileContent): UnansweredRequire[] {
  const source = new LuaSource(file.content);
  const found: UnansweredRequire[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const {
      kind,
      callee,
      arguments: args,
      start,
    } = node as { kind?: string; callee?: unknown; arguments?: unknown[]; start?: number };
    if (kind === 'call') {
      const name = globalName(callee);
      if (name === 'pcall' || name === 'xpcall') return;
      const argument = args?.[0] as { kind?: string; value?: string } | undefined;
      if (name === 'require' && argument?.kind === 'string' && argument.value !== undefined) {
        found.push({ module: textOf(argument.value), path: file.path, line: source.line(start ?? 0) });
      }
    }
    for (const value of Object.values(node)) visit(value);
  };
  visit(parse(source, 'luajit').chunk.body.block);
  return found;
}

function globalName(node: unknown): string | undefined {
  const { kind, name, variable } = (node ?? {}) as { kind?: string; name?: string; variable?: { name: string } };
  return kind === 'global' ? name : kind === 'local' ? variable?.name : undefined;
}
