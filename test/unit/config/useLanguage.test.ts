// The document of a configuration as a language: what is offered and told at a place comes from the plugin's schema and from its node.
import assert from 'node:assert/strict';
import { Schemas } from '../../../src/config/findSchema';
import { completeConfig, type ConfigSuggestion } from '../../../src/config/language/complete';
import { configSpotAt, hoverConfig } from '../../../src/config/language/hover';
import type { UseAround } from '../../../src/config/language/slots';
import { treesOf } from '../../../src/config/language/tree';
import { parseKongVersion } from '../../../src/kong/versions';
import { applyEdits } from '../../../src/text/edits';
import { Lines } from '../../../src/text/lines';
import { marked } from '../rockspec-language/marked';
import { schemasOf } from './demoPlugin';

const HEAD = '# Configure demo on service orders\nnode: docker:kong\nplugin: demo\nscope: service:orders\n';
const VERSION = parseKongVersion('3.9');

async function around(): Promise<UseAround> {
  const schema = (await schemasOf().find('demo'))?.schema;
  assert.ok(schema);
  const scopes = ['global', 'service:orders', 'consumer:ann', 'route:a b'];
  return { schema, nodes: ['docker:kong', 'folder:nodes/a'], plugins: ['demo', 'cors'], scopes };
}

async function offered(source: string, use?: UseAround): Promise<{ text: string; found: ConfigSuggestion[] }> {
  const { text, position } = marked(source);
  const found = await completeConfig(text, new Lines(text).offset(position), new Schemas([], VERSION), use ?? (await around()));
  return { text, found };
}

const labels = async (source: string, use?: UseAround): Promise<string[]> =>
  (await offered(source, use)).found.map(({ label }) => label);

async function taken(source: string, label: string): Promise<string> {
  const { text, found } = await offered(source);
  const one = found.find((each) => each.label === label);
  assert.ok(one, `no ${label} in ${source}`);
  return applyEdits(text, [{ range: one.range, newText: one.insertText }]);
}

async function told(source: string): Promise<string | undefined> {
  const { text, position } = marked(source);
  const schemas = new Schemas([], VERSION);
  const spot = await configSpotAt(text, treesOf(text), new Lines(text).offset(position), schemas, await around());
  return spot && hoverConfig(spot, schemas);
}

describe('the language of the document of a configuration', () => {
  it('offers on top what says which use it is, and what else an entity has, but not where it is applied', async () => {
    assert.deepEqual(await labels('# Configure\n|'), [
      ...['node', 'plugin', 'scope', 'id', 'instance_name', 'config', 'protocols', 'enabled', 'tags'],
    ]);
    assert.deepEqual(await labels(`${HEAD}|`), ['instance_name', 'config', 'protocols', 'enabled', 'tags']);
    assert.deepEqual(
      await labels('# Configure\nid: x\nno|\n'),
      (await labels('# Configure\n|')).filter((n) => !/^(scope|id)$/.test(n)),
    );
  });

  it('offers nodes, and plugins and entities of that node', async () => {
    assert.deepEqual(await labels('# Configure\nnode: |\n'), ['docker:kong', 'folder:nodes/a']);
    assert.deepEqual(await labels('# Configure\nplugin: |\n'), ['demo', 'cors']);
    assert.deepEqual(await labels('# Configure\nscope: |\n'), ['global', 'service:orders', 'consumer:ann', 'route:a b']);
    assert.deepEqual(await labels('# Configure\nid: |\n'), []);
  });

  it('takes a name with a colon as one word, in the midst of it too', async () => {
    for (const written of ['|', 'ser|', 'service:|', 'service:us|', 'ser|vice:users', 'service|:users'])
      assert.equal(
        await taken(`# Configure\nscope: ${written}\n`, 'consumer:ann'),
        '# Configure\nscope: consumer:ann\n',
        written,
      );
    const flow = '# Configure\n{ scope: service:o|, enabled: true }\n';
    assert.equal(await taken(flow, 'consumer:ann'), '# Configure\n{ scope: "consumer:ann", enabled: true }\n');
    assert.equal(await taken('# Configure\nnode: "docker:|"\n', 'docker:kong'), '# Configure\nnode: "docker:kong"\n');
  });

  it('offers the fields and values of the configuration by the schema that the node has', async () => {
    assert.deepEqual((await labels(`${HEAD}config:\n  limit: 1\n  |`)).slice(0, 3), ['mode', 'quiet', 'upstream']);
    assert.deepEqual(await labels(`${HEAD}config:\n  mode: |\n`), ['fast', 'slow']);
    assert.deepEqual(await labels(`${HEAD}config:\n  upstream:\n    |\n`), ['host', 'port']);
    assert.deepEqual(await labels(`${HEAD}enabled: |\n`), ['true', 'false']);
  });

  it('offers what all plugins have where the schema is not known, and nothing in comments', async () => {
    const unknown: UseAround = { schema: undefined, nodes: [], plugins: [], scopes: [] };
    assert.ok((await labels(`${HEAD}|`, unknown)).includes('enabled'));
    assert.deepEqual(await labels(`${HEAD}config:\n  |`, unknown), []);
    assert.deepEqual(await labels(`${HEAD}config:\n  # |`), []);
  });

  it('tells of fields and of what stands on top', async () => {
    assert.match(
      (await told(`${HEAD}config:\n  li|mit: 1\n`)) ?? '',
      /config\.limit\*\*: integer[^]*How many[^]*Required[^]*`demo`/,
    );
    assert.match((await told(HEAD.replace('scope', 'sco|pe'))) ?? '', /scope\*\*: string[^]*one service, route/);
    assert.equal(await told(`${HEAD}config:\n  lmi|t: 1\n`), undefined);
  });
});
