// Which Lua modules a Kong node can `require` before any plugin is installed, by version.
// Sources: the files of Kong's git tags for `kong.*`; listings of 2.8.5 and 3.9.1 nodes for OpenResty and the rocks.
import data from './kongModules.json';
import { isAtLeast, type KongVersion } from './versions';

/** Built into LuaJIT and OpenResty (which puts ngx and ndk among the loaded modules), or part of a C module that has another name. */
const BUILT_IN =
  /^(?:ngx|ndk|string|table|math|os|io|coroutine|debug|package|bit|ffi|jit|cjson\.safe|(?:jit|ngx|resty\.core)\..+|table\.(?:new|clear|clone|nkeys|isempty|isarray)|string\.buffer|thread\.exdata2?)$/;
/** In OpenResty's own lualib, which the official images carry whole and other builds may not. */
const OPENRESTY_EXTRAS =
  /^(?:resty\.(?:limit\.(?:count|req|conn|traffic)|mysql|memcached|redis|upstream\.healthcheck|websocket\..+|balancer)|(?:rds|redis)\.parser)$/;

/** First and last minor version (empty: still there) of a `kong.*` module, as `1.2-3.7`, several separated by spaces. */
let kongModules: Map<string, string> | undefined;
/** Minor versions whose nodes were listed, by module. */
let rockModules: Map<string, string> | undefined;

function byName(groups: Readonly<Record<string, string>>): Map<string, string> {
  const names = new Map<string, string>();
  for (const [versions, modules] of Object.entries(groups)) for (const name of modules.split(' ')) names.set(name, versions);
  return names;
}

/** Whether that Kong has a module: true, false, or undefined when it is not known for this version. */
export function hasKongModule(name: string, version: KongVersion): boolean | undefined {
  kongModules ??= byName(data.kong);
  rockModules ??= byName(data.rocks);
  if (name === 'kong' || name.startsWith('kong.')) {
    const ranges = kongModules.get(name.replace(/\.init$/, '')) ?? '';
    return ranges.split(' ').some((range) => {
      const [from = '', to = ''] = range.split('-');
      return (
        from !== '' &&
        isAtLeast(version, from) &&
        (to === '' || !isAtLeast(version, to) || `${version.major}.${version.minor}` === to)
      );
    });
  }
  if (BUILT_IN.test(name)) return true;
  const listed = rockModules.get(name);
  if (listed === '2.8 3.9') return true;
  if (listed === undefined) return OPENRESTY_EXTRAS.test(name) ? undefined : false;
  if (isAtLeast(version, '3.9')) return listed === '3.9';
  return `${version.major}.${version.minor}` === '2.8' ? listed === '2.8' : undefined;
}

/** The last minor version that had a `kong.*` module which Kong no longer has; undefined when it still has it or never had. */
export function lastKongWith(module: string): string | undefined {
  kongModules ??= byName(data.kong);
  const [, last] =
    kongModules
      .get(module.replace(/\.init$/, ''))
      ?.split(' ')
      .at(-1)
      ?.split('-') ?? [];
  return last === undefined || last === '' ? undefined : last;
}

/** Built into every Kong, as far as plugins ask for them. */
const BUILT_IN_NAMES = ['bit', 'cjson.safe', 'ffi', 'ngx.semaphore', 'string.buffer', 'table.clear', 'table.clone', 'table.new'];

/** The modules that a Kong certainly has, in alphabetical order. */
export function kongModuleNames(version: KongVersion): string[] {
  kongModules ??= byName(data.kong);
  rockModules ??= byName(data.rocks);
  const names = [...kongModules.keys(), ...rockModules.keys(), ...BUILT_IN_NAMES];
  return [...new Set(names)].filter((name) => hasKongModule(name, version) === true).sort();
}
