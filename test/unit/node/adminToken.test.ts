// Every node's Admin API gets the token of that node and no other's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adminTokens } from '../../../src/cli/nodes';
import { operate } from '../../../src/lifecycle/operations/operate';
import { verifyOperation } from '../../../src/lifecycle/operations/verify';
import { openNodes } from '../../../src/node/registry';
import { fakeNode } from '../lifecycle/fakeNode';

/** An Admin API that remembers the tokens it was shown. */
async function withAdmin(use: (url: string, tokens: Set<string | undefined>) => Promise<void>): Promise<void> {
  const tokens = new Set<string | undefined>();
  const server = createServer((request, response) => {
    tokens.add(request.headers['kong-admin-token'] as string | undefined);
    response.end('{"plugins":{"available_on_server":{"hello":true}}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens);
  } finally {
    server.close();
  }
}

const env = {
  KONG_ADMIN_TOKEN: 'for all',
  KONG_ADMIN_TOKEN_DOCKER_KONG_1: 'for kong-1',
  KONG_ADMIN_TOKEN_COMPOSE_SHOP_GATEWAY: 'for the service',
};

describe('Admin API tokens', () => {
  for (const [ids, token] of [
    [['docker:kong-1'], 'for kong-1'],
    [['docker:kong-2'], 'for all'],
    [['docker:shop-gateway-1', 'compose:shop/gateway'], 'for the service'],
  ] as const) {
    it(`of ${ids.join(', opened as ')} come from its own variable first`, () => {
      assert.equal(adminTokens(env)(ids), token);
    });
  }

  it('go to the node they belong to, in one operation on two', () =>
    withAdmin((first, ofFirst) =>
      withAdmin(async (second, ofSecond) => {
        const open = async (id: string, adminUrl: string) => {
          const [opened] = await openNodes(id, { cwd: '/', env, adminUrl, adminToken: adminTokens(env) });
          assert.ok(opened);
          // files and programs of a scripted node, the Admin API of the one that was opened
          return { ...fakeNode({ id, env: { KONG_PLUGINS: 'bundled' } }), adminApi: () => opened.adminApi() };
        };
        const nodes = [await open('docker:kong-1', first), await open('docker:kong-2', second)];
        const { results } = await operate(nodes, verifyOperation('hello'));
        assert.ok(
          results.every(({ ok }) => ok),
          JSON.stringify(results),
        );
        assert.deepEqual([...ofFirst], ['for kong-1']);
        assert.deepEqual([...ofSecond], ['for all']);
      }),
    ));
});
