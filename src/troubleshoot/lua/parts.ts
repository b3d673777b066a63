// Which part of Kong a file of its core is, and what usually makes that part fail. Source: the folders of Kong's git tags 2.8.5 and 3.9.1.

/** The first that fits counts. */
const PARTS: readonly [RegExp, string][] = [
  [/^kong\/api\/|^lapis\//, 'the Admin API'],
  [/^kong\/runloop\/plugins_iterator|^kong\/runloop\/plugins/, 'the list of plugins'],
  [/^kong\/runloop\/plugin_servers\/|^kong\/pluginservers?\/|^kong\/db\/dao\/plugins\/go/, 'the plugin servers'],
  [/^kong\/runloop\/balancer|^kong\/balancer|^kong\/resty\/dns|^kong\/dns/, 'the balancer and name resolution'],
  [/^kong\/runloop\/wasm/, 'Wasm filters'],
  [/^kong\/runloop\/events|^kong\/cluster_events|^resty\/(?:events|worker)/, 'events between workers and nodes'],
  [/^kong\/runloop\/|^kong\/init\.lua/, 'the handling of requests and phases'],
  [/^kong\/router/, 'the router'],
  [/^kong\/db\/migrations|^kong\/cmd\/utils\/migrations/, 'the migrations'],
  [/^kong\/db\/declarative/, 'the declarative configuration'],
  [/^kong\/db\/schema|^kong\/db\/errors/, 'the check of schemas'],
  [/^kong\/db\/|^kong\/dao\//, 'the database'],
  [/^kong\/clustering|^kong\/hybrid/, 'hybrid mode'],
  [/^kong\/(?:conf_loader|cmd)/, 'settings and commands'],
  [/^kong\/pdk/, 'the PDK'],
  [/^kong\/plugins\/log-serializers|^kong\/plugins\/log-buffering/, 'the serializer of log plugins'],
  [/^kong\/plugins\/base_plugin/, 'the base class of old plugins'],
  [/^kong\/vault|^kong\/pdk\/vault/, 'secrets in vaults'],
  [/^kong\/(?:global_)?cache|^kong\/resty\/mlcache|^kong\/mlcache/, 'the cache'],
  [/^kong\/tools\/(?:kong-lua-)?sandbox/, 'the sandbox for Lua in configurations'],
  [/^kong\/observability|^kong\/tracing/, 'tracing'],
  [/^resty\/timerng/, 'timers'],
  [/^luarocks\//, 'LuaRocks'],
  [/openresty|^resty\/core|nginx/, 'OpenResty'],
];

/** `part`: what a file of the core belongs to; `source`: the file. */
export function partOf(source: string): { part: string; source: string } {
  return { part: PARTS.find(([file]) => file.test(source))?.[1] ?? "Kong's core", source };
}

const USUAL: readonly [RegExp, string][] = [
  [
    /plugins_iterator|plugins iterator/,
    'Usual cause: an earlier start or reload failed, so that the list of plugins was never built; the first error of the log names it.',
  ],
  [
    /'(?:router|get_router|build_router)'|router/,
    'Usual cause: an earlier start or reload failed, so that the router was never built.',
  ],
  [
    /kong\/api\/|lapis\//,
    'Usual cause: what was asked of the Admin API (a path, a body, an entity of a plugin that is not loaded) or what an earlier start left half done.',
  ],
  [/resty\/timerng/, 'Usual cause: what a plugin gave to ngx.timer.at or ngx.timer.every; the timer does not tell whose it is.'],
  [
    /plugin_?servers?\/|dao\/plugins\/go\.lua/,
    'Usual cause: the plugin server ended, or refused what it was asked; its own lines at level info tell why.',
  ],
  [/kong\/db\/|PostgreSQL|postgres/, 'Usual cause: the database was away or its tables are of another version of Kong.'],
  [/dns|balancer/, 'Usual cause: the name of an upstream cannot be resolved, or its targets changed while it was used.'],
  [/clustering|hybrid/, 'Usual cause: control plane and data plane are of different versions or cannot reach each other.'],
];

/** What usually stands behind an error of Kong's own code. */
export function usualCause(text: string): string {
  return (
    USUAL.find(([sign]) => sign.test(text))?.[1] ??
    'Usual cause: what an earlier error of this node left behind, files of two versions of Kong side by side, or a mistake of Kong itself.'
  );
}
