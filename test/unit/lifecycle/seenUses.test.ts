// Uses as people look at them: what differs from the defaults of the schema, and the texts that put the same to use elsewhere.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json } from '../../../src/kong/adminClient';
import { asAdminCall, asDeclarative } from '../../../src/lifecycle/state/use/copies';
import { scopeSentence, seeComparedUses, type ComparedUse } from '../../../src/lifecycle/state/use/seenUses';
import { folderNode } from '../../../src/node/folder';
import { fakeNode } from './fakeNode';
import { PLUGINS } from './folderNode';
import { HANDLER, withFolder, writeFiles } from './plugins';

const SCHEMA = `return { name = "hello", fields = { { config = { type = "record", fields = {
  { greeting = { type = "string", default = "hi" } }, { limit = { type = "integer" } },
  { list = { type = "array", elements = { type = "string" }, default = {} } },
  { deep = { type = "record", default = { a = 2 }, fields = { { a = { type = "integer", default = 1 } }, { b = { type = "string" } } } } },
} } } } }`;

async function onFolder(yml: string): Promise<ComparedUse[]> {
  let seen: ComparedUse[] = [];
  await withFolder(async (folder) => {
    await writeFiles(folder, {
      'kong.conf': 'database = off\nplugins = bundled,hello\ndeclarative_config = kong.yml\n',
      'kong.yml': `_format_version: "3.0"\nservices: [{name: orders, url: http://x}]\n${yml}`,
      [join(PLUGINS, 'hello/handler.lua')]: HANDLER(),
      [join(PLUGINS, 'hello/schema.lua')]: SCHEMA,
    });
    const { uses, unseen } = await seeComparedUses(folderNode(folder));
    assert.equal(unseen, undefined);
    seen = uses;
  });
  return seen;
}

async function ofDatabase(...rows: Record<string, Json>[]): Promise<ComparedUse[]> {
  const others = {
    '/services/s': { id: 's', name: 'orders' },
    '/routes/r': { id: 'r', paths: ['/pay'] },
    '/consumers/c': { id: 'c', username: 'a/b' },
  };
  const node = fakeNode({ conf: 'plugins = bundled,hello\n', database: 'postgres', others, rows, running: false });
  node.running = true;
  return (await seeComparedUses(node)).uses;
}

describe('uses that are looked at', () => {
  it('tell which fields have another value than their default, in records too', async () => {
    const [none, some] = await onFolder(`plugins:
- { name: hello, config: { greeting: hi, list: [], deep: { a: 2, b: null } } }
- { name: hello, service: orders, config: { greeting: ho, list: [x], deep: { a: 1, b: y } } }
`);
    assert.ok(none && some);
    assert.deepEqual(none.differences, []);
    assert.deepEqual(some.differences, [
      { field: 'greeting', value: 'ho' },
      { field: 'list', value: ['x'] },
      { field: 'deep.a', value: 1 },
      { field: 'deep.b', value: 'y' },
    ]);
    assert.deepEqual([none, some].map(scopeSentence), ['global', 'on service orders']);
  });

  it('say nothing of defaults where the schema is not known', async () => {
    const [use] = await ofDatabase({ id: '1', name: 'hello', config: { greeting: 'ho' } });
    assert.ok(use);
    assert.equal(use.differences, undefined);
  });

  it('are copied as an entry of kong.yml, without what Kong itself puts there', async () => {
    const [use] = await ofDatabase({
      id: '1',
      name: 'hello',
      created_at: 1,
      service: { id: 's' },
      route: { id: 'r' },
      tags: null,
      enabled: false,
      protocols: ['http'],
      config: { greeting: 'yes', gone: null, deep: { a: 1, b: null } },
    });
    assert.ok(use);
    assert.deepEqual(parse(asDeclarative(use), { version: '1.1' }), {
      plugins: [
        {
          name: 'hello',
          service: 'orders',
          route: 'r',
          enabled: false,
          protocols: ['http'],
          config: { greeting: 'yes', deep: { a: 1 } },
        },
      ],
    });
  });

  it('are copied as a call of the Admin API that a shell reads as it is', async () => {
    const [service, route, consumer, both] = await ofDatabase(
      { id: '1', name: 'hello', service: { id: 's' }, config: { greeting: "it's $HOME" } },
      { id: '2', name: 'hello', route: { id: 'r' }, config: {} },
      { id: '3', name: 'hello', consumer: { id: 'c' }, config: {} },
      { id: '4', name: 'hello', service: { id: 's' }, route: { id: 'r' }, config: {} },
    );
    assert.ok(service && route && consumer && both);
    assert.equal(
      asAdminCall(service),
      `curl -X POST http://localhost:8001/services/orders/plugins -H 'Content-Type: application/json' -d '{"name":"hello","config":{"greeting":"it'\\''s $HOME"}}'\n`,
    );
    assert.match(asAdminCall(route), / http:\/\/localhost:8001\/routes\/r\/plugins .*'\{"name":"hello","config":\{\}\}'/);
    assert.match(asAdminCall(consumer), /8001\/plugins .*"consumer":\{"username":"a\/b"\}/);
    assert.match(asAdminCall(both), /8001\/plugins .*"service":\{"name":"orders"\},"route":\{"id":"r"\}/);
  });
});
