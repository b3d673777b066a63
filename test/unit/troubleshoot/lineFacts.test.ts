// What a line of a log tells about itself: minute, level, request and plugin.
import assert from 'node:assert/strict';
import { lineFacts } from '../../../src/troubleshoot/lineFacts';

const ID = 'e3f6295fa056ea2ade8b557c49afc47d';
const TAIL = `client: 10.0.0.1, server: kong, request: "GET /t/x HTTP/1.1", host: "x", request_id: "${ID}"`;

describe('facts of the lines of a log', () => {
  it('give all lines of a message the request id that stands at its end', () => {
    const facts = lineFacts([
      '2026/11/30 04:13:45 [error] 1439#0: *1290 failed to run log_by_lua*: handler.lua:7: boom',
      'stack traceback:',
      `	log_by_lua(nginx-kong.conf:127):2: in main chunk while logging request, ${TAIL}`,
      '2026/11/30 04:13:46 [notice] 1439#0: signal 17 received',
    ]);
    assert.deepEqual(
      facts.map(({ request }) => request),
      [ID, ID, ID, null],
    );
  });

  it('know a request without an id by its worker and its connection', () => {
    const [kong2] = lineFacts([
      '2026/11/30 04:13:45 [error] 1439#0: *12 [kong] init.lua:200 [hello] x.lua:1: boom, client: 10.0.0.1',
    ]);
    assert.equal(kong2?.request, '1439 *12');
  });

  it('know the request of a line of the access log by its id, and give it to no other line', () => {
    const facts = lineFacts([
      '2026/11/30 04:13:45 [notice] 1439#0: *7 [lua] x.lua:1: seen, client: 10.0.0.1',
      `10.0.0.1 - - [30/Nov/2026:03:40:07 +0000] "GET /t/x HTTP/1.1" 200 418 "-" "curl" kong_request_id: "${ID}"`,
    ]);
    assert.deepEqual(
      facts.map(({ request }) => request),
      ['1439 *7', ID],
    );
  });

  const OWN: readonly [what: string, line: string, plugin: string | null][] = [
    ['kong.log.err', '[error] 1#0: *2 [kong] handler.lua:12 [hello] no token given', 'hello'],
    ['kong.log.debug', '[debug] 1#0: *2 [kong] util.lua:3 [hello] here', 'hello'],
    ['a file init.lua of the plugin', '[notice] 1#0: *2 [kong] init.lua:9 [hello] here', 'hello'],
    ['what Kong says it threw', '[error] 1#0: *2 [kong] init.lua:406 [hello] /p/handler.lua:7: attempt to call', null],
    ['the plugin server', '[error] 1#0: *2 [kong] pb_rpc.lua:3 [hello] exited', null],
    ['a line of Kong', '[error] 1#0: *2 [lua] balancer.lua:3: no', null],
  ];
  for (const [what, line, plugin] of OWN) {
    it(`tell a plugin's own words: ${what}`, () => {
      assert.equal(lineFacts([`2026/11/30 04:13:45 ${line}`])[0]?.plugin, plugin);
    });
  }

  const MINUTES: readonly [line: string, minute: string | null, isError: boolean][] = [
    ['2026/11/30 04:13:45 [crit] 1#0: x', '2026-11-30 04:13', true],
    ['kong_1  | 2026/11/30 04:13:45 [warn] 1#0: x', '2026-11-30 04:13', false],
    ['2026-11-30T04:13:45.123Z 2026/11/30 05:13:45 [alert] 1#0: x', '2026-11-30 05:13', true],
    ['2026-11-30 04:13:45.123 UTC [12] FATAL:  no', '2026-11-30 04:13', true],
    ['2026-11-30 04:13:45.123 UTC [12] LOG:  ready', '2026-11-30 04:13', false],
    ['Error: no', null, true],
  ];
  for (const [line, minute, isError] of MINUTES) {
    it(`tell minute and level of ${JSON.stringify(line.slice(0, 50))}`, () => {
      const [facts] = lineFacts([line]);
      assert.deepEqual([facts?.minute, facts?.isError], [minute, isError]);
    });
  }

  it('go on with what was said when a line has no head', () => {
    const facts = lineFacts(['2026/11/30 04:13:45 [error] 1#0: *2 [kong] handler.lua:12 [hello] a', 'b']);
    assert.deepEqual(facts[1], facts[0]);
  });
});
