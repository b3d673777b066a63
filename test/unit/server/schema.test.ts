// What an editor gets inside of a schema.lua, through the protocol: attributes, types, typedefs, fields of checks, the tree, and a rename.
import assert from 'node:assert/strict';
import { applyEdits } from '../../../src/text/edits';
import { askerOf, type Asker } from './asking';
import { startClient, type TestClient } from './client';
import { createProject, PLUGIN_FILES, type Project } from './project';

const SCHEMA = 'kong/plugins/demo/schema.lua';
const HANDLER = 'kong/plugins/demo/handler.lua';
const CODE = `local Demo = { PRIORITY = 10, VERSION = "1.0.0" }

local function report(c)
  return c["limit"]
end

function Demo:access(conf)
  local limit = conf.limit
  report(conf)
  return limit, conf.upstream.limit, conf.other
end

return Demo
`;

/** A schema with these fields of the configuration, and what else the configuration says. */
function schema(fields: string, more = ''): string {
  return `local typedefs = require "kong.db.schema.typedefs"

return {
  name = "demo",
  fields = {
    { config = {
        type = "record",
        fields = {
          ${fields}
        },
        ${more}
      },
    },
  },
}
`;
}

describe('server: inside of a schema', () => {
  let project: Project;
  let client: TestClient;
  let asker: Asker;
  let settings: Record<string, unknown> = {};

  before(async () => {
    project = await createProject({ ...PLUGIN_FILES, [HANDLER]: CODE });
    client = await startClient({ folders: [project.uri('')], settings: () => settings });
    await client.open(project.uri(SCHEMA), schema(''), 'lua');
    asker = askerOf(client, project.uri(SCHEMA));
  });

  after(async () => {
    client.dispose();
    await project.remove();
  });

  async function choose(kong: string): Promise<void> {
    settings = { kong };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  }

  describe('completion', () => {
    const PLACES: readonly (readonly [title: string, source: string, has: readonly string[], lacks: readonly string[]])[] = [
      [
        'attributes of a text',
        schema('{ a = { type = "string", | } },'),
        ['match', 'required', 'len_min'],
        ['between', 'elements', 'type'],
      ],
      ['attributes of a number', schema('{ a = { type = "integer", | } },'), ['between', 'gt'], ['match', 'len_min']],
      ['attributes of a list', schema('{ a = { type = "array", | } },'), ['elements'], ['keys', 'fields']],
      ['attributes in half a name', schema('{ a = { type = "array", ele| } },'), ['elements'], []],
      ['attributes behind a missing comma', schema('{ a = { type = "array" ele| } },'), ['elements'], []],
      ['attributes in an open table', schema('{ a = { type = "array", |'), ['elements'], []],
      [
        'attributes of elements',
        schema('{ a = { type = "array", elements = { type = "string", | } } },'),
        ['match'],
        ['between'],
      ],
      ['attributes of a typedef', schema('{ a = typedefs.port { | } },'), ['required', 'default', 'gt'], ['match']],
      [
        'attributes of a record in a record',
        schema('{ a = { type = "record", fields = { { b = { | } } } } },'),
        ['type', 'elements'],
        [],
      ],
      ['types', schema('{ a = { type = "|" } },'), ['array', 'json', 'record', 'set'], []],
      ['types in an open text', schema('{ a = { type = "|\n },'), ['array'], []],
      ['typedefs', schema('{ a = typedefs.| },'), ['host', 'port', 'url'], []],
      ['typedefs in half a name', schema('{ a = typedefs.po|'), ['port'], []],
      ['yes and no', schema('{ a = { type = "string", required = | } },'), ['true', 'false'], []],
      [
        'the values of one_of for a default',
        schema('{ a = { type = "string", one_of = { "x", "y" }, default = "|" } },'),
        ['x', 'y'],
        [],
      ],
      ['checks', schema('{ a = { type = "string" } },', 'entity_checks = { { | } },'), ['at_least_one_of', 'conditional'], []],
      [
        'fields in a check',
        schema('{ a = { type = "string" } }, { b = { type = "string" } },', 'entity_checks = { { at_least_one_of = { "|" } } },'),
        ['a', 'b'],
        [],
      ],
      ['fields of the plugin', 'return { name = "demo", fields = { { | } } }', ['config', 'protocols', 'consumer'], []],
      ['parts of the schema', 'return { name = "demo", | }', ['fields', 'entity_checks'], ['name']],
      [
        'attributes in a local',
        'local a = { type = "set", | }\nreturn { name = "demo", fields = { { config = a } } }',
        ['elements'],
        ['match'],
      ],
    ];
    for (const [title, source, has, lacks] of PLACES) {
      it(`offers ${title}`, async () => {
        const offered = await asker.labels(source);
        assert.deepEqual(
          has.filter((name) => !offered.includes(name)),
          [],
          offered.join(' '),
        );
        assert.deepEqual(
          lacks.filter((name) => offered.includes(name)),
          [],
        );
      });
    }

    it('writes what is taken', async () => {
      assert.equal(await asker.taken(schema('{ a = { type = "arr|" } },'), 'array'), schema('{ a = { type = "array" } },'));
      assert.equal(await asker.taken(schema('{ a = { type = | } },'), 'array'), schema('{ a = { type = "array" } },'));
      assert.equal(
        await asker.taken(schema('{ a = { requi|red = true } },'), 'referenceable'),
        schema('{ a = { referenceable = true } },'),
      );
    });

    it('is that of the chosen Kong', async () => {
      await choose('2.8');
      const offered = await asker.labels(schema('{ a = { type = "string", | } },'));
      const types = await asker.labels(schema('{ a = { type = "|" } },'));
      await choose('3.9');
      assert.ok(!offered.includes('description') && !types.includes('json'));
      assert.ok((await asker.labels(schema('{ a = { type = "string", | } },'))).includes('description'));
    });

    it('says nothing behind a value, in a comment and for the name of a field', async () => {
      for (const source of [
        schema('{ a = { type = "string" | } },'),
        schema('{ a = { type = "string" } }, -- |'),
        schema('{ |'),
      ]) {
        assert.deepEqual(await asker.labels(source), [], source);
      }
    });
  });

  describe('hovers', () => {
    it('tell of attributes, types, typedefs and fields', async () => {
      assert.match(await asker.hover(schema('{ a = { type = "string", refer|enceable = true } },')), /reference to a vault/);
      assert.match(await asker.hover(schema('{ a = { type = "s|et", elements = { type = "string" } } },')), /twice/);
      assert.match(await asker.hover(schema('{ a = typedefs.po|rt },')), /between.*65535/);
      assert.match(
        await asker.hover(schema('{ wa|it = { type = "number", default = 3 } },')),
        /conf\.wait: number.*Default: `3`/,
      );
    });
  });

  it('is outlined as the tree of the configuration', async () => {
    const { answer } = await asker.ask(
      'textDocument/documentSymbol',
      `${schema('{ limit = { type = "number", default = 1 } },\n{ upstream = { type = "record", fields = { { host = typedefs.host } } } },')}|`,
    );
    assert.deepEqual(
      answer.map(({ name, detail, children }) => [name, detail, children?.map((child) => child.name)]),
      [
        ['limit', 'number = 1', []],
        ['upstream', 'record', ['host']],
      ],
    );
  });

  describe('renaming a field', () => {
    const FIELDS = `{ lim|it = { type = "number" } },
          { other = { type = "number" } },
          { upstream = { type = "record", fields = { { limit = { type = "number" } } } } },`;
    const CHECKS = 'entity_checks = { { at_least_one_of = { "limit", "other" } } },';

    it('changes schema, checks and code', async () => {
      const { text, answer } = await asker.ask('textDocument/rename', schema(FIELDS, CHECKS), { newName: 'quota' });
      const edits = Object.fromEntries(
        (answer.documentChanges ?? []).flatMap((change) =>
          'edits' in change
            ? [[change.textDocument.uri, change.edits.flatMap((edit) => ('newText' in edit && 'range' in edit ? edit : []))]]
            : [],
        ),
      );
      assert.equal(
        applyEdits(text, edits[project.uri(SCHEMA)] ?? []),
        text
          .replace('{ limit = { type = "number" } },\n', '{ quota = { type = "number" } },\n')
          .replace('"limit", "other"', '"quota", "other"'),
      );
      assert.equal(
        applyEdits(CODE, edits[project.uri(HANDLER)] ?? []),
        CODE.replace('c["limit"]', 'c["quota"]').replace('= conf.limit', '= conf.quota'),
      );
    });

    it('is refused for a name that is taken or none, and where a file does not parse', async () => {
      const rename = (source: string, newName: string): Promise<unknown> => asker.ask('textDocument/rename', source, { newName });
      await assert.rejects(rename(schema(FIELDS), 'other'), /already/);
      await assert.rejects(rename(schema(FIELDS), 'end'), /cannot be the name/);
      await assert.rejects(rename(schema(`${FIELDS} {`), 'quota'), /does not parse/);
      assert.deepEqual(client.logged, []);
    });

    it('is offered on fields alone', async () => {
      const { answer } = await asker.ask('textDocument/prepareRename', schema(FIELDS));
      assert.equal(answer?.placeholder, 'limit');
      assert.equal((await asker.ask('textDocument/prepareRename', schema('{ a = { ty|pe = "string" } },'))).answer, null);
    });
  });
});
