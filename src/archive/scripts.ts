// Which programs in `bin` tie a rock to one kind of machine (repos.lua has_binaries, fs/unix.lua is_actual_binary, 3.8.0).
import { parse } from '../lua/parser';
import { LuaSource } from '../lua/source';
import type { FileContent } from './archive';

/** Why LuaRocks would give the rock an architecture because of a file in `bin`; undefined when it fits every machine. */
export function needsMachine(files: readonly FileContent[], wrapBinScripts: boolean): string | undefined {
  const binary = files.find(({ path, content }) => {
    if (!path.startsWith('bin/')) return false;
    if (path.slice('bin/'.length).includes('/')) return true;
    return !path.endsWith('.lua') && content.toString('latin1', 0, 2) !== '#!' && !(wrapBinScripts && isLua(content));
  });
  return binary && `"${binary.path}" is no script, so LuaRocks takes it for a program of one kind of machine`;
}

function isLua(content: Buffer): boolean {
  return parse(new LuaSource(content), '5.1').error === undefined;
}
