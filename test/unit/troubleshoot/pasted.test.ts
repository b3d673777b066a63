// What people paste without its beginning, out of other programs, or out of Kong's older versions: never silent, and read as what it is.
import assert from 'node:assert/strict';
import type { EntryId } from '../../../src/troubleshoot/catalogue';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { INIT, inRequest, logged } from './examples/example';

const HOME = '/usr/local/share/lua/5.1/kong';

interface Pasted {
  what: string;
  text: string;
  id: EntryId;
  plugin?: string;
  /** What the cause says. */
  says?: RegExp;
}

const PASTED: readonly Pasted[] = [
  {
    what: 'the title of a refused schema',
    text: "error loading plugin schemas: on plugin 'acme': [postgres] schema violation",
    id: 'schema-violation-on-load',
    plugin: 'acme',
    says: /left out here/,
  },
  {
    what: 'a schema of Kong itself that is refused',
    text: `${INIT}${HOME}/init.lua:190: schema of entity 'upstreams' is invalid: [postgres] schema violation (fields.type: 7)\nstack traceback:\n\t${HOME}/init.lua:190: in function 'init'`,
    id: 'kong-core-error',
    says: /in init:/,
  },
  {
    what: 'a module that Lua code of nginx requires in a request',
    text: inRequest(
      "lua entry thread aborted: runtime error: access_by_lua(nginx-kong.conf:98):12: module 'acme.lib' not found:No LuaRocks module found for acme.lib\n\tno file './acme/lib.lua'",
    ),
    id: 'plugin-module-missing-dependency',
    says: /requires acme\.lib/,
  },
  {
    what: 'the list of files that were tried, without its head',
    text: "proxy   no file '/usr/local/openresty/lualib/kong/plugins/base_plugin.lua'\nproxy   no file '/usr/local/share/lua/5.1/kong/plugins/base_plugin.lua'",
    id: 'base-plugin-removed',
  },
  {
    what: 'the words of an exception in a sentence',
    text: `With 3.4 I get ${HOME}/plugins/acme/handler.lua:31: attempt to index field 'super' (a nil value) for each request.`,
    id: 'base-plugin-super-left',
    plugin: 'acme',
  },
  {
    what: 'an exception of a plugin as Kong 1.2 logs it, without its name',
    text: inRequest(`[kong] init.lua:698 ${HOME}/plugins/acme/access.lua:5: attempt to call field 'hash' (a nil value)`),
    id: 'runtime-exception-in-phase',
    plugin: 'acme',
  },
  {
    what: 'an exception of a plugin as Kong 0.14 logs it',
    text: inRequest(
      `[lua] responses.lua:121: access(): ${HOME}/plugins/acme/access.lua:5: attempt to call field 'hash' (a nil value)`,
    ),
    id: 'runtime-exception-in-phase',
    plugin: 'acme',
  },
  {
    what: 'a plugin server that is not ready',
    text: inRequest(
      '[lua] process.lua:301: handle_event(): plugin server is not ready, acme will not be executed in this request',
    ).replace('[error]', '[warn]'),
    id: 'pluginserver-socket-connect-failed',
    plugin: 'acme',
  },
  {
    what: 'a folder below the prefix that nginx may not give away',
    text: 'nginx: [emerg] chown("/opt/acme/servroot/proxy_temp", 1000) failed (1: Operation not permitted)',
    id: 'prefix-permission-denied',
    says: /proxy_temp.*Operation not permitted/,
  },
  {
    what: 'a title that ends in a permission',
    text: `kong start fails: ${HOME}/cmd/start.lua:37: Permission denied`,
    id: 'prefix-permission-denied',
  },
  {
    what: 'a directive without its end',
    text: logged('emerg', 'directive "listen" is not terminated by ";" in /opt/kong/nginx-kong.conf:61'),
    id: 'nginx-conf-invalid',
    says: /line 61 of .*directive "listen" is not terminated by ";"/,
  },
  {
    what: 'a word that nginx does not take',
    text: 'nginx: [emerg] invalid parameter "backlogg=9" in /opt/kong/nginx-kong.conf:70',
    id: 'nginx-conf-invalid',
    says: /invalid parameter "backlogg=9"/,
  },
  {
    what: 'a function of OpenResty that does not work there',
    text: logged('error', `*7 failed to run log_by_lua*: ${HOME}/plugins/acme/log.lua:9: API disabled in the current context`),
    id: 'pdk-wrong-phase',
    plugin: 'acme',
  },
  {
    what: "an answer of Kong 0.x to a request with a field it doesn't know",
    text: '{\n    "color": "color is an unknown field"\n}',
    id: 'old-schema-runtime-0x',
  },
  {
    what: 'a bare answer that knows no reason',
    text: '{"message":"An unexpected error occurred"}',
    id: 'answer-unexpected-error',
  },
  {
    what: 'a refusal of the Admin API that no entry knows',
    text: '{"code":77,"name":"moon violation","message":"the moon is full"}',
    id: 'unknown-error',
    says: /Said by the Admin API/,
  },
  {
    what: 'a line that a plugin logged, without its head, and with an address that somebody hid',
    text: 'handler.lua:61 [acme] closed,  client: 10.0.0.x , server: kong, request: "GET / HTTP/1.1", host: "a.example"',
    id: 'unknown-error',
    says: /handler\.lua:61 \[acme\] closed/,
  },
  {
    what: 'the words of an exception alone, all of them',
    text: `lapis/application.lua:424: ${HOME}/plugins/acme/api.lua:31: attempt to call field 'list' (a nil value)`,
    id: 'runtime-exception-in-phase',
    plugin: 'acme',
    says: /attempt to call field 'list'/,
  },
  {
    what: 'an error of Lua code in an nginx that is not Kong',
    text: logged('error', '*7 lua entry thread aborted: runtime error: /srv/moon/front.lua:12: the moon is full'),
    id: 'unknown-error',
    says: /Said by Lua code,/,
  },
  {
    what: 'a Go program that panics',
    text: 'panic: acme: flag redefined: dump\n\ngoroutine 1 [running]:\nflag.(*FlagSet).Var(0xc0000b8120)\n\t/usr/local/go/src/flag/flag.go:851 +0x4a5',
    id: 'unknown-error',
    says: /Said by a program written in Go.*panic: acme: flag redefined/,
  },
  {
    what: 'a Python program that ends',
    text: 'Traceback (most recent call last):\n  File "/opt/acme/server.py", line 3, in <module>\n    import kong_pdk\nModuleNotFoundError: No module named \'kong_pdk\'',
    id: 'unknown-error',
    says: /Said by a program written in Python/,
  },
  {
    what: 'a build with times before its lines',
    text: '(10:22:31) INFO: Analyzed target\n(10:22:40) ERROR: /src/BUILD:4:1: Install acme failed: (Exit 1)',
    id: 'unknown-error',
    says: /: \(10:22:40\) ERROR: .*failed/,
  },
  {
    what: 'a request that decK made in vain',
    text: 'Summary:\n  Created: 0\nwhile processing event: {Create} plugin acme failed: 500 Internal Server Error {}',
    id: 'unknown-error',
    says: /Said by decK/,
  },
  {
    what: 'what Postgres refused, in a sentence',
    text: 'The log says that an insert violates foreign key constraint "acme_items_service_id_fkey" and then it stops.',
    id: 'unknown-error',
    says: /Said by Postgres/,
  },
  {
    what: 'tests of busted that fail',
    text: '2 successes / 1 failure / 0 errors / 0 pending : 0.04 seconds\n\nFailure → spec/acme/01-unit_spec.lua @ 7\nacme works\nspec/acme/01-unit_spec.lua:9: Expected objects to be equal.',
    id: 'unknown-error',
    says: /Said by busted/,
  },
  {
    what: 'the line above a traceback, behind other output',
    text: '$ bin/acme -v\n[ RUN ] acme works\n[ OK ] acme works\n./spec/acme.lua:14: no host of the pool answers\n\nstack traceback:\n\t./spec/acme.lua:14: in function <./spec/acme.lua:10>',
    id: 'unknown-error',
    says: /: \.\/spec\/acme\.lua:14: no host of the pool answers/,
  },
];

describe('what people paste', () => {
  for (const { what, text, id, plugin, says } of PASTED) {
    it(what, async () => {
      const [finding] = await diagnose(text);
      assert.ok(finding, 'it is passed over');
      assert.deepEqual([finding.id, finding.plugin], [id, plugin ?? null], finding.cause);
      if (says !== undefined) assert.match(finding.cause, says);
    });
  }

  it('a traceback whose head was left out says nothing beside what was read', async () => {
    const found = await diagnose(
      `stack traceback:\n\t[C]: in function 'assert'\n\t${HOME}/init.lua:765: in function 'init'\n${INIT}${HOME}/init.lua:765: error loading plugin schemas: on plugin 'acme': no configuration schema found for plugin: acme`,
    );
    assert.deepEqual(
      found.map(({ id }) => id),
      ['no-configuration-schema'],
    );
  });

  it('nothing where nothing failed', async () => {
    for (const text of [
      '12 successes / 0 failures / 0 errors / 0 pending : 1.2 seconds',
      'grep -n access kong/plugins/acme/handler.lua:12:function Acme:access(conf)',
      `[C]: in function 'x'`,
      '{"color":"red"}',
    ])
      assert.deepEqual(await diagnose(text), [], text);
  });
});
