// Declarative configurations and manifests: an error exactly when Kong refuses, at its place, in Kong's words.
import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { checkConfiguration } from '../../../src/config/declarative/check';
import { looksLikeConfiguration } from '../../../src/config/declarative/looksLike';
import { Schemas } from '../../../src/config/findSchema';
import { parseKongVersion } from '../../../src/kong/versions';
import type { Plugin } from '../../../src/plugin/plugin';
import { recorded, sourcesOfSchemas } from './recorded';

const plugins = Object.keys(sourcesOfSchemas).map((name): Plugin => {
  const dir = `/w/kong/plugins/${name}`;
  const schema = `${dir}/schema.lua`;
  return {
    name,
    language: 'lua',
    dir,
    root: '/w',
    handler: undefined,
    schema,
    rockspec: undefined,
    modules: new Map([[`kong.plugins.${name}.schema`, schema]]),
  };
});

const schemasOf = (kong: string): Schemas =>
  new Schemas(plugins, parseKongVersion(kong), {
    read: (path) => Promise.resolve(sourcesOfSchemas[path.split('/').at(-2) ?? '']),
  });

/** What is said of a text: line and column from 1, and the words. */
async function said(text: string, kong = '3.9.1'): Promise<string[]> {
  const diagnostics = await checkConfiguration(text, schemasOf(kong));
  return diagnostics.map(
    ({ range: { start }, severity, message, code }) =>
      `${start.line + 1}:${start.character + 1} ${severity} ${message} [${code}]`,
  );
}

describe('declarative configurations', () => {
  for (const [at, kong] of ['3.9.1', '2.8.5'].entries()) {
    it(`have an error exactly when Kong ${kong} refuses the configuration in them`, async () => {
      const schemas = schemasOf(kong);
      const wrong: unknown[] = [];
      for (const [name, config, ...answers] of recorded) {
        const answer = answers[at] ?? answers[0];
        const format = kong.startsWith('3') ? '3.0' : '2.1';
        const text = stringify({ _format_version: format, plugins: [{ name, config }] }, { version: '1.1' });
        const errors = (await checkConfiguration(text, schemas)).filter(({ severity }) => severity === 'error');
        if (errors.length > 0 === (answer.fields === undefined)) wrong.push({ text, answer, errors });
      }
      assert.deepEqual(wrong, []);
    });
  }

  const GOOD = `_format_version: "3.0"
services:
- name: one
  url: http://example.com:8080/x
  routes:
  - name: r
    paths: [/a]
    plugins:
    - name: key-auth
      config: { key_names: [apikey] }
consumers:
- username: me
  keyauth_credentials:
  - key: abc
plugins:
- name: rate-limiting
  consumer: me
  config: &limits { minute: 5, policy: local }
- name: rate-limiting
  service: one
  config: *limits
`;

  it('says nothing of a file that Kong takes', async () => {
    assert.deepEqual(await said(GOOD), []);
    assert.deepEqual(await said(JSON.stringify({ _format_version: '2.1', consumers: [{ custom_id: 'a' }] }), '2.8.5'), []);
  });

  const cases: [what: string, text: string, wanted: string[]][] = [
    [
      'a plugin that is not there',
      GOOD.replace('key-auth', 'key-outh'),
      ["9:13 error plugin 'key-outh' not enabled; add it to the 'plugins' configuration property [config/unknown-plugin]"],
    ],
    [
      'a field that is not there',
      GOOD.replace('minute: 5', 'minutes: 5, hour: 1'),
      ['18:21 error unknown field [config/unknown-field]'],
    ],
    [
      'a service that is not there',
      GOOD.replace('service: one', 'service: two'),
      ["20:12 error invalid reference 'service: two' (no such entry in 'services') [config/reference]"],
    ],
    [
      'two of one name',
      `${GOOD}services: []\n`,
      [
        '22:1 warning "services" stands here twice; the last one counts. [config/twice]',
        "20:12 error invalid reference 'service: one' (no such entry in 'services') [config/reference]",
      ],
    ],
    [
      'a plugin twice in one place',
      GOOD.replace('service: one', 'consumer: me'),
      [
        '19:9 error uniqueness violation: \'plugins\' entity "rate-limiting" is declared twice in the same place [config/duplicate]',
      ],
    ],
    [
      'no version',
      GOOD.replace('_format_version: "3.0"', '_transform: true'),
      ['1:1 error _format_version: required field missing [config/format-version]'],
    ],
    [
      'a version that is a number',
      GOOD.replace('"3.0"', '3.0'),
      ['1:18 error _format_version: expected a string: put it in quotes, "3.0" [config/format-version]'],
    ],
    [
      'an entity without what it needs',
      '_format_version: "3.0"\nservices:\n- name: a\n',
      ['3:3 error required field missing [config/invalid]'],
    ],
    [
      'a route that matches nothing',
      '_format_version: "3.0"\nroutes:\n- name: a\n',
      ["3:3 error must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https' [config/invalid]"],
    ],
    [
      'a tab',
      '_format_version: "3.0"\nplugins:\n\t- name: acl\n',
      ['3:1 error Tabs are not allowed as indentation [config/yaml]'],
    ],
    [
      'another document',
      `${GOOD}---\na: 1\n`,
      ['22:1 warning Kong reads only the first document of this file. [config/more-documents]'],
    ],
    [
      'an anchor in itself',
      '_format_version: "3.0"\nplugins: &a\n- *a\n',
      ['3:3 error This alias stands for something that it is part of itself. [config/yaml]'],
    ],
  ];
  for (const [what, text, wanted] of cases) {
    it(`tells ${what} where it is`, async () => {
      assert.deepEqual((await said(text)).sort(), [...wanted].sort());
    });
  }

  it('reads a bomb of aliases only so far', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) =>
        `${'abcdefghi'[i] ?? ''}: &${'abcdefghi'[i] ?? ''} [${Array.from({ length: 9 }, () => (i === 0 ? 'x' : `*${'abcdefghi'[i - 1] ?? ''}`)).join(', ')}]`,
    );
    const found = await said(`_format_version: "3.0"\n${levels.join('\n')}\n`);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /The aliases in this file stand for more than could be read\. \[config\/yaml\]$/);
  });

  it('never shows a secret', async () => {
    const text =
      '_format_version: "3.0"\nconsumers:\n- username: me\n  jwt_secrets:\n  - algorithm: other\n  keyauth_credentials:\n  - key: topsecret\n  - key: topsecret\n';
    const told = (await said(text)).join('\n');
    assert(!told.includes('topsecret'), told);
    assert.match(told, /key set to '••••'/);
    assert.match(told, /expected one of/);
  });

  it('reads manifests of plugins, and no other resource', async () => {
    const text =
      'apiVersion: v1\nkind: Service\nspec: 1\n---\napiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: { name: x }\nplugin: cors\nconfig:\n  max_age: soon\n';
    assert.deepEqual(await said(text), ['10:12 error expected a number [config/invalid]']);
    assert.deepEqual(await said(text.replace('max_age: soon', 'max_age: 5')), []);
  });

  it('takes what only decK reads for right in a file of decK', async () => {
    const text =
      '_format_version: "3.0"\n_info: { select_tags: [a] }\nservices:\n- { name: s, host: h }\nroutes:\n- { name: r, paths: [/], service: { name: s } }\nconsumer_groups:\n- name: g\n';
    assert.deepEqual(await said(text), []);
  });

  it('says of a plugin of the Enterprise edition that it is not checked', async () => {
    assert.deepEqual(await said('_format_version: "3.0"\nplugins:\n- name: ai-proxy-advanced\n'), [
      '3:9 info ai-proxy-advanced is a plugin of Kong Gateway Enterprise; its configuration is not checked. [config/unknown-schema]',
    ]);
  });

  it('is told from other YAML by what it says of itself', () => {
    assert(looksLikeConfiguration(GOOD));
    assert(looksLikeConfiguration('{"_format_version": "3.0"}'));
    assert(looksLikeConfiguration('kind: KongClusterPlugin\n'));
    assert(!looksLikeConfiguration('services:\n  web:\n    image: kong\n'));
  });

  it('takes no longer for a large file than its size asks for', async () => {
    const services = Array.from(
      { length: 200 },
      (_, i) => `- { name: s${i}, host: h, plugins: [{ name: cors, config: { max_age: 5 } }] }`,
    );
    assert.deepEqual(await said(`_format_version: "3.0"\nservices:\n${services.join('\n')}\n`), []);
  });
});
