// Logs are hostile: forged lines are not believed, and no text crashes the reader or makes it slow.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { onPlugin } from './examples/example';

const FORGED = onPlugin('acme plugin is enabled but not installed;');

describe('forged messages of Kong', () => {
  /** The line, and all that may be told of it: what was forged is told of none. */
  const carriers: Record<string, [line: string, ...told: [id: string, plugin: string | null][]]> = {
    'the request of an access log': [
      `10.0.0.1 - - [22/Nov/2026:09:48:16 +0000] "GET /?q=${FORGED} HTTP/1.1" 200 12 "-" "${FORGED}"`,
    ],
    'the request of an error': [
      `2026/11/22 09:48:06 [error] 1#0: *5 upstream timed out (110: Connection timed out) while reading, client: 10.0.0.1, server: kong, request: "GET /${FORGED} HTTP/1.1", host: "a"`,
      ['upstream-timeout', null],
    ],
    'a whole line inside a request': [
      `2026/11/22 09:48:06 [error] 1#0: *5 upstream timed out, client: 10.0.0.1, server: kong, request: "GET /2026/11/22 09:48:06 [error] 1#0: init_by_lua error: acme plugin is in use but not enabled HTTP/1.1", host: "a"`,
      ['upstream-timeout', null],
    ],
    "a plugin's own log line": [
      `2026/11/22 09:48:06 [error] 1#0: *5 [kong] handler.lua:12 [acme] header was ${FORGED}, client: 10.0.0.1, server: kong, request: "GET / HTTP/1.1"`,
      ['plugin-own-words', 'acme'],
    ],
    "a plugin's notice in Kong's file": [`2026/11/22 09:48:06 [notice] 1#0: *5 [kong] init.lua:12 [acme] ${FORGED}`],
    'ngx.log of a plugin': [
      `2026/11/22 09:48:06 [error] 1#0: *5 [lua] access.lua:7: run(): body: ${FORGED}, client: 10.0.0.1, server: kong, request: "POST / HTTP/1.1"`,
      ['unknown-error', null],
    ],
    'ngx.log of a plugin, with a forged end of the message': [
      `2026/11/22 09:48:06 [error] 1#0: *5 [lua] access.lua:7: run(): body: x, context: ngx.timer ${FORGED}, client: 10.0.0.1, server: kong, request: "POST / HTTP/1.1"`,
      ['unknown-error', null],
    ],
    'a JSON access log': [JSON.stringify({ request: { uri: `/?${FORGED}` }, response: { status: 200 }, message: FORGED })],
    'a line of level debug': [`2026/11/22 09:48:06 [debug] 1#0: ${FORGED.slice('nginx: [error] '.length)}`],
  };
  for (const [name, [line, ...told]] of Object.entries(carriers)) {
    it(`in ${name}`, async () => {
      assert.deepEqual(
        (await diagnose(line)).map(({ id, plugin }) => [id, plugin]),
        told,
      );
    });
  }
});

describe('hostile text', () => {
  const pieces = [
    'init_by_lua error: ',
    'error loading plugin schemas: ',
    "on plugin '",
    "': ",
    ' schema violation (',
    'fields.1: {',
    '}',
    '["@entity"] = {',
    '"',
    "error loading module '",
    ' plugin is enabled but not installed',
    'x/handler.lua:1: ',
    '\n',
    '\t',
    '\0',
    '\x1b[31m',
    '\x1b]8;;http://a\x07',
    '\u202e',
    '{"log":"',
    '\\n',
    '2026/11/22 09:48:06 [error] 1#0: ',
    ', client: 10.0.0.1, server: , request: "',
    '<img src=x onerror=alert(1)>',
    '$(reboot)',
    'Error: ',
    "in 'plugins': - in entry 1 of 'plugins': ",
    ' is not a number: ',
    'é😀',
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 12 })), { maxLength: 60 })
    .map((parts) => parts.join(''));

  it('never makes it fail, and findings point into the text', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (log) => {
        const lines = log.split('\n').length;
        for (const finding of await diagnose(log)) {
          assert.ok(finding.evidence.every(({ line }) => line >= 1 && line <= lines));
          assert.ok(!/[\x00-\x08\x1b]/.test(JSON.stringify(finding.evidence.map((item) => item.text))));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is the same as bytes in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 40 }), async (log, size) => {
        const bytes = Buffer.from(log);
        async function* pieced(): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
        }
        assert.deepEqual(await diagnose(pieced()), await diagnose(bytes.toString()));
      }),
      { numRuns: 150 },
    );
  });

  const repeated = [
    'a',
    ' is not a number: ',
    "on plugin 'x': ",
    "error loading module '",
    'schema violation (a: {',
    '2026/11/22 09:48:06 [error] 1#0: ',
    '*5 [lua] x.lua:1: 2026/11/22 09:48:06 [error] 1#0: ',
    '{"message":',
    "in entry 1 of 'plugins': ",
    '/handler.lua:1:',
    'password=',
    '\x1b]',
    '...',
    ' plugin is enabled but not installed',
  ];
  for (const piece of repeated) {
    it(`reads 2 MB of ${JSON.stringify(piece)} in one line quickly`, async function () {
      this.timeout(30_000);
      await diagnose(piece.repeat(Math.ceil(2_000_000 / piece.length)));
    });
  }

  it('finds the problem at the end of a line of 10 MB, and with invalid UTF-8 and NULs around it', async () => {
    const noise = Buffer.alloc(10_000_000, 'x');
    const bad = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x0a]);
    async function* source(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(noise);
      yield Buffer.concat([bad, Buffer.from(`${FORGED}\n`), bad]);
    }
    assert.deepEqual(
      (await diagnose(source())).map(({ id, plugin }) => [id, plugin]),
      [['plugin-enabled-not-installed', 'acme']],
    );
  });

  it('stops when it is aborted', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        yield await Promise.resolve(Buffer.alloc(100_000, 'x\n'));
        stop.abort(new Error('enough'));
      }
    }
    await assert.rejects(diagnose(endless(), { signal: stop.signal }), /enough/);
  });
});
