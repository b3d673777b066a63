// The Admin API client against a server that misbehaves as Kong, and what is not Kong, does.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { adminClient, httpTransport, MOST, withAdminToken } from '../../../src/kong/adminClient';
import { adminTrust } from '../../../src/node/adminAddress';
import { nodeInfo, pluginEntities } from '../../../src/kong/adminAnswers';
import { UserError } from '../../../src/system/userError';

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

async function withServer(answer: Answer, use: (base: string, seen: string[]) => Promise<void>): Promise<void> {
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    answer(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const json = (response: ServerResponse, value: unknown, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

describe('the Admin API client', () => {
  it('repeats a request whose connection a reload cut', () =>
    withServer(
      (request, response, count) => (count < 3 ? request.socket.destroy() : json(response, { ok: true })),
      async (base, seen) => {
        assert.deepEqual(await adminClient(httpTransport(base)).get('/'), { ok: true });
        assert.equal(seen.length, 3);
      },
    ));

  it('follows pages of 2.8, which forget the size, past empty ones, and never in a circle', () =>
    withServer(
      (request, response) => {
        const url = new URL(request.url ?? '', 'http://x');
        const offset = url.searchParams.get('offset');
        assert.equal(url.searchParams.get('size'), '1000');
        if (offset === null) json(response, { data: [{ id: '1' }], next: '/plugins?offset=a' });
        else if (offset === 'a') json(response, { data: {}, next: '/plugins?offset=b' });
        else json(response, { data: [{ id: '2' }], next: '/plugins?offset=b' });
      },
      async (base) => {
        const rows = await adminClient(httpTransport(base)).all('/plugins');
        assert.deepEqual(
          rows?.map((row) => row['id']),
          ['1', '2'],
        );
      },
    ));

  it('sends the token and keeps it out of the message', () =>
    withServer(
      (request, response) =>
        json(response, { message: 'Unauthorized' }, request.headers['kong-admin-token'] === 'secret' ? 403 : 500),
      async (base) => {
        await assert.rejects(adminClient(withAdminToken(httpTransport(base), 'secret')).get('/'), (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, /403.*Unauthorized/);
          assert.ok(!`${error.message}${error.next ?? ''}`.includes('secret'));
          return error.exitCode === 3;
        });
      },
    ));

  const faults: readonly (readonly [string, Answer, RegExp])[] = [
    ['a page that is not Kong', (_, response) => void response.end('<html>hello</html>'), /not a Kong/],
    [
      'the 500 page of a broken api.lua',
      (_, response) => void response.writeHead(500, { 'content-type': 'text/html' }).end('<html>'),
      /page instead of JSON/,
    ],
    ['an error of Kong', (_, response) => json(response, { message: 'An unexpected error occurred' }, 500), /500.*unexpected/],
    ['silence', () => undefined, /does not answer: no answer within/],
  ];
  for (const [what, answer, expected] of faults) {
    it(`makes one sentence of ${what}`, () =>
      withServer(answer, async (base) => {
        await assert.rejects(adminClient(httpTransport(base, 300)).get('/'), (error: unknown) => {
          assert.ok(error instanceof UserError);
          return expected.test(error.message);
        });
      }));
  }

  it('says that nobody listens', async () => {
    await assert.rejects(
      adminClient(httpTransport('http://127.0.0.1:1')).get('/'),
      (error: unknown) => error instanceof UserError && error.exitCode === 3,
    );
  });

  it('reads loaded plugins in both shapes', () =>
    withServer(
      (_, response, count) =>
        json(response, {
          version: count === 1 ? '3.9.1' : '2.8.5',
          pids: { master: 1, workers: [12, 11] },
          configuration: { database: 'off', plugins: ['bundled', 'x'] },
          plugins: { available_on_server: count === 1 ? { x: { version: '1.2.0', priority: 5 } } : { x: true } },
        }),
      async (base) => {
        const client = adminClient(httpTransport(base));
        const [now, old] = [await nodeInfo(client), await nodeInfo(client)];
        assert.deepEqual([...now.available], [['x', '1.2.0']]);
        assert.deepEqual([...old.available], [['x', undefined]]);
        assert.deepEqual(now.workers, [11, 12]);
        assert.deepEqual(now.plugins, ['bundled', 'x']);
      },
    ));

  it('lists uses of every workspace with their scopes', () =>
    withServer(
      (request, response) => {
        const path = (request.url ?? '').split('?')[0];
        if (path === '/workspaces') json(response, { data: [{ name: 'default' }, { name: 'team a' }], next: null });
        else if (path === '/plugins')
          json(response, { data: [{ id: '1', name: 'x', service: { id: 's' }, route: null }], next: null });
        else if (path === '/team%20a/plugins')
          json(response, { data: [{ id: '2', name: 'x', consumer_group: { id: 'g' } }], next: null });
        else json(response, { message: 'Not found' }, 404);
      },
      async (base) => {
        const found = await pluginEntities(adminClient(httpTransport(base)));
        assert.deepEqual(
          found.map(({ id, workspace, scopes }) => [id, workspace, scopes.map((scope) => scope.kind)]),
          [
            ['1', undefined, ['service']],
            ['2', 'team a', ['consumer_group']],
          ],
        );
      },
    ));
});

describe('an Admin API that turns on who asks it', () => {
  const token = 'kong-admin-token';

  for (const next of [
    '@other.example:81/steal',
    '//other.example/x',
    'http://other.example/x',
    '/\\other.example/x',
    'x',
    '/a b',
    '/a\r\nhost: x',
  ]) {
    it(`does not get a token sent to ${JSON.stringify(next)}`, async () => {
      const asked: string[] = [];
      const client = adminClient(
        withAdminToken((request) => {
          asked.push(request.path);
          return Promise.resolve({ status: 200, headers: {}, body: JSON.stringify({ data: [], next }) });
        }, token),
      );
      await assert.rejects(client.all('/plugins'), /another address/);
      assert.deepEqual(asked, ['/plugins?size=1000']);
    });
  }

  it('gets no request whose path leads away, whoever wrote it', async () => {
    await assert.rejects(httpTransport('http://127.0.0.1:1')({ method: 'GET', path: '@127.0.0.1:2/' }), /another address/);
  });

  it('that has no last page is given up', async () => {
    let pages = 0;
    const client = adminClient(() =>
      Promise.resolve({ status: 200, headers: {}, body: JSON.stringify({ data: [{}], next: `/plugins?offset=${++pages}` }) }),
    );
    await assert.rejects(client.all('/plugins'), /does not come to an end/);
    assert.equal(pages, MOST.pages);
  });

  it('whose rows have no end is given up', async () => {
    let pages = 0;
    const data = Array.from({ length: MOST.rows / 20 }, () => ({}));
    const client = adminClient(() =>
      Promise.resolve({ status: 200, headers: {}, body: JSON.stringify({ data, next: `/plugins?offset=${++pages}` }) }),
    );
    await assert.rejects(client.all('/plugins'), /does not come to an end/);
    assert.equal(pages, 21);
  });
});

describe('the certificate of an Admin API', () => {
  const CASES: readonly [address: string, env: Record<string, string>, verify: boolean][] = [
    ['https://127.0.0.1:8444', {}, false],
    ['https://127.9.9.9:8444', {}, false],
    ['https://localhost:8444', {}, false],
    ['https://[::1]:8444', {}, false],
    ['https://kong.example:8444', {}, true],
    ['https://127.0.0.1.example:8444', {}, true],
    ['https://localhost.example', {}, true],
    ['https://10.0.0.1:8444', {}, true],
    ['https://kong.example:8444', { KONG_ADMIN_UNVERIFIED: 'other.example, kong.example:8444' }, false],
    ['https://kong.example:8444', { KONG_ADMIN_UNVERIFIED: 'kong.example' }, false],
    ['https://kong.example:8444', { KONG_ADMIN_UNVERIFIED: 'kong.example:8445' }, true],
    ['https://kong.example', { KONG_ADMIN_UNVERIFIED: 'kong.example:443' }, false],
  ];
  for (const [address, env, verify] of CASES) {
    it(`of ${address} is ${verify ? '' : 'not '}verified with ${JSON.stringify(env)}`, async () => {
      assert.equal((await adminTrust(address, env)).verify, verify);
    });
  }

  it('that an authority signed is believed where that one is named', async () => {
    const own = join(import.meta.dirname, 'adminApi.test.ts');
    assert.match((await adminTrust('https://kong.example', { KONG_ADMIN_CA: own })).ca ?? '', /authority signed/);
    await assert.rejects(adminTrust('https://kong.example', { KONG_ADMIN_CA: '/nowhere.pem' }), /cannot be read/);
  });
});
