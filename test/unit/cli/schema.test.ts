// `kong-plugin schema` as people type it.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { commandLine } from './commandLine';

const EXAMPLE = resolve(__dirname, '../../fixtures/example');

describe('kong-plugin schema', () => {
  it('reads the only plugin below a folder, and makes a JSON Schema of it', async () => {
    const { status, out } = await commandLine(['schema', '--in', join(EXAMPLE, 'hello-header')]);
    assert.equal(status, 0);
    const schema = JSON.parse(out) as { title: string; type: string };
    assert.equal(schema.title, 'hello-header configuration');
    assert.equal(schema.type, 'object');
  });

  it('tells a bundled plugin in the form that is asked for', async () => {
    const { out } = await commandLine(['schema', 'key-auth', '--as', 'kubernetes', '--kong', '2.8']);
    assert.match(out, /^kind: KongPlugin$/m);
    assert.match(out, /^plugin: key-auth$/m);
  });

  it('says which plugins there are when it must be told, and that one is not known', async () => {
    const several = await commandLine(['schema', '--in', EXAMPLE]);
    assert.equal(several.status, 2);
    const unknown = await commandLine(['schema', 'no-such-plugin']);
    assert.equal(unknown.status, 2);
    assert.match(unknown.err, /No plugin "no-such-plugin" is known for Kong 3\.9/);
  });
});
