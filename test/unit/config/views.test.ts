// The forms in which a schema is told: held against what Kong said to configurations, and against Kong's own judgement of a skeleton.
import assert from 'node:assert/strict';
import Ajv from 'ajv';
import { parse as parseYaml } from 'yaml';
import { bundledSchema, bundledSchemaNames, type PluginSchema } from '../../../src/config/pluginSchema';
import type { Json } from '../../../src/config/luaTables';
import { validatePlugin } from '../../../src/config/validate';
import { jsonSchemaOf } from '../../../src/config/views/jsonSchema';
import { regexOfLuaPattern } from '../../../src/config/views/luaPattern';
import { skeletonOf } from '../../../src/config/views/skeleton';
import { tableOf } from '../../../src/config/views/table';
import { parseKongVersion } from '../../../src/kong/versions';
import { recorded, schemaOf } from './recorded';

const KONG_39 = parseKongVersion('3.9');

describe('a schema as JSON Schema', () => {
  it('takes every recorded configuration that Kong takes, and refuses what it refuses but for what only its functions see', () => {
    const ajv = new Ajv({ logger: false });
    const wrong: unknown[] = [];
    let [refused, missed] = [0, 0];
    for (const [plugin, config, { config: stored, fields }] of recorded) {
      const id = `${plugin} schema`;
      if (ajv.getSchema(id) === undefined) ajv.addSchema(jsonSchemaOf(schemaOf(plugin, '3.9.1')), id);
      const isValid = ajv.validate(id, config);
      const isTaken = stored !== undefined;
      // Lua cannot tell an empty table from an empty list, JSON Schema can.
      if (JSON.stringify(config).includes('{}')) continue;
      if (isTaken && !isValid) wrong.push([plugin, config, ajv.errors]);
      if (isTaken) continue;
      refused++;
      if (
        isValid &&
        !/invalid value|invalid ip|invalid path|missing|distinct|url-encoded|header name|Error/.test(JSON.stringify(fields))
      ) {
        missed++;
        wrong.push([plugin, config, fields]);
      }
    }
    assert.deepEqual(wrong, []);
    assert(refused > 300 && missed === 0);
  });

  it('is one that is valid itself, for every bundled plugin', () => {
    for (const kong of ['2.8', '3.9']) {
      for (const name of bundledSchemaNames(parseKongVersion(kong))) {
        const schema = bundledSchema(name, parseKongVersion(kong));
        assert(schema !== undefined);
        assert(new Ajv({ logger: false }).validateSchema(jsonSchemaOf(schema)), name);
      }
    }
  });

  for (const [pattern, yes, no] of [
    ['^%u%u%-%d+$', ['AB-1'], ['Ab-1', 'AB-']],
    ['^[^:]+:.*$', ['a:b', 'a:\n'], [':b']],
    ['^%*%.', ['*.x'], ['x']],
    ['a-b$', ['b', 'aab'], ['ba']],
    ['[]x-]', [']', '-'], ['y']],
  ] as const) {
    it(`says the Lua pattern ${pattern} as a regular expression`, () => {
      const regex = new RegExp(regexOfLuaPattern(pattern) ?? '(');
      for (const text of yes) assert.match(text, regex);
      for (const text of no) assert.doesNotMatch(text, regex);
    });
  }

  it('says nothing for patterns that a regular expression cannot say', () => {
    for (const pattern of ['%b()', '%f[%w]', '(a)%1', '[%W_]']) assert.equal(regexOfLuaPattern(pattern), undefined);
  });
});

/** Plugins of which a person must say something: which of several fields, an address, a function. */
const NEED_A_CHOICE = [
  ...['acme', 'ai-prompt-decorator', 'ip-restriction', 'oauth2', 'opentelemetry', 'post-function', 'pre-function', 'redirect'],
  'response-ratelimiting',
];

/** The configuration in a skeleton. */
function configIn(schema: PluginSchema, form: 'declarative' | 'kubernetes' | 'admin'): Json {
  const text = skeletonOf(schema, form);
  const data = (form === 'admin' ? JSON.parse(text) : parseYaml(text, { version: '1.1' })) as {
    config?: Json;
    plugins?: { config: Json }[];
  };
  return data.config ?? data.plugins?.[0]?.config ?? null;
}

describe('a skeleton of a configuration', () => {
  it('is the same in every form, and one that Kong takes but for plugins that need a choice', () => {
    const refused: string[] = [];
    for (const name of bundledSchemaNames(KONG_39)) {
      const schema = bundledSchema(name, KONG_39);
      assert(schema !== undefined);
      const config = configIn(schema, 'declarative');
      assert.deepEqual(configIn(schema, 'kubernetes'), config);
      assert.deepEqual(configIn(schema, 'admin'), config);
      if (validatePlugin(schema, { config }).verdict !== 'taken') refused.push(name);
    }
    assert.deepEqual(refused, NEED_A_CHOICE);
  });

  it('shows what must be given with a value, and what may be given as a comment with its rules', () => {
    const text = skeletonOf(schemaOf('cv-scalars', '3.9.1'), 'declarative');
    assert.match(text, /^ {6}limit: 1 # required, integer, from 1 to 50$/m);
    assert.match(text, /^ {6}# label: # string, length at least 2, length at most 8$/m);
  });
});

describe('a table of a configuration', () => {
  it('has a row for every field, those of records below them, with bars that do not end a cell', () => {
    const lines = tableOf(schemaOf('cv-records', '3.9.1')).split('\n');
    assert(lines.includes('| `config.redis.port` | integer | no | `6379` | From 0 to 65535. |'));
    assert(lines.includes('| `config.redis.auth.user` | string | yes |  |  |'));
    assert(lines.slice(0, -1).every((line) => line.replaceAll('\\|', '').split('|').length === 7));
  });
});
