// Log texts made from the catalogue's own message templates, in the place where Kong would print them.
import type { Message } from '../../../src/troubleshoot/catalogue/entry';

const WORDS: Readonly<Record<string, string>> = {
  plugin: 'acme-auth',
  module: 'kong.plugins.acme-auth.handler',
  missing: 'resty.acme',
  'missing=kong.*': 'kong.singletons',
  at: '/usr/local/share/lua/5.1/kong/plugins/acme-auth/handler.lua:12',
  path: '/opt/kong/x',
  n: '17',
  line: '12',
  row: '7',
  column: '3',
  conf: '/usr/local/kong/nginx-kong.conf',
  key: 'fields.3.fields.1.',
  dots: 'x',
  field: 'limit',
  entity: 'acme_keys',
  type: 'boolean',
  phase: 'log',
  setting: 'pg_port',
  prefix: '/usr/local/kong',
  address: '0.0.0.0:8000',
  directive: 'acme_on',
  attribute: 'requird',
  rock: 'kong-plugin-acme',
};

/** A template with its placeholders filled in. */
export function sample(template: string): string {
  return template
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/\{(\w+(?:=[^{}]+)?|[^{}=]+\|[^{}=]+)\}/g, (_, name: string) => {
      if (WORDS[name] !== undefined) return WORDS[name];
      const choice = /^(?:\w+=)?(.+\|.+|(?<==).+)$/.exec(name);
      if (choice !== null) return (choice[1] ?? '').split('|')[0]?.replace('*', 'acme-auth.x') ?? '';
      return 'words';
    });
}

/** The message as part of the output it belongs to. */
export function sampleLog({ text, in: where }: Message): string {
  const said = where === undefined ? sample(text) : asLeaf(sample(text));
  switch (where) {
    case 'schema':
      return violation(
        "init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:708: error loading plugin schemas: on plugin 'acme-auth': [off] ",
        said,
      );
    case 'load':
      return `nginx: [error] init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:708: error loading plugin schemas: on plugin 'acme-auth': ${said}`;
    case 'admin': {
      const leaf = /^([\w.@]+): (.*)$/s.exec(said);
      if (leaf === null) return JSON.stringify({ message: said });
      return JSON.stringify({
        message: `schema violation (${said})`,
        name: 'schema violation',
        fields: { [leaf[1] ?? '']: leaf[2] },
        code: 2,
      });
    }
    case 'declarative': {
      const leaf = /^([\w.@]+): (.*)$/s.exec(said);
      const nested = leaf === null ? said : `in '${(leaf[1] ?? '').split('.').join("':\n  in '")}': ${leaf[2] ?? ''}`;
      return `nginx: [error] init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:731: error parsing declarative config file /kong.yml:\n${nested}`;
    }
    case 'request':
      return /aborted|failed to run|\[kong\]|coroutine/.test(said)
        ? `2026/11/22 09:48:06 [error] 1#0: *5 ${said} stack traceback: /usr/local/share/lua/5.1/kong/plugins/acme-auth/handler.lua:12: in function 'run' /usr/local/share/lua/5.1/kong/init.lua:1203: in function 'access', client: 10.0.0.1, server: kong, request: "GET / HTTP/1.1", host: "a"`
        : `2026/11/22 09:48:06 [error] 1#0: *5 lua entry thread aborted: ${said} stack traceback: /usr/local/share/lua/5.1/kong/plugins/acme-auth/handler.lua:12: in function 'run' /usr/local/share/lua/5.1/kong/init.lua:1203: in function 'access', client: 10.0.0.1, server: kong, request: "GET / HTTP/1.1", host: "a"`;
    case 'log':
      return `2026/11/22 09:48:06 [error] 1#0: *5 [kong] handler.lua:12 [acme-auth] ${said}, client: 10.0.0.1, server: kong`;
    case 'cli':
      return said.startsWith('Error: ') ? said : `Error: ${said}\n\n  Run with --v (verbose) or --vv (debug) for more details`;
    default:
      return said;
  }
}

/** A violation has a place and words. */
function asLeaf(text: string): string {
  const whole = text.endsWith(' ') ? `${text}an integer` : text;
  return /: |^\w+ [^:]*$|[^.\w ]/.test(whole) || !whole.includes('.') ? whole : `${whole}: bad words`;
}

function violation(head: string, leaf: string): string {
  return `nginx: [error] ${head}schema violation (${leaf})`;
}
