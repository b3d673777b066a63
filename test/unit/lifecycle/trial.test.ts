// One request through a node: which part of a log is of it, what Kong tells of times, what is refused, and what is never shown.
import assert from 'node:assert/strict';
import { changesBetween, type Way } from '../../../src/lifecycle/trial/compare';
import { hasEnded, loggedByPlugins, logOfRequest } from '../../../src/lifecycle/trial/requestLog';
import { trialRequest } from '../../../src/lifecycle/trial/request';
import { sendTrial } from '../../../src/lifecycle/trial/send';
import { withoutSecrets } from '../../../src/lifecycle/trial/shown';
import { answeredOutput, loggedOutput, pluginTimes } from '../../../src/lifecycle/trial/times';
import type { TrialResult } from '../../../src/lifecycle/trial/types';
import { UserError } from '../../../src/system/userError';
import { fakeNode, type FakeNode } from './fakeNode';

const ID = '43b5ce41c7cfc1569c9b0b72d7c34e0d';
const OTHER_ID = 'fb1dc07ff376de07d3673c41b0d3dd44';
const SENT = { method: 'GET', path: '/hello?a=1', id: ID };

/** A message of nginx's error log, as Kong 3.5 and later end it, or older ones. */
function logged(connection: number | undefined, level: string, message: string, asks = 'GET /hello?a=1', id?: string): string {
  const head = `2026/11/22 09:48:22 [${level}] 30727#30727: ${connection === undefined ? '' : `*${connection} `}${message}`;
  if (connection === undefined) return `${head}\n`;
  const tail = `, client: 127.0.0.1, server: kong, request: "${asks} HTTP/1.1", host: "127.0.0.1:8000"`;
  return `${head}${tail}${id === undefined ? '' : `, request_id: "${id}"`}\n`;
}

const ACCESS = '127.0.0.1 - - [22/Nov/2026:09:48:22 +0000] "GET /hello?a=1 HTTP/1.1" 200 12 "-" "-"';
const texts = (log: string, sent: Parameters<typeof logOfRequest>[1] = SENT): string[] =>
  loggedByPlugins(logOfRequest(log, sent), new Set(['handler.lua'])).map(({ text }) => text);

describe('the log of one request', () => {
  it('is told by the id that Kong logs, whoever else asked the same', () => {
    const log =
      logged(7, 'notice', '[kong] handler.lua:3 [hello] ours', undefined, ID) +
      logged(8, 'notice', '[kong] handler.lua:3 [hello] of another', undefined, OTHER_ID) +
      logged(undefined, 'notice', 'signal 17 (SIGCHLD) received');
    const found = logOfRequest(log, SENT);
    assert.equal(found.certain, true);
    assert.deepEqual(loggedByPlugins(found, new Set()), [
      { line: 1, level: 'notice', text: '[kong] handler.lua:3 [hello] ours' },
    ]);
    // What is no request's stays to be diagnosed, at its line.
    assert.match(found.own.split('\n')[2] ?? '', /SIGCHLD/);
    assert.doesNotMatch(found.own, /of another/);
  });

  it('holds messages of several lines, and those whose end nginx cut off', () => {
    const cut = `2026/11/22 09:48:22 [error] 30727#30727: *7 [kong] init.lua:406 [hello] handler.lua:3: ${'x'.repeat(2000)}\n`;
    const lines = logged(7, 'error', '[kong] handler.lua:9 [hello] first\n\tsecond', undefined, ID).replace(
      '\n',
      `\n${ACCESS}\n`,
    );
    assert.deepEqual(
      texts(lines + cut).map((text) => text.slice(0, 44)),
      ['[kong] handler.lua:9 [hello] first\n\tsecond', '[kong] init.lua:406 [hello] handler.lua:3: x'],
    );
  });

  it('is that of who asked the same where no ids are logged, which is not certain', () => {
    const log = logged(6, 'err', 'other', 'GET /hello') + logged(7, 'notice', '[kong] handler.lua:3 [hello] ours');
    const found = logOfRequest(log, { ...SENT, id: undefined });
    assert.equal(found.certain, false);
    assert.deepEqual(texts(log, { ...SENT, id: undefined }), ['[kong] handler.lua:3 [hello] ours']);
    // Kong names one of 3.5 and later in its answer, and none of these lines is its.
    assert.deepEqual(texts(logged(8, 'notice', '[kong] handler.lua:3 [hello] x', undefined, OTHER_ID)), []);
  });

  it('leaves out what Kong itself talks of, and believes no message that quotes a tail', () => {
    const log =
      logged(7, 'debug', '[lua] init.lua:1231: balancer(): setting address', undefined, ID) +
      logged(7, 'debug', '[lua] handler.lua:4: access(): from ngx.log', undefined, ID) +
      logged(7, 'notice', '[lua] init.lua:9: [request-debug] output: {}', undefined, ID) +
      logged(
        8,
        'notice',
        `[kong] handler.lua:1 [hello] q, client: 1.1.1.1, server: kong, request_id: "${ID}"`,
        'GET /x',
        OTHER_ID,
      );
    assert.deepEqual(texts(log), ['[lua] handler.lua:4: access(): from ngx.log']);
  });

  it('has ended when the access log tells so', () => {
    assert.equal(hasEnded(`${ACCESS}\n`, SENT), true);
    assert.equal(hasEnded(`${ACCESS} kong_request_id: "${OTHER_ID}"\n`, SENT), false);
    assert.equal(hasEnded(ACCESS.replace('?a=1', ''), SENT), false);
    assert.equal(hasEnded(logged(7, 'notice', 'x'), SENT), false);
  });
});

describe('the times of plugins', () => {
  const plugin = (time: number): object => ({ child: { one: { total_time: time }, two: { total_time: 0.5 } } });
  const output = {
    request_id: ID,
    child: {
      log: { child: { plugins: { child: { hello: plugin(0.25) } } } },
      access: {
        child: { plugins: { child: { hello: plugin(1), 'key-auth': { child: { x: { total_time: 2 } } } } }, router: {} },
      },
      upstream: { total_time: 9 },
    },
  };

  it('are read from the log, whole or in parts, and from the answer when it was not cut', () => {
    const text = JSON.stringify(output);
    const wanted = [
      { name: 'hello', ms: { access: 1.5, log: 0.75 } },
      { name: 'key-auth', ms: { access: 2 } },
    ];
    const parts = [text.slice(0, 40), text.slice(40, 90), text.slice(90)];
    const messages = parts.map((piece, i) => `[lua] init.lua:5: [request-debug] parts: ${i + 1}/3 output: ${piece}`);
    assert.deepEqual(pluginTimes(loggedOutput([`[lua] init.lua:5: [request-debug] output: ${text}`]) ?? null), wanted);
    assert.deepEqual(pluginTimes(loggedOutput(messages.reverse()) ?? null), wanted);
    assert.equal(loggedOutput(messages.slice(1)), undefined);
    assert.deepEqual(pluginTimes(answeredOutput(text) ?? null), wanted);
    assert.equal(answeredOutput('{"truncated":true,"request_id":"x","message":"…"}'), undefined);
    assert.equal(answeredOutput('no JSON'), undefined);
  });
});

describe('a request as it is written', () => {
  const written = (path: string | undefined, headers: string[] = [], body?: string, method?: string) =>
    trialRequest({ method, path, headers, body });

  it('is GET, or POST with a body whose type is told', () => {
    assert.deepEqual(written(undefined), { method: 'GET', path: '/', headers: {}, body: null });
    assert.deepEqual(written('/a', [], '{"a":1}'), {
      method: 'POST',
      path: '/a',
      headers: { 'Content-Type': 'application/json' },
      body: '{"a":1}',
    });
    assert.equal(written('/a', [], 'a=1').headers['Content-Type'], 'application/x-www-form-urlencoded');
    assert.deepEqual(written('/a', ['content-type: text/plain'], 'a').headers, { 'content-type': 'text/plain' });
  });

  it('joins a header that is given twice, and shows the path as it is sent', () => {
    assert.deepEqual(written('/', ['Accept: a', 'accept:b', 'Cookie: a=1', 'Cookie: b=2']).headers, {
      Accept: 'a, b',
      Cookie: 'a=1; b=2',
    });
    assert.equal(written('/ä/../b?q=ü#part').path, '/b?q=%C3%BC');
  });

  it('is refused as wrong usage where HTTP does not allow it', () => {
    for (const [path, headers, method] of [
      ['hello', [], 'GET'],
      ['//evil.example/x', [], 'GET'],
      ['/\\evil.example', [], 'GET'],
      ['/a b', [], 'GET'],
      ['/', ['no colon'], 'GET'],
      ['/', ['bad name: x'], 'GET'],
      ['/', ['X: a\r\nY: b'], 'GET'],
      ['/', [], 'GE T'],
      ['/', [], 'CONNECT'],
    ] as const)
      assert.throws(
        () => written(path, [...headers], undefined, method),
        (error: unknown) => error instanceof UserError && error.exitCode === 2,
        `${method} ${path}`,
      );
  });
});

describe('a trial that is shown', () => {
  it('holds no secret of its headers, wherever that stands again', () => {
    const secrets = ['s3cr3tToken42', 'k3y-of-a-client-77', 'session=abc123def456'];
    const [token = '', key = '', cookie = ''] = secrets;
    const headers = { Authorization: `Bearer ${token}`, apikey: key, Cookie: cookie };
    const result: TrialResult = {
      request: { method: 'GET', path: `/x?apikey=${key}`, headers, body: null },
      response: { status: 200, headers: { 'set-cookie': `${cookie}; Path=/` }, body: `you sent ${token}` },
      upstream: { method: 'GET', path: '/x', headers: { authorization: `Bearer ${token}` }, body: '' },
      plugins: null,
      log: [{ line: 1, level: 'notice', text: `[kong] handler.lua:1 [hello] key ${key}` }],
      findings: [],
    };
    const shown = JSON.stringify(withoutSecrets(result));
    for (const secret of [token, key, 'abc123def456']) assert.ok(!shown.includes(secret), `${secret} in ${shown}`);
    assert.equal(withoutSecrets(result).response.body, 'you sent ******');
    assert.match(shown, /"Authorization":"[^"]*\*{6}"/);
  });
});

describe('a request to a node', () => {
  /** A node whose proxy answers, and logs what is given. */
  function nodeWith(log: string, headers: Record<string, string> = {}): FakeNode {
    const node = fakeNode({ running: true });
    node.proxy = () =>
      Promise.resolve((request) => {
        node.logText += log;
        return Promise.resolve({ status: 500, headers: { ...headers, 'x-saw': JSON.stringify(request.headers) }, body: 'no' });
      });
    return node;
  }
  const request = trialRequest({ method: 'GET', path: '/hello?a=1', headers: [], body: undefined });
  const FAILED = logged(
    7,
    'error',
    '[kong] init.lua:406 [hello] /usr/local/share/lua/5.1/kong/plugins/hello/handler.lua:3: custom failure',
    undefined,
    ID,
  );

  it('gives the answer, the log since then and its findings with their line', async () => {
    const node = nodeWith(`${FAILED}${ACCESS}\n`, { 'x-kong-request-id': ID });
    node.logText = 'what was before\n';
    const { result, remarks } = await sendTrial(node, request);
    assert.equal(result.response.status, 500);
    assert.equal(result.log[0]?.level, 'error');
    assert.deepEqual(
      result.findings.map(({ id, file, line }) => [id, file, line]),
      [['runtime-exception-in-phase', 'kong/plugins/hello/handler.lua', 3]],
    );
    assert.deepEqual(remarks, []);
    assert.equal(result.plugins, null);
  });

  it('asks Kong for times with its token, and shows nothing of that', async () => {
    const node = nodeWith(`${ACCESS}\n`, {
      'x-kong-request-debug-output': '{"child":{"access":{"child":{"plugins":{"child":{}}}}}}',
    });
    const { prefix } = await node.facts();
    node.files.set(`${prefix}/.request_debug_token`, Buffer.from('t0ken\n'));
    const { result } = await sendTrial(node, request);
    assert.match(result.response.headers['x-saw'] ?? '', /"x-kong-request-debug-token":"t0ken"/);
    assert.deepEqual(result.plugins, []);
    assert.deepEqual(result.request.headers, {});
    assert.equal(result.response.headers['x-kong-request-debug-output'], undefined);
  });

  it('needs a Kong that runs and answers: exit 3', async () => {
    const isEnvironment = (error: unknown): boolean => error instanceof UserError && error.exitCode === 3;
    await assert.rejects(sendTrial(fakeNode({ running: true }), request), isEnvironment);
    const stopped = nodeWith('');
    stopped.running = false;
    await assert.rejects(sendTrial(stopped, request), isEnvironment);
    const dead = nodeWith('');
    dead.proxy = () => Promise.resolve(() => Promise.reject(new Error('connect ECONNREFUSED')));
    await assert.rejects(sendTrial(dead, request), isEnvironment);
  });
});

describe('what plugins changed', () => {
  const way = (headers: Record<string, string>, back: Partial<Way['response']> = {}, plain = false): Way => ({
    trip: { received: { method: 'GET', path: '/x', headers, body: '' }, plain, answered: JSON.stringify(headers) },
    response: { status: 200, headers: {}, body: JSON.stringify(headers), ...back },
  });

  it('is what differs, without what always does and what the echo itself says of it', () => {
    const without = way(
      { host: '127.0.0.1:18611', 'x-kong-request-id': 'a', 'kong-plugin-try': 'without', accept: '*/*', 'x-old': '1' },
      { headers: { date: 'Mon' } },
      true,
    );
    const through = way(
      { host: '127.0.0.1:18610', 'x-kong-request-id': 'b', accept: '*/*', 'x-new': '2' },
      { headers: { date: 'Tue', 'x-hello': 'world' } },
    );
    assert.deepEqual(changesBetween(without, through), {
      upstream: [
        { what: 'header x-new', without: null, with: '2' },
        { what: 'header x-old', without: '1', with: null },
      ],
      response: [{ what: 'header x-hello', without: null, with: 'world' }],
    });
  });

  it('tells of a status and a body that a plugin made', () => {
    const { response } = changesBetween(way({}, {}, true), way({}, { status: 201, body: 'mine' }));
    assert.deepEqual(response, [
      { what: 'status', without: '200', with: '201' },
      { what: 'body', without: '{}', with: 'mine' },
    ]);
  });
});
