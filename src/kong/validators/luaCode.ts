// What Kong's Lua says to code that stands in a configuration: `loadstring` of LuaJIT, and Kong's sandbox around it.
import { parse } from '../../lua/parser';
import { LuaSource } from '../../lua/source';

/** LUA_IDSIZE of LuaJIT. */
const ID_SIZE = 60;

/** How LuaJIT names a chunk that is a text (lj_debug_shortname). */
function chunkName(code: string): string {
  const control = code.slice(0, ID_SIZE - 12).search(/[\0-\x1F]/);
  const length = control < 0 ? Math.min(code.length, ID_SIZE - 12) : control;
  if (length === code.length) return `[string "${code}"]`;
  return `[string "${code.slice(0, Math.min(length, ID_SIZE - 15))}..."]`;
}

/** Why LuaJIT cannot compile a text (bytes); undefined when it can. */
export function loadError(code: string): string | undefined {
  const { error } = parse(new LuaSource(Uint8Array.from(code, (char) => char.charCodeAt(0))), 'luajit');
  return error === undefined ? undefined : `${chunkName(code)}:${error.line}: ${error.message}`;
}

/** What the validator of `typedefs.lua_code` says (kong/tools/sandbox.lua, where untrusted Lua is allowed in the sandbox, as it is by default). */
export function sandboxError(code: string): string | undefined {
  const wrong = loadError(code);
  return wrong === undefined
    ? undefined
    : `Error parsing function: /usr/local/share/lua/5.1/kong/tools/kong-lua-sandbox.lua:144: ${wrong}`;
}
