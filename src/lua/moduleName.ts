// A module's name and its file: how `require` looks one up with `?.lua` and `?/init.lua`, where a file goes so that it finds it, and the way back.
// LuaRocks' rule differs a little: luarocks/paths.ts has it.

/** What `?` stands for in a search pattern: `a.b` is `a/b`. */
export function modulePath(module: string): string {
  return module.replaceAll('.', '/');
}

/** The name that such a path, without its ending, is required by: `a/b` is `a.b`. */
export function moduleOfPath(path: string): string {
  return path.replaceAll('/', '.');
}

/** The files below a root that `?.lua` and `?/init.lua` find a module in, in the order of Kong's default path. */
export function candidateFiles(module: string): readonly [file: string, inFolder: string] {
  const path = modulePath(module);
  return [`${path}.lua`, `${path}/init.lua`];
}

/** The module that a file below a root is: `a/b.lua` and `a/b/init.lua` are `a.b`. */
export function moduleOfFile(file: string): string {
  return moduleOfPath(file.replace(/\.lua$/, '').replace(/\/init$/, ''));
}

/**
 * The file below a root that a module's source becomes: an `init.lua` stays one, in a folder of the module's name, unless the name itself ends
 * in `.init`. LuaRocks does the same (run of build/builtin.lua, 3.8 to 3.13).
 */
export function installedFile(module: string, source: string): string {
  const [file, inFolder] = candidateFiles(module);
  return /(?:^|[\\/])init\.lua$/.test(source) && !module.endsWith('.init') ? inFolder : file;
}
