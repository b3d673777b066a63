// Declarative configurations as a language: what is offered, told, found and mended at a place, also while the text is unfinished.
import assert from 'node:assert/strict';
import { checkConfiguration } from '../../../src/config/declarative/check';
import { KnownItems } from '../../../src/config/declarative/entities';
import { isConfiguration } from '../../../src/config/declarative/looksLike';
import type { Schemas } from '../../../src/config/findSchema';
import { completeConfig } from '../../../src/config/language/complete';
import { configSpotAt, hoverConfig } from '../../../src/config/language/hover';
import { configSymbols } from '../../../src/config/language/outline';
import { definitionsOf, referencesOf } from '../../../src/config/language/places';
import { treesOf } from '../../../src/config/language/tree';
import { applyEdits } from '../../../src/text/edits';
import { Lines } from '../../../src/text/lines';
import type { Range } from '../../../src/text/diagnostic';
import { marked } from '../rockspec-language/marked';
import { demo, NAMES, SCHEMA, schemasOf, use } from './demoPlugin';

async function labels(source: string, schemas = schemasOf()): Promise<string[]> {
  const { text, offset } = at(source);
  return (await completeConfig(text, offset, schemas)).map(({ label }) => label);
}

function at(source: string): { text: string; offset: number } {
  const { text, position } = marked(source);
  return { text, offset: new Lines(text).offset(position) };
}

/** The text with a suggestion taken. */
async function taken(source: string, label: string): Promise<string> {
  const { text, offset } = at(source);
  const found = (await completeConfig(text, offset, schemasOf())).find((one) => one.label === label);
  assert.ok(found !== undefined, `no ${label} in ${source}`);
  return applyEdits(text, [{ range: found.range, newText: found.insertText }]);
}

async function hover(source: string, schemas = schemasOf()): Promise<string | undefined> {
  const { text, offset } = at(source);
  const spot = await configSpotAt(text, treesOf(text), offset, schemas);
  return spot && hoverConfig(spot, schemas);
}

describe('the language of configurations', () => {
  describe('offers', () => {
    const PLACES: readonly (readonly [what: string, source: string, has: readonly string[], lacks?: readonly string[]])[] = [
      ['names at the top of an empty file', '|', ['_format_version', 'services', 'plugins'], ['_info']],
      [
        'names at the top that are not there',
        '_format_version: "3.0"\nservices: []\n|',
        ['plugins', 'vaults'],
        ['services', '_format_version'],
      ],
      ['half a name at the top', '_format_version: "3.0"\nplu|', ['plugins']],
      ['what decK has, in a file of decK', '_format_version: "3.0"\n_info: {}\n|', ['_workspace', 'consumer_groups']],
      ['formats', '_format_version: |', ['2.1', '3.0']],
      ['the first item of a list', 'plugins:\n|', ['services']],
      ['the first item of a list, indented', 'plugins:\n  |', ['- name:'], ['services']],
      ['plugins', 'plugins:\n- name: |', ['demo', 'rate-limiting', 'key-auth']],
      ['plugins for half a name', 'plugins:\n- name: rate-li|\n  enabled: true\n', ['rate-limiting']],
      ['plugins in quotes that are not closed', 'plugins:\n- name: "rate|\n  enabled: true\n', ['rate-limiting']],
      ['fields of an entry of plugins', 'plugins:\n- name: demo\n  |', ['config', 'service', 'enabled'], ['name']],
      ['fields behind a dash', 'plugins:\n- |', ['name', 'config']],
      ['half a field behind a dash', 'plugins:\n- con|', ['config']],
      ['fields of a configuration', use('    |'), ['limit', 'mode', 'upstream']],
      ['fields of a configuration, half written', use('    mode: fast\n    lim|\n'), ['limit'], ['mode']],
      ['fields before others', use('    |\n    limit: 1\n'), ['mode'], ['limit']],
      ['fields of a record in it', use('    upstream:\n      |'), ['host', 'port'], ['limit']],
      ['fields of a record in braces', use('    upstream: { host: a, | }\n'), ['port'], ['host']],
      ['fields of a record in open braces', use('    upstream: { po|'), ['port', 'host']],
      ['fields of records in a list', use('    rules:\n    - path: /a\n      |'), ['kind'], ['path', 'limit']],
      ['the first field of a record in a list', use('    rules:\n    - |'), ['path', 'kind']],
      ['the first item of a list of records', use('    rules:\n      |'), ['- path:']],
      ['fields of the values of a map', use('    by_name:\n      a:\n        |'), ['weight']],
      ['values of one_of', use('    mode: |'), ['fast', 'slow']],
      ['values of one_of in half a word', use('    mode: sl|\n'), ['slow']],
      ['values on the next line', use('    mode:\n      |'), ['fast', 'slow']],
      ['values of one_of in records of lists', use('    rules:\n    - kind: |'), ['deny', 'allow']],
      ['yes and no', use('    quiet: |'), ['true', 'false']],
      ['items of a list', use('    methods:\n    - |'), ['GET', 'PUT']],
      ['items of a list that are not there', use('    methods: [GET, |]'), ['PUT'], ['GET']],
      ['names of services', `${NAMES}plugins:\n- name: demo\n  service: |`, ['orders', 'users'], ['ann']],
      ['names of consumers', `${NAMES}plugins:\n- name: demo\n  consumer: |`, ['ann'], ['orders']],
      ['names of services for a route', `${NAMES}routes:\n- name: x\n  service: |`, ['orders', 'users']],
      ['fields of a service', 'services:\n- name: a\n  |', ['host', 'url', 'routes', 'plugins'], ['name', 'config']],
      ['fields of a route in a service', 'services:\n- name: a\n  routes:\n  - name: r\n    pa|', ['paths', 'plugins']],
      ['values of a service', 'services:\n- name: a\n  protocol: |', ['http', 'grpc']],
      ['JSON: names', '{ "plugins": [ { "name": "demo", "|" } ] }', ['config']],
      ['JSON: names without quotes', '{ "plugins": [ { "name": "demo", | } ] }', ['config']],
      ['JSON: plugins', '{ "plugins": [ { "name": "|" } ] }', ['demo', 'cors']],
      ['JSON: unfinished', '{\n  "plugins": [\n    {\n      "name": "demo",\n      "config": {\n        "mo|', ['mode']],
      [
        'a manifest: names',
        'apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nplugin: demo\n|',
        ['config', 'metadata'],
        ['plugins'],
      ],
      ['a manifest: plugins', 'kind: KongPlugin\nplugin: |', ['demo']],
      ['a manifest: fields', 'kind: KongPlugin\nplugin: demo\nconfig:\n  |', ['limit']],
      ['a manifest in a second document', 'kind: Service\n---\nkind: KongPlugin\nplugin: demo\nconfig:\n  |', ['limit']],
    ];
    for (const [what, source, has, lacks = []] of PLACES) {
      it(what, async () => {
        const offered = await labels(source);
        assert.deepEqual(
          has.filter((name) => !offered.includes(name)),
          [],
          `offered: ${offered.join(' ')}`,
        );
        assert.deepEqual(
          lacks.filter((name) => offered.includes(name)),
          [],
        );
      });
    }

    it('nothing in comments, in texts over lines, and in what is not ours', async () => {
      for (const source of [
        'plugins: # |',
        'plugins:\n- name: demo\n  _comment: |\n',
        use('    limit: |'),
        use('    upstream:\n      host: |'),
        'kind: Service\nspec:\n  |',
        'kind: KongPlugin\nplugin: demo\nmetadata:\n  |',
        `${NAMES}---\n|`,
        'plugins:\n- name: |x\n    |'.replace('|x', '>'),
        'plugins:\n- name:|',
      ]) {
        assert.deepEqual(await labels(source), [], source);
      }
    });

    it('writes what is taken', async () => {
      assert.equal(await taken('_form|', '_format_version'), '_format_version: ');
      assert.equal(await taken('_format_version: |\n', '3.0'), '_format_version: "3.0"\n');
      assert.equal(await taken('_format_version: "|"\n', '3.0'), '_format_version: "3.0"\n');
      assert.equal(await taken('plugins:\n- name: rate|-li\n', 'rate-limiting'), 'plugins:\n- name: rate-limiting\n');
      assert.equal(await taken(use('    up|'), 'upstream'), use('    upstream:'));
      assert.equal(await taken(use('    li|mit: 1\n'), 'mode'), use('    mode: 1\n'));
      assert.equal(await taken('{"plugins": [{"name": "demo", |}]}', 'enabled'), '{"plugins": [{"name": "demo", "enabled": }]}');
      assert.equal(await taken('{"plugins": [{"na|": "demo"}]}', 'config'), '{"plugins": [{"config": "demo"}]}');
      assert.equal(await taken(use('    methods: [GET, |]'), 'PUT'), use('    methods: [GET, PUT]'));
    });

    it('follows the chosen Kong', async () => {
      assert.ok(!(await labels('_format_version: |', schemasOf('2.8'))).includes('3.0'));
      assert.ok((await labels('|', schemasOf('2.8'))).includes('vaults_beta'));
    });
  });

  it('never throws in half a text, whatever stands before and behind the cursor', async () => {
    const schemas = schemasOf();
    const whole = `${use('    upstream: { host: "a b", port: 1 }\n    rules:\n    - path: /a\n      kind: &k deny\n    mode: *k\n')}services:\n- <<: { name: x }\n`;
    for (let end = 0; end <= whole.length; end++) {
      const text = whole.slice(0, end);
      await completeConfig(text, end, schemas);
      if (end % 4 !== 0) continue;
      await completeConfig(whole, end, schemas);
      const trees = treesOf(text);
      const spot = await configSpotAt(text, trees, end, schemas);
      if (spot !== undefined) {
        await hoverConfig(spot, schemas);
        await definitionsOf(text, spot, schemas);
        referencesOf(text, spot, schemas, true);
      }
      configSymbols(text, trees, schemas);
    }
  });

  describe('tells', () => {
    it('of fields their type, default, bounds and meaning', async () => {
      const said = await hover(use('    li|mit: 5\n'));
      assert.match(said ?? '', /config\.limit\*\*: integer[^]*How many requests[^]*Required[^]*from 1 to 100[^]*`demo`/);
      assert.match((await hover(use('    mode: fa|st\n'))) ?? '', /config\.mode\*\*: string[^]*Default: `"fast"`/);
      assert.match((await hover(use('    rules:\n    - ki|nd: deny\n'))) ?? '', /config\.rules\.kind/);
      assert.match((await hover('services:\n- name: a\n  retr|ies: 5\n')) ?? '', /retries\*\*: integer/);
      assert.match((await hover('plug|ins: []\n')) ?? '', /every request/);
    });

    it('of plugins what they are', async () => {
      assert.match(
        (await hover('plugins:\n- name: de|mo\n')) ?? '',
        /workspace[^]*Version 1\.2\.3; priority 42; runs in access[^]*`limit`/,
      );
      assert.match((await hover('plugins:\n- name: co|rs\n')) ?? '', /Ships with Kong 3\.9; priority \d+[^]*`max_age`/);
      assert.match((await hover('plugins:\n- name: no|ne\n')) ?? '', /Neither/);
    });

    it('nothing of what is not ours', async () => {
      assert.equal(await hover('kind: Service\nmeta|data: {}\n'), undefined);
      assert.equal(await hover(use('    other|s: 5\n')), undefined);
    });
  });

  describe('finds', () => {
    const definition = async (source: string): Promise<unknown[]> => {
      const { text, offset } = at(source);
      const spot = await configSpotAt(text, treesOf(text), offset, schemasOf());
      const places = spot === undefined ? [] : await definitionsOf(text, spot, schemasOf());
      return places.map(({ path, range }) => [path, range.start.line, range.start.character]);
    };

    it('the files of a plugin', async () => {
      assert.deepEqual(await definition('plugins:\n- name: de|mo\n'), [
        ['/w/kong/plugins/demo/schema.lua', 0, 0],
        ['/w/kong/plugins/demo/handler.lua', 0, 0],
      ]);
      assert.deepEqual(await definition('plugins:\n- name: co|rs\n'), []);
    });

    it('a field in the schema', async () => {
      const line = (name: string): number => SCHEMA.split('\n').findIndex((text) => text.includes(`${name} = {`));
      assert.deepEqual((await definition(use('    mo|de: fast\n')))[0], ['/w/kong/plugins/demo/schema.lua', line('mode'), 12]);
      const column = (SCHEMA.split('\n')[line('rules')] ?? '').indexOf('kind');
      assert.deepEqual(await definition(use('    rules:\n    - ki|nd: deny\n')), [
        ['/w/kong/plugins/demo/schema.lua', line('rules'), column],
      ]);
    });

    it('the entity that is referred to, and all that refer to it', async () => {
      const source = `${NAMES}plugins:\n- name: demo\n  service: ord|ers\n- name: cors\n  service: orders\n`;
      assert.deepEqual(await definition(source), [[undefined, 2, 8]]);
      const { text, offset } = at(source);
      const lines = (ranges: Range[]): number[] => ranges.map(({ start }) => start.line);
      const spot = await configSpotAt(text, treesOf(text), offset, schemasOf());
      assert.ok(spot !== undefined);
      assert.deepEqual(lines(referencesOf(text, spot, schemasOf(), true)), [2, 12, 14]);
      const own = await configSpotAt(text, treesOf(text), text.indexOf('orders'), schemasOf());
      assert.ok(own !== undefined);
      assert.deepEqual(lines(referencesOf(text, own, schemasOf(), false)), [12, 14]);
    });

    it('the tree of entities', () => {
      const tree = (text: string): unknown =>
        configSymbols(text, treesOf(text), schemasOf()).map(({ name, children }) => [
          name,
          children.map((child) => [child.name, child.children.map((list) => [list.name, list.children.map((one) => one.name)])]),
        ]);
      assert.deepEqual(tree(NAMES), [
        [
          'services',
          [
            ['orders', [['routes', ['list']]]],
            ['users', []],
          ],
        ],
        ['consumers', [['ann', []]]],
      ]);
      assert.deepEqual(tree('kind: KongPlugin\nmetadata: { name: x }\nplugin: demo\n---\nkind: Service\n'), [['x', []]]);
      assert.deepEqual(tree('a: 1\n'), []);
    });
  });

  it('says the same of a text that it looked at before as of one that it sees for the first time', async () => {
    const known = new KnownItems();
    const texts = [
      NAMES,
      use('    limit: 0\n'),
      use('    limit: 1\n'),
      use('    limit: 0\n'),
      `${use('    limit: 0\n')}_info: {}\n`,
    ];
    for (const text of texts) {
      assert.deepEqual(await checkConfiguration(text, schemasOf(), { known }), await checkConfiguration(text, schemasOf()));
    }
  });

  it('leaves what it cannot know of a plugin alone, and says so', async () => {
    const said = async (schemas: Schemas): Promise<string[]> =>
      (await checkConfiguration('_format_version: "3.0"\nplugins:\n- name: cors\n', schemas)).map(({ code }) => code);
    assert.deepEqual(await said(schemasOf('3.9')), []);
    assert.deepEqual(await said(schemasOf('3.4')), ['config/unknown-schema']);
    assert.deepEqual(await said(schemasOf('3.9', [{ ...demo, name: 'cors', language: 'go' }])), ['config/unknown-schema']);
  });

  it('is that of kong.yml and of what says so itself, and of no other YAML', () => {
    const is = (text: string, path = '/w/kong.yml'): boolean => isConfiguration(path, text);
    for (const text of ['', '# nothing yet\n', 'plug', 'services:\n- name: a\n', 'plugins: []\n', '_format_version: "3.0"\n'])
      assert(is(text), text);
    for (const text of [
      'services:\n  web:\n    image: kong\n',
      'services:\n\n  # x\n  web: {}\n',
      'replicas: 3\n',
      'apiVersion: v1\nkind: Service\n',
    ]) {
      assert(!is(text), text);
    }
    assert(is('_format_version: "3.0"\n', '/w/other.yaml') && is('kind: KongPlugin\n', '/w/other.yaml'));
    assert(!is('services: []\n', '/w/other.yaml') && !is('_format_version: "3.0"\n', '/w/kong.txt'));
  });
});
