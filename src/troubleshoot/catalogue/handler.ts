// Faults of a handler that Kong found and could load.
// Sources: kong/db/dao/plugins.lua, kong/init.lua, kong/runloop/plugins_iterator.lua.
import { LINKS, type EntryTable } from './entry';

export const HANDLER = {
  'handler-returned-nothing': {
    title: 'handler.lua returns no table',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "attempt to index local 'handler' (a {type} value)", versions: '1.1 and later' },
      { text: "attempt to call local 'handler' (a {type=boolean|nil|string|number} value)", versions: '0.10 to 1.0' },
      { text: '^nil', in: 'load', versions: 'return false' },
    ],
    cause:
      'A handler.lua ends without return, or returns something that is no table (here a {type} value). Kong does not say whose: it is the plugin that was added or changed last.',
    steps: [
      'End handler.lua with: return <the handler table>.',
      'If several plugins are new, enable them one at a time, or set log_level = debug: the last "Loading plugin" line names the one.',
    ],
    fixes: ['add-return'],
    related: ['schema-returned-nothing'],
    link: LINKS.handler,
  },
  'handler-not-callable-1x': {
    title: 'Kong up to 1.0 wants a handler made with BasePlugin',
    stage: 'load',
    weight: 'stop',
    messages: [{ text: "attempt to call local 'handler' (a table value)", versions: '0.10 to 1.0' }],
    cause: 'Kong up to 1.0 calls the handler like a class; a plain table works from 1.1 on.',
    steps: ['Upgrade Kong.', 'Or, for that old version only, let the handler extend kong.plugins.base_plugin.'],
    related: ['base-plugin-removed'],
    link: LINKS.handler,
  },
  'handler-phase-not-a-function': {
    title: 'A phase in the handler is not a function',
    stage: 'load',
    weight: 'request',
    messages: [
      { text: "bad argument #1 to 'create' (Lua function expected)", versions: 'all' },
      {
        text: "init.lua:{n}: attempt to call {local|upvalue|field} '{name=phase_handler|handler|phase}' (a {type} value)",
        versions: 'all',
      },
    ],
    cause:
      'Kong started, but access (or another phase) in the table of some handler holds a value that is no function, so every request answers 500. Kong does not say which plugin.',
    steps: [
      'Look at the handlers that are in use: every phase must be written function MyHandler:access(conf) … end.',
      'The traceback names the phase: access_by_lua is access, header_filter_by_lua is header_filter.',
    ],
    related: ['phase-misspelt', 'runtime-exception-in-phase'],
    link: LINKS.handler,
  },
  'handler-bad-priority': {
    title: 'PRIORITY is missing or no whole number',
    stage: 'load',
    weight: 'stop',
    messages: [
      {
        text: 'Plugin "{plugin}" cannot be loaded because its PRIORITY field is not a valid integer number, got: "{value}"',
        versions: '3.0 and later',
      },
      {
        text: 'init_worker_by_lua error: {dots}plugins.lua:{n}: attempt to compare {types}',
        versions: 'up to 2.8: not a number',
      },
    ],
    cause:
      'The handler of {plugin} must have PRIORITY, a whole number. Kong 3 refuses none, a string, a fraction and infinity; older Kong takes a missing one for 0 and stumbles over a string when it sorts the plugins.',
    steps: ['Write it into the handler table: PRIORITY = 1000 (without quotes).', 'Install the plugin again and start Kong.'],
    fixes: ['add-priority'],
    related: ['handler-bad-version', 'priority-collision'],
    link: LINKS.handler,
  },
  'handler-bad-version': {
    title: 'VERSION is missing or not of the form x.y.z',
    stage: 'load',
    weight: 'stop',
    messages: [
      {
        text: 'Plugin "{plugin}" cannot be loaded because its VERSION field does not follow the "x.y.z" format, got: "{value}"',
        versions: '3.0 and later',
      },
    ],
    cause:
      'From Kong 3.0 on the handler of {plugin} must have VERSION, a string of up to three numbers. A number without quotes, a word, and four parts are refused; a suffix such as -1 is cut off.',
    steps: [
      'Write it into the handler table: VERSION = "1.0.0".',
      "Do not take it from Kong's own version: that of Kong Enterprise has four parts.",
    ],
    fixes: ['add-version'],
    related: ['handler-bad-priority'],
    link: LINKS.handler,
  },
  'handler-response-and-filter': {
    title: 'The handler has response together with header_filter or body_filter',
    stage: 'load',
    weight: 'stop',
    messages: [
      {
        text: 'Plugin "{plugin}" can\'t be loaded because it implements both `response` and `header_filter` or `body_filter` methods',
        versions: '2.2 and later',
      },
    ],
    cause:
      'response buffers the whole answer of the upstream; header_filter and body_filter stream it. One plugin cannot do both.',
    steps: [
      'Move the code of header_filter and body_filter into response, or drop response.',
      'Install the plugin again and start Kong.',
    ],
    fixes: ['move-filter-to-response'],
    link: LINKS.handler,
  },
  'priority-collision': {
    title: 'Two plugins have the same PRIORITY',
    stage: 'load',
    weight: 'note',
    messages: [{ text: '(Kong prints nothing)', sign: true }],
    cause:
      'The order of plugins with one priority is undefined up to 2.8; from 3.0 on the name decides. Plugins with priority 0 stay unordered.',
    steps: [
      'Give each plugin its own PRIORITY.',
      'GET / of the Admin API shows the priorities under plugins.available_on_server (3.0 and later).',
    ],
    related: ['handler-bad-priority'],
    link: LINKS.handler,
  },
  'phase-misspelt': {
    title: 'A phase function is never called',
    stage: 'load',
    weight: 'note',
    messages: [{ text: '(Kong prints nothing)', sign: true }],
    cause: 'Functions of the handler whose names are no phases are ignored in silence.',
    steps: [
      'Compare the name with the phases: certificate, rewrite, access, response, header_filter, body_filter, log, preread, init_worker, configure (3.5 and later) and ws_*.',
      'Write it with a colon: function MyHandler:access(conf).',
      'rewrite runs only for plugins that are configured globally.',
    ],
    related: ['enabled-is-not-configured'],
    link: LINKS.handler,
  },
} satisfies EntryTable;
