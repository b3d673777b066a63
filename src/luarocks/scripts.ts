// Programs in `bin`: which of them tie a rock to one kind of machine (repos.lua has_binaries, fs/unix.lua is_actual_binary, 3.8.0), and the
// wrapper that LuaRocks puts in the place of one written in Lua.
import { parse } from '../lua/parser';
import { LuaSource } from '../lua/source';
import type { FileContent } from './files';

/** Why LuaRocks would give the rock an architecture because of a file in `bin`; undefined when it fits every machine. */
export function needsMachine(files: readonly FileContent[], wrapBinScripts: boolean): string | undefined {
  const binary = files.find(({ path, content }) => {
    if (!path.startsWith('bin/')) return false;
    if (path.slice('bin/'.length).includes('/')) return true;
    return !path.endsWith('.lua') && content.toString('latin1', 0, 2) !== '#!' && !(wrapBinScripts && isLua(content));
  });
  return binary && `"${binary.path}" is no script, so LuaRocks takes it for a program of one kind of machine`;
}

/** The tree a rock goes into, as a wrapper has to name it. */
export interface TreePlace {
  /** Absolute path on the machine that will run it. */
  tree: string;
  /** The Lua interpreter there, as an absolute path. */
  lua: string;
  /** Where a LuaRocks there has its configuration; undefined when there is none. */
  sysconfdir?: string;
}

/** The shell script that runs a Lua script of a rock with the modules of its tree (fs/unix.lua wrap_script, path.package_paths, 3.8.0). */
export function wrapperOf(script: string, rock: { name: string; version: string }, { tree, lua, sysconfdir }: TreePlace): string {
  const share = `${tree}/share/lua/5.1`;
  const prepare = [
    `package.path=${luaQuoted(`${share}/?.lua;${share}/?/init.lua;`)}..package.path`,
    `package.cpath=${luaQuoted(`${tree}/lib/lua/5.1/?.so;`)}..package.cpath`,
    `local k,l,_=pcall(require,"luarocks.loader") _=k and l.add_context(${luaQuoted(rock.name)},${luaQuoted(rock.version)})`,
  ];
  const words = [lua, '-e', prepare.join(';'), script].map((word) => (word === '-e' ? word : shellQuoted(word)));
  const variable = sysconfdir === undefined ? '' : `LUAROCKS_SYSCONFDIR=${shellQuoted(sysconfdir)} `;
  return `#!/bin/sh\n\n${variable}exec ${words.join(' ')} "$@"\n`;
}

function luaQuoted(text: string): string {
  return `"${text
    .replace(/["\\\n]/g, '\\$&')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\000')}"`;
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether Lua can load it, which is how LuaRocks finds out what to wrap (fs.is_lua). */
export function isLua(content: Buffer): boolean {
  return parse(new LuaSource(content), '5.1').error === undefined;
}
