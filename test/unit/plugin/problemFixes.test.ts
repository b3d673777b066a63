// The light bulb's fixes of loader problems and of reads of the configuration: the text they make, and that the problem is gone with it.
import assert from 'node:assert/strict';
import { checkCode } from '../../../src/code/check';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { preflightCode } from '../../../src/plugin/preflight';
import { diagnosticsOf } from '../../../src/plugin/problemDiagnostics';
import type { Plugin } from '../../../src/plugin/plugin';
import type { Diagnostic, Fix, TextEdit } from '../../../src/text/diagnostic';

const DIR = '/w/kong/plugins/demo';
const PLUGIN: Plugin = {
  name: 'demo',
  language: 'lua',
  dir: DIR,
  root: '/w',
  handler: `${DIR}/handler.lua`,
  schema: `${DIR}/schema.lua`,
  rockspec: undefined,
  modules: new Map(),
};
const HANDLER = 'local Demo = { PRIORITY = 10, VERSION = "1.0.0" }\nfunction Demo:access(conf) return conf.a end\nreturn Demo\n';
const schema = (field: string): string =>
  `return { name = "demo", fields = { { config = { type = "record", fields = { { a = ${field} } } } } } }`;

type Files = Readonly<Record<string, string>>;

function problems(files: Files): Diagnostic[] {
  const sources = new Map(
    Object.entries(files).map(([file, text]): [string, LuaSource] => [
      `kong.plugins.demo.${file}`,
      new LuaSource(text, `${DIR}/${file}.lua`),
    ]),
  );
  const version = parseKongVersion('3.9');
  const code = { name: 'demo', sources, dependencies: [], rockVersion: '2.3.4' };
  const preflight = preflightCode(code, version);
  const loaders = diagnosticsOf(PLUGIN, code, preflight.problems, version).flatMap(({ diagnostics }) => diagnostics);
  return [...loaders, ...[...checkCode({ ...code, schema: preflight.schema }, version).values()].flat()];
}

/** The files with the changes of a fix made. */
function applied(files: Files, { changes }: Fix): Files {
  const after = { ...files };
  for (const change of changes) {
    assert.ok(change.kind === 'edit');
    const file = /(\w+)\.lua$/.exec(change.path)?.[1] ?? '';
    const source = new LuaSource(files[file] ?? '', change.path);
    const start = (edit: TextEdit): number => source.offset(edit.range.start);
    let text = files[file] ?? '';
    // Those that stand at one place come in the order in which they are given.
    for (const edit of [...change.edits].reverse().sort((a, b) => start(b) - start(a))) {
      text = text.slice(0, start(edit)) + edit.newText + text.slice(source.offset(edit.range.end));
    }
    after[file] = text;
  }
  return after;
}

interface Case {
  code: string;
  files: Files;
  /** What the mended file has; nothing when there is no fix. */
  makes?: [file: string, text: RegExp];
}

const handler = (text: string): Files => ({ handler: text, schema: schema('{ type = "string" }') });
const field = (text: string): Files => ({ handler: HANDLER, schema: schema(text) });
const reading = (body: string, config: string): Files => ({
  handler: `local Demo = { PRIORITY = 10, VERSION = "1.0.0" }\nfunction Demo:access(conf)\n  ${body}\nend\nreturn Demo\n`,
  schema: `return { name = "demo", fields = { { config = { type = "record", fields = {\n  ${config}\n} } } } }`,
});

const CASES: readonly Case[] = [
  {
    code: 'kong/handler-returned-nothing',
    files: handler('local Demo = { PRIORITY = 1, VERSION = "1.0.0" }\nfunction Demo:access() end\n'),
    makes: ['handler', /\nreturn Demo\n$/],
  },
  { code: 'kong/handler-bad-priority', files: handler('return { VERSION = "1.0.0" }'), makes: ['handler', /PRIORITY = 1000/] },
  { code: 'kong/handler-bad-version', files: handler('return { PRIORITY = 1 }'), makes: ['handler', /VERSION = "2\.3\.4"/] },
  {
    code: 'kong/base-plugin-removed',
    files: handler(
      'local Base = require "kong.plugins.base_plugin"\nlocal Demo = Base:extend()\nfunction Demo:access() Demo.super.access(self) end\nreturn Demo\n',
    ),
    makes: ['handler', /^local Demo = \{\n {2}PRIORITY = 1000,\n {2}VERSION = "2\.3\.4",\n\}/],
  },
  {
    code: 'kong/handler-response-and-filter',
    files: handler(
      'local Demo = { PRIORITY = 1, VERSION = "1.0.0" }\nfunction Demo:response() end\nfunction Demo:header_filter() end\nreturn Demo\n',
    ),
    makes: ['handler', /Demo\.response_headers\(self/],
  },
  {
    code: 'kong/phase-misspelt',
    files: handler('local Demo = { PRIORITY = 1, VERSION = "1.0.0" }\nfunction Demo:acess() end\nreturn Demo\n'),
    makes: ['handler', /function Demo:access\(\)/],
  },
  {
    code: 'kong/schema-missing-name',
    files: { handler: HANDLER, schema: 'return { fields = { { config = { type = "record", fields = {} } } } }' },
    makes: ['schema', /name = "demo"/],
  },
  {
    code: 'kong/schema-unknown-attribute',
    files: field('{ type = "string", enum = { "x" } }'),
    makes: ['schema', /one_of = \{ "x" \}/],
  },
  {
    code: 'kong/schema-unknown-attribute',
    files: field('{ type = "string", ["requird"] = true }'),
    makes: ['schema', /\["required"\] = true/],
  },
  { code: 'kong/schema-unknown-attribute', files: field('{ type = "string", colour = true }') },
  { code: 'kong/schema-unknown-attribute', files: field('{ type = "string", one_of = { "y" }, enum = { "x" } }') },
  { code: 'kong/schema-field-unknown-type', files: field('{ type = "int" }'), makes: ['schema', /type = "integer"/] },
  { code: 'kong/schema-field-unknown-type', files: field("{ type = 'strng' }"), makes: ['schema', /type = 'string'/] },
  { code: 'kong/schema-field-unknown-type', files: field('{ type = "url" }') },
  {
    code: 'kong/schema-missing-required-attribute',
    files: field('{ type = "array", default = { 1, 2 } }'),
    makes: ['schema', /type = "array", elements = \{ type = "number" \}/],
  },
  {
    code: 'kong/schema-missing-required-attribute',
    files: field('{ type = "map", keys = { type = "string" } }'),
    makes: ['schema', /type = "map", values = \{ type = "string" \}/],
  },
  { code: 'kong/schema-default-invalid', files: field('{ type = "number", default = "5" }'), makes: ['schema', /default = 5 /] },
  { code: 'kong/schema-default-invalid', files: field('{ type = "string", default = 5 }'), makes: ['schema', /default = "5"/] },
  {
    code: 'kong/schema-default-invalid',
    files: field('{ type = "boolean", default = "True" }'),
    makes: ['schema', /default = true/],
  },
  {
    code: 'kong/schema-default-invalid',
    files: field('{ type = "set", elements = { type = "string" }, default = "x" }'),
    makes: ['schema', /default = \{ "x" \}/],
  },
  { code: 'kong/schema-default-invalid', files: field('{ type = "number", default = "five" }') },
  {
    code: 'kong/schema-fields-shape',
    files: {
      handler: HANDLER,
      schema: 'return { name = "demo", fields = { config = { type = "record", fields = { { a = { type = "string" } } } } } }',
    },
    makes: ['schema', /fields = \{ \{ config = /],
  },
  {
    code: 'kong/schema-field-entry-shape',
    files: field('{ type = "string" }, b = { type = "string" }'),
    makes: ['schema', /\{ a = \{ type = "string" \} \}, \{ b = \{ type = "string" \} \}/],
  },
  {
    code: 'kong/conf-field',
    files: reading('return ngx.re.match("x", conf.pattern)', '{ limit = { type = "number" } },'),
    makes: ['schema', /limit = \{ type = "number" \} \},\n {2}\{ pattern = \{ type = "string" \} \}/],
  },
  {
    code: 'kong/conf-field',
    files: reading('return #conf.names', ''),
    makes: ['schema', /\{ names = \{ type = "array", elements = \{ type = "string" \} \} \}/],
  },
  {
    code: 'kong/conf-may-be-nil',
    files: reading('return #conf.tags', '{ tags = { type = "array", elements = { type = "string" } } }'),
    makes: ['handler', /return #\(conf\.tags or \{\}\)/],
  },
  {
    code: 'kong/conf-may-be-nil',
    files: reading('return "a" .. conf.word', '{ word = { type = "string" } }'),
    makes: ['handler', /"a" \.\. \(conf\.word or ""\)/],
  },
  {
    code: 'kong/conf-may-be-nil',
    files: reading('conf.tags[1] = "x"', '{ tags = { type = "array", elements = { type = "string" } } }'),
  },
];

describe('fixes of a plugin’s files', () => {
  for (const { code, files, makes } of CASES) {
    const shown = makes === undefined ? 'none' : String(makes[1]);
    it(`${code}: ${shown}`, () => {
      const found = problems(files).filter((problem) => problem.code === code);
      assert.ok(found.length > 0, JSON.stringify(problems(files)));
      const [fix] = found.flatMap(({ fixes = [] }) => fixes);
      if (makes === undefined) {
        assert.equal(fix, undefined);
        return;
      }
      assert.ok(fix, 'no fix');
      const after = applied(files, fix);
      assert.match(after[makes[0]] ?? '', makes[1]);
      const left = problems(after).filter((problem) => problem.code === code);
      assert.deepEqual(left, [], after[makes[0]]);
    });
  }
});
