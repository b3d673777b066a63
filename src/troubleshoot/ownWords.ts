// Whether a line of the log is what a plugin said with kong.log, or what Kong said in the name of a plugin.

/** How kong.log heads a line (kong/pdk/log.lua@2.8 to 3.9): the file, and the plugin that runs. */
export const PLUGIN_WORDS = /\[kong\] (\S{1,128}\.lua):\d{1,7} \[([^\]]{1,128})\] /;
/** Kong's own files that log in the name of a plugin: what it threw, and what its plugin server did. */
const KONG_WORDS = new Set(['init.lua', 'pb_rpc.lua', 'mp_rpc.lua', 'go.lua']);
/** What was thrown begins with its place, with Lua's words, or is no string; a plugin may have a file init.lua, too. */
const THROWN =
  /^(?:\S{1,400}:\d{1,7}: |\[string |table: 0x|nil\b|\(error object|attempt to |bad argument #|starting instance: |plugin server is not ready|no plugin instance )/;

/** Whether a text with PLUGIN_WORDS in it is the plugin's own, and no failure that Kong tells of. `level` is nginx's, null when the line has none. */
export function isPluginsOwn(text: string, level: string | null): boolean {
  const words = PLUGIN_WORDS.exec(text);
  if (words === null) return false;
  const own =
    words[1] === 'init.lua' && !text.includes(' stack traceback:') && !THROWN.test(text.slice(words.index + words[0].length));
  return own || !KONG_WORDS.has(words[1] ?? '') || level === null || isQuiet(level);
}

/** Whether nobody is told of a line of this level. */
export function isQuiet(level: string): boolean {
  return ['debug', 'verbose', 'info', 'notice', 'warn'].includes(level);
}
