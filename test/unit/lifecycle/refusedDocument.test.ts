// What Kong refuses, and nobody could know before it was sent, comes back on the field of the document or file that it was given in.
import assert from 'node:assert/strict';
import { readGivenFile } from '../../../src/config/given/file';
import { readUseDocument } from '../../../src/config/given/useDocument';
import type { AdminTransport, Json } from '../../../src/kong/adminClient';
import { configureOperation, type Given } from '../../../src/lifecycle/operations/configure';
import { operate } from '../../../src/lifecycle/operations/operate';
import { refusedParts } from '../../../src/lifecycle/steps/refused';
import type { OperationResult } from '../../../src/lifecycle/types';
import { fakeNode, type FakeNode } from './fakeNode';
import { installed } from './runningKong';

const TEXT = `# Configure hello on every request
node: docker:kong
plugin: hello
scope: global
config:
  greeting: hi
  rules:
  - path: /a
  - path: nowhere
`;

/** A Kong whose schema has functions that refuse what our reading takes. */
async function refusing(fields: Json): Promise<FakeNode> {
  const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres' });
  await installed(node);
  return {
    ...node,
    adminApi: async () => {
      const transport = await node.adminApi();
      assert.ok(transport);
      const refused: AdminTransport = (request, signal) =>
        request.method === 'PUT'
          ? Promise.resolve({ status: 400, headers: {}, body: JSON.stringify({ message: 'schema violation', fields }) })
          : transport(request, signal);
      return refused;
    },
  };
}

async function applied(file: NonNullable<Given['file']>, fields: Json): Promise<OperationResult> {
  const { results } = await operate([await refusing(fields)], configureOperation('hello', undefined, { words: [], file }));
  const [result] = results;
  assert.ok(result);
  assert.equal(result.ok, false);
  return result;
}

describe('what Kong refuses', () => {
  const REFUSED: Json = {
    config: { greeting: 'is not polite', rules: [null, { path: 'leads nowhere' }] },
    '@entity': ['a greeting needs a name'],
  };
  const entity = { config: { greeting: 'hi' } };

  it('stands in the document on its fields, and what is about all of it on top', async () => {
    const read = readUseDocument(TEXT);
    const name = 'configuration';
    const { findings } = await applied({ name, read: () => ({ entity, lineOf: read.lineOf }) }, REFUSED);
    const lines = TEXT.split('\n');
    const said = refusedParts(findings, name).map(({ path, message }) => {
      const { range, severity } = read.at(path, message);
      assert.equal(severity, 'error');
      return [lines[range.start.line]?.slice(range.start.character, range.end.character), range.start.line, message];
    });
    assert.deepEqual(
      said.filter(([, line]) => line !== undefined && Number(line) > 1),
      [
        ['hi', 5, 'is not polite'],
        ['nowhere', 8, 'leads nowhere'],
      ],
    );
    const [top] = said.filter(([, line]) => Number(line) <= 1);
    assert.equal(top?.[2], 'a greeting needs a name');
    assert.equal(said.length, 3);
    assert.deepEqual(refusedParts(findings, 'another'), []);
  });

  it('has the file and line of a file that was given on the command line', async () => {
    const text = 'greeting: hi\nrules:\n- path: /a\n- path: nowhere\n';
    const { lineOf } = readGivenFile('c.yml', text, 'hello', undefined);
    const { findings } = await applied({ name: 'c.yml', read: () => ({ entity, lineOf }) }, REFUSED);
    assert.deepEqual(
      findings.map(({ file, line, details }) => [file, line, details?.['path']]),
      [
        ['c.yml', 1, 'config.greeting'],
        ['c.yml', 4, 'config.rules.1.path'],
        ['c.yml', 1, ''],
      ],
    );
  });
});
