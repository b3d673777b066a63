// The phases of a plugin: the functions of its handler that Kong calls, by version.

/** The functions Kong calls on a handler, and since when (kong/init.lua and kong/runloop/plugins_iterator.lua of the tags). */
export const PHASES: readonly { name: string; from: string }[] = [
  ...['init_worker', 'certificate', 'rewrite', 'access', 'header_filter', 'body_filter', 'log', 'preread'].map((name) => ({
    name,
    from: '1.2',
  })),
  { name: 'response', from: '2.2' },
  { name: 'ws_handshake', from: '3.0' },
  { name: 'ws_client_frame', from: '3.0' },
  { name: 'ws_upstream_frame', from: '3.0' },
  { name: 'ws_close', from: '3.0' },
  { name: 'configure', from: '3.4' },
];
