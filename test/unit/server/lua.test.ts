// What an editor gets inside of a plugin's Lua files, through the protocol: completion, hovers and the rest, also while the text is unfinished.
import assert from 'node:assert/strict';
import type { Location, Range } from 'vscode-languageserver';
import { askerOf, type Asker } from './asking';
import { startClient, type TestClient } from './client';
import { createProject, PLUGIN_FILES, type Project } from './project';

const SCHEMA = `local typedefs = require "kong.db.schema.typedefs"

return {
  name = "demo",
  fields = {
    { config = {
        type = "record",
        fields = {
          { limit = { type = "integer", default = 5, between = { 1, 100 }, description = "How many requests a minute may come." } },
          { tags = { type = "array", elements = { type = "string" } } },
          { upstream = {
              type = "record",
              fields = {
                { host = typedefs.host { required = true } },
                { port = typedefs.port { default = 443 } },
              },
            },
          },
        },
      },
    },
  },
}
`;

const HANDLER = 'kong/plugins/demo/handler.lua';
const MODULE = 'kong/plugins/demo/helper.lua';

/** A handler with this function in it. */
function handler(body: string): string {
  return `local Demo = { PRIORITY = 10, VERSION = "1.0.0" }\n\n${body}\n\nreturn Demo\n`;
}

describe('server: inside of a plugin’s Lua files', () => {
  let project: Project;
  let client: TestClient;
  let asker: Asker;
  let settings: Record<string, unknown> = {};

  before(async () => {
    project = await createProject({
      ...PLUGIN_FILES,
      'kong/plugins/demo/schema.lua': SCHEMA,
      [MODULE]: 'local M = {}\n\nreturn M\n',
    });
    client = await startClient({
      folders: [project.uri('')],
      settings: () => settings,
      capabilities: {
        workspace: { configuration: true },
        textDocument: { completion: { completionItem: { snippetSupport: true } } },
      },
    });
    await client.open(project.uri(HANDLER), handler(''), 'lua');
    asker = askerOf(client, project.uri(HANDLER));
  });

  after(async () => {
    client.dispose();
    await project.remove();
  });

  afterEach(async () => {
    settings = {};
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  });

  describe('completion', () => {
    it('offers the tables and functions of kong, with what they take and when they may be called', async () => {
      const items = (await asker.ask('textDocument/completion', handler('function Demo:access(conf)\n  kong.request.|\nend')))
        .answer;
      const item = items.find(({ label }) => label === 'get_header');
      assert.equal(item?.detail, '(name: string): string|nil');
      assert.match(JSON.stringify(item.documentation), /Phases: .*`access`/);
      assert.ok((await asker.labels(handler('function Demo:access(conf)\n  kong.|\nend'))).includes('service'));
      assert.ok((await asker.labels(handler('function Demo:access(conf)\n  kong.log.|\nend'))).includes('warn'));
    });

    const PLACES: readonly (readonly [title: string, source: string, label: string])[] = [
      [
        'at the end of a line with more behind it',
        handler('function Demo:access(conf)\n  kong.request.|\n  local x = 1\nend'),
        'get_path',
      ],
      ['in a function that is not closed', 'local Demo = {}\nfunction Demo:access(conf)\n  kong.request.|', 'get_path'],
      [
        'before another function, in one that is not closed',
        handler('function Demo:access(conf)\n  kong.request.|\n\nfunction Demo:log(conf)\nend'),
        'get_path',
      ],
      ['in half a name', handler('function Demo:access(conf)\n  kong.request.get_p|\nend'), 'get_path'],
      ['in the middle of a name', handler('function Demo:access(conf)\n  kong.request.get_|path()\nend'), 'get_path'],
      ['in half a condition', handler('function Demo:access(conf)\n  if kong.request.|\nend'), 'get_path'],
      ['in an open call', handler('function Demo:access(conf)\n  kong.log.debug("x", kong.request.|\nend'), 'get_path'],
      ['in a table', handler('function Demo:access(conf)\n  local t = { a = kong.request.| }\nend'), 'get_path'],
      ['behind a local', handler('local request = kong.request\nfunction Demo:access(conf)\n  request.|\nend'), 'get_path'],
      ['of the configuration', handler('function Demo:access(conf)\n  local x = conf.|\nend'), 'limit'],
      [
        'of the configuration in a handler that returns nothing yet',
        'local Demo = {}\nfunction Demo:access(conf)\n  if conf.|',
        'limit',
      ],
      ['of a record in the configuration', handler('function Demo:access(conf)\n  return conf.upstream.|\nend'), 'port'],
      [
        'of a record through a local',
        handler('function Demo:access(conf)\n  local up = conf.upstream\n  if up.| then\nend'),
        'port',
      ],
      ['in brackets', handler('function Demo:access(conf)\n  return conf["|"]\nend'), 'limit'],
      [
        'in a function that gets the configuration',
        handler('local function f(c) return c.| end\nfunction Demo:access(conf) f(conf) end'),
        'limit',
      ],
      ['in a function that nobody calls yet', handler('local function f(conf)\n  return conf.|\nend'), 'limit'],
      ['of phases', handler('function Demo:|\n'), 'access'],
      ['of phases in half a name', handler('function Demo:header_|'), 'header_filter'],
      ['of phases at the end of a text', 'local Demo = {}\nfunction Demo:|', 'access'],
      ['of modules of the plugin', handler('local h = require "kong.plugins.demo.|"'), 'kong.plugins.demo.helper'],
      ['of modules of Kong', handler('local h = require("resty.|")'), 'resty.http'],
      ['of modules in an open text', handler('local h = require("kong.tools.|'), 'kong.tools.utils'],
    ];
    for (const [title, source, label] of PLACES) {
      it(title, async () => {
        const offered = await asker.labels(source);
        assert.ok(offered.includes(label), offered.join(' '));
      });
    }

    const NOWHERE: readonly (readonly [title: string, source: string])[] = [
      ['in a comment', handler('-- kong.request.|\n')],
      ['in a text', handler('local x = "kong.request.|"\n')],
      ['behind a local of another kind', handler('local x = {}\nfunction Demo:access(conf) x.| end')],
      ['for another kong', handler('local kong = {}\nfunction Demo:access(conf) kong.| end')],
      ['for plain Lua', handler('function Demo:access(conf) str|\nend')],
      ['for a text that is put together', handler('local x = "a" ..|\n')],
    ];
    for (const [title, source] of NOWHERE) {
      it(`says nothing ${title}`, async () => assert.deepEqual(await asker.labels(source), []));
    }

    it('takes the place of the name that is written', async () => {
      const source = 'function Demo:access(conf)\n  kong.request.get_|path()\nend';
      assert.equal(
        await asker.taken(handler(source), 'get_header'),
        handler('function Demo:access(conf)\n  kong.request.get_header()\nend'),
      );
      assert.equal(
        await asker.taken(handler('local x = require "kong.pl|ugins.demo"'), 'kong.plugins.demo.helper'),
        handler('local x = require "kong.plugins.demo.helper"'),
      );
      assert.equal(await asker.taken(handler('function Demo:acc|'), 'access'), handler('function Demo:access(conf)\n\t$0\nend'));
      assert.equal(await asker.taken(handler('function Demo:|(conf)\nend'), 'log'), handler('function Demo:log(conf)\nend'));
      assert.equal(await asker.taken(handler('function Demo.|'), 'log'), handler('function Demo.log(self, conf)\n\t$0\nend'));
      assert.equal(
        await asker.taken(handler('function Demo:|'), 'configure'),
        handler('function Demo:configure(configs)\n\t$0\nend'),
      );
    });

    it('offers a phase once', async () => {
      const offered = await asker.labels(handler('function Demo:access(conf)\nend\n\nfunction Demo:|'));
      assert.ok(!offered.includes('access') && offered.includes('log'));
    });

    it('puts last what may not be called in a phase that leads here, and says so', async () => {
      const source = handler('local function report()\n  kong.response.|\nend\nfunction Demo:log(conf) report() end');
      const sorted = (await asker.ask('textDocument/completion', source)).answer.sort((a, b) =>
        (a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1,
      );
      assert.match(sorted.at(-1)?.detail ?? '', /not in log/);
      assert.doesNotMatch(sorted[0]?.detail ?? '', /not in/);
    });

    it('is that of the chosen Kong', async () => {
      const source = handler('function Demo:access(conf)\n  kong.service.|\nend');
      assert.ok((await asker.labels(source)).includes('set_retries'));
      settings = { kong: '2.8' };
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      assert.ok(!(await asker.labels(source)).includes('set_retries'));
    });

    it('leaves names of kong to a Lua server that is told of the definitions, and the configuration never', async () => {
      const source = handler('function Demo:access(conf)\n  kong.request.|\nend');
      settings = { luaServer: true };
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      assert.ok((await asker.labels(source)).includes('get_path'));
      await project.write('.luarc.json', '{ "workspace.library": [".kong-types"] }\n');
      await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: project.uri('.luarc.json'), type: 1 }],
      });
      assert.deepEqual(await asker.labels(source), []);
      assert.equal(await asker.hover(source.replace('kong.request.|', 'kong.request.get_|path()')), '');
      assert.ok((await asker.labels(handler('function Demo:access(conf)\n  conf.|\nend'))).includes('limit'));
    });

    it('leaves the plugin’s own modules to a Lua server', async () => {
      settings = { luaServer: true };
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      assert.ok(!(await asker.labels(handler('local h = require "kong.plugins.demo.|"'))).includes('kong.plugins.demo.helper'));
      assert.ok((await asker.labels(handler('local h = require "kong.tools.|"'))).includes('kong.tools.utils'));
    });
  });

  describe('hovers', () => {
    it('tell of functions of kong', async () => {
      assert.match(
        await asker.hover(handler('function Demo:access(conf)\n  kong.request.get_|header("x")\nend')),
        /function kong\.request\.get_header\(name: string\).*Phases: .*Since Kong 0\.\d+/,
      );
      assert.match(
        await asker.hover(handler('local get = kong.request.get_header\nfunction Demo:access() ge|t("x") end')),
        /get_header/,
      );
      assert.match(await asker.hover(handler('function Demo:access() kong.re|quest.get_path() end')), /`get_path`/);
      assert.match(await asker.hover(handler('function Demo:access() kong.ctx.pl|ugin.x = 1 end')), /this plugin instance/);
    });

    it('tell of fields of the configuration', async () => {
      const limit = await asker.hover(handler('function Demo:access(conf)\n  return conf.lim|it\nend'));
      assert.match(limit, /conf\.limit: integer.*How many requests.*Default: `5`.*between 1 and 100/);
      assert.match(await asker.hover(handler('function Demo:access(conf)\n  return conf.upstream.ho|st\nend')), /Required/);
      assert.match(
        await asker.hover(handler('function Demo:access(conf)\n  return conf.ta|gs\nend')),
        /array of string.*Optional/,
      );
      assert.match(await asker.hover(handler('function Demo:access(co|nf)\n  return conf.tags\nend')), /^$/);
      assert.match(
        await asker.hover(handler('function Demo:access(conf)\n  return co|nf.tags\nend')),
        /The configuration.*`limit`/,
      );
    });

    it('tell of phases', async () => {
      assert.match(await asker.hover(handler('function Demo:acc|ess(conf)\nend')), /before it goes to the service/);
    });

    it('tell of both while the text is unfinished', async () => {
      assert.match(await asker.hover('local Demo = {}\nfunction Demo:access(conf)\n  if conf.lim|it'), /How many requests/);
      assert.match(await asker.hover(handler('function Demo:access(conf)\n  foo(\n  kong.request.get_pa|th()\nend')), /get_path/);
    });

    it('say nothing of what is not Kong’s', async () => {
      for (const source of ['local x = 1\nreturn |x', 'string.for|mat("x")', '-- kong.re|quest'])
        assert.equal(await asker.hover(source), '', source);
    });
  });

  describe('signatures', () => {
    const help = async (body: string): Promise<string> => {
      const source = handler(`function Demo:access(conf)\n  ${body}\nend`);
      const { answer } = await asker.ask('textDocument/signatureHelp', source);
      return answer === null ? '' : `${answer.activeParameter ?? ''} ${answer.signatures[0]?.label ?? ''}`;
    };

    it('tell which parameter is at the cursor', async () => {
      assert.match(await help('kong.request.get_header(|'), /^0 kong\.request\.get_header\(name: string\)/);
      assert.match(await help('kong.service.request.set_header("x", |'), /^1 /);
      assert.match(await help('kong.service.request.set_header(tostring(1, 2), "a|")'), /^1 /);
      assert.match(await help('kong.log.debug("a", "b", |"c")'), /^0 kong\.log\.debug/);
      assert.match(await help('kong.response.exit(kong.request.get_header(|))'), /get_header/);
    });

    it('say nothing beside a call and of other functions', async () => {
      assert.equal(await help('kong.request.get_header("x")|'), '');
      assert.equal(await help('tostring(|)'), '');
    });
  });

  describe('places', () => {
    const spelled = ({ start, end }: Range, text: string): string =>
      text.split('\n')[start.line]?.slice(start.character, end.character) ?? '';

    it('lead from a read to the field in the schema', async () => {
      const { answer } = await asker.ask(
        'textDocument/definition',
        handler('function Demo:access(conf)\n  return conf.upstream.po|rt\nend'),
      );
      assert.deepEqual(
        answer.map(({ targetUri, targetSelectionRange }) => [
          targetUri,
          spelled(targetSelectionRange, SCHEMA),
          targetSelectionRange.start.line,
        ]),
        [[project.uri('kong/plugins/demo/schema.lua'), 'port', 14]],
      );
    });

    it('lead from require to the module of the plugin', async () => {
      const { answer } = await asker.ask('textDocument/definition', handler('local h = require "kong.plugins.demo.hel|per"'));
      assert.deepEqual(
        answer.map(({ targetUri }) => targetUri),
        [project.uri(MODULE)],
      );
    });

    it('lead from the field in the schema to its reads, and from one read to all', async () => {
      const text = handler(
        'local function f(c) return c["limit"] end\nfunction Demo:access(conf)\n  f(conf)\n  return conf.limit, conf.upstream.limit\nend',
      );
      const schema = project.uri('kong/plugins/demo/schema.lua');
      const { answer } = await asker.ask('textDocument/references', text.replace('return conf.limit', 'return conf.lim|it'), {
        context: { includeDeclaration: true },
      });
      assert.deepEqual(
        answer.map(({ uri }) => uri),
        [schema, project.uri(HANDLER), project.uri(HANDLER)],
      );
      const line = SCHEMA.split('\n').findIndex((written) => written.includes('limit'));
      const position = { line, character: SCHEMA.split('\n')[line]?.indexOf('limit') ?? 0 };
      await client.open(schema, SCHEMA, 'lua');
      const fromSchema = await client.connection.sendRequest<Location[]>('textDocument/references', {
        textDocument: { uri: schema },
        position,
        context: { includeDeclaration: false },
      });
      await client.close(schema);
      assert.deepEqual(
        fromSchema.map(({ range }) => [range.start.line, spelled(range, text)]),
        [
          [2, 'limit'],
          [5, 'limit'],
        ],
      );
    });
  });

  describe('what leads to a function', () => {
    const BODY =
      'local function report(conf)\nend\n\nfunction Demo:access(conf)\n  report(conf)\nend\n\nfunction Demo:log(conf)\n  report(conf)\nend|';

    it('is hinted at behind its parameters, unless hints are off', async () => {
      const range = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };
      const { answer } = await asker.ask('textDocument/inlayHint', handler(BODY), { range });
      assert.deepEqual(
        answer.map(({ label, position }) => [label, position]),
        [['← access, log', { line: 2, character: 27 }]],
      );
      settings = { inlayHints: { enabled: false } };
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      assert.deepEqual((await asker.ask('textDocument/inlayHint', handler(BODY), { range })).answer, []);
    });

    it('stands in the outline', async () => {
      const { answer } = await asker.ask('textDocument/documentSymbol', handler(BODY));
      assert.deepEqual(
        answer.map(({ name, detail }) => [name, detail]),
        [
          ['report', 'access, log'],
          ['Demo:access', 'phase'],
          ['Demo:log', 'phase'],
        ],
      );
    });

    it('is left to a Lua server in the outline', async () => {
      settings = { luaServer: true };
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      assert.deepEqual((await asker.ask('textDocument/documentSymbol', handler(BODY))).answer, []);
    });
  });
});
