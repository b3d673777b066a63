// States of the troubleshooting page: healthy, with problems, hostile.
import { EMPTY_STATE, type Card, type LogLine, type PanelState } from '../../src/extension/panel/messages';

export const LOG = [
  '2026/11/23 08:00:01 [notice] 1#0: using the "epoll" event method',
  "2026/11/23 08:00:01 [error] 1#0: init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:553: error loading plugin schemas: on plugin 'rate-guard': rate-guard plugin is enabled but not installed;",
  'no plugin found',
  'stack traceback:',
  "\t[C]: in function 'assert'",
  "\t/usr/local/share/lua/5.1/kong/init.lua:553: in function 'init'",
  '\tinit_by_lua:3: in main chunk',
  "2026/11/23 08:00:04 [error] 1#0: init_by_lua error: on plugin 'audit-log': no configuration schema found for plugin: audit-log",
  '2026/11/23 08:00:09 [error] 1#0: audit plugin is in use but not enabled',
];

export function card(over: Partial<Card>): Card {
  return {
    id: 'plugin-enabled-not-installed',
    title: 'The plugin is enabled but not installed',
    plugin: 'rate-guard',
    cause: 'Kong found the name in its plugins setting, but no kong.plugins.rate-guard.handler on its Lua path.',
    steps: ['Install the plugin on this node.', 'Or add its folder to lua_package_path and keep the ;; at the end.'],
    evidence: [{ line: 2, text: LOG[1] ?? '' }],
    predicted: null,
    setting: null,
    place: null,
    openFirst: false,
    link: true,
    fixes: [
      { id: 'install', title: 'Install on docker:kong', changesFiles: false },
      { id: 'repair-lua-package-path', title: 'Repair lua_package_path', changesFiles: false },
    ],
    state: 'open',
    note: null,
    ...over,
  };
}

export const THREE: PanelState & { log: LogLine[] } = {
  ...EMPTY_STATE,
  source: 'docker:kong',
  kong: '3.9.1',
  cards: [
    card({}),
    card({
      id: 'no-configuration-schema',
      title: 'The plugin has no schema.lua',
      plugin: 'audit-log',
      cause: 'handler.lua was found, schema.lua beside it was not.',
      steps: ['Write kong/plugins/audit-log/schema.lua and install it with the handler.'],
      evidence: [{ line: 8, text: LOG[7] ?? '' }],
      place: 'handler.lua:1',
      fixes: [{ id: 'write-schema', title: 'Write schema.lua', changesFiles: true }],
    }),
    card({
      id: 'plugin-in-use-not-enabled',
      title: 'The plugin is in use but not enabled',
      plugin: 'audit',
      cause: 'An entity of the database configures a plugin that this node does not list.',
      steps: ['Add the plugin to the plugins setting of this node.'],
      evidence: [{ line: 9, text: LOG[8] ?? '' }],
      fixes: [{ id: 'enable-on-node', title: 'Enable it', changesFiles: false }],
      state: 'mended',
      note: 'Enabled on docker:kong; Kong loaded it.',
    }),
  ],
  log: LOG.map((text, i) => [i + 1, text]),
  lines: LOG.length,
  follow: 'off',
  history: [{ id: '1', label: '08:00 docker:kong: 3 problems' }],
};

export const HEALTHY: typeof THREE = {
  ...THREE,
  source: 'error.log',
  cards: [],
  follow: null,
  log: [[1, LOG[0] ?? '']],
  lines: 1,
};

/** Text that a careless page would act on. Each asks for an address of its own, so that a request tells which one won. */
export const HOSTILE = [
  '<script>fetch("/script")</script>',
  '<img src="/img" onerror="fetch(\'/onerror\')">',
  '<svg onload=fetch("/svg")>',
  '"><iframe src="/iframe"></iframe>',
  '<link rel=stylesheet href="/link">',
  '<a href="javascript:fetch(\'/href\')" autofocus onfocus="fetch(\'/focus\')">x</a>',
  '<meta http-equiv=refresh content="0;url=/meta">',
  '<form action="/form"><button autofocus>go</button></form>',
  '<style>@import "/import"; body { background: url(/css) }</style>',
  '{{constructor.constructor("fetch(\'/template\')")()}}',
  '</code></blockquote></article><script src="/outer"></script>',
  '\u001b[31mred\u001b[0m \u001b]8;;http://example.invalid/osc\u0007link\u001b]8;;\u0007',
  '\u001b]0;title\u0007\u001b[2J\u001bc',
  'a\u202egnp.exe\u202c \u2066x\u2069 \u200b',
  'nul\0del\x7f c1\x9b31m',
  '__proto__ constructor javascript:fetch("/js")',
  'x'.repeat(200_000),
];

/** The buttons and the summary whose words stand out less from what is behind them than WCAG AA asks for (4.5 to 1). */
export const TOO_FAINT = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const behind = (element) => {
    const colour = channels(getComputedStyle(element).backgroundColor);
    return colour[3] === 0 && element.parentElement !== null ? behind(element.parentElement) : colour;
  };
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll('button:enabled, #summary')]
    .filter((button) => button.offsetParent !== null)
    .flatMap((button) => {
      const [a, b] = [light(channels(getComputedStyle(button).color)), light(behind(button))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      return ratio < 4.5 ? [button.innerText + ' ' + ratio.toFixed(1)] : [];
    });
})()`;
