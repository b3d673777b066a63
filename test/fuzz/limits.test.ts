// Texts that once ended the process, ran over the stack, or got another answer the second time.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { ARCHIVE_LIMITS } from '../../src/archive/entries';
import { readTarGz } from '../../src/archive/tarball';
import { readYaml } from '../../src/config/declarative/yamlText';
import { readDeclarative } from '../../src/kong/declarative/read';
import { MOST_DEPTH } from '../../src/text/yaml';
import { parse } from '../../src/lua/parser';
import { LuaSource } from '../../src/lua/source';
import { readTreeManifest, writeTreeManifest } from '../../src/luarocks/treeManifest';
import { configReads } from '../../src/plugin/sourceEdits/configReads';
import { UserError } from '../../src/system/userError';
import { diagnose } from '../../src/troubleshoot/diagnose';
import { ENTRIES, outcome } from './entries';

const MANY = 150_000;

describe('what is very long or very deep', () => {
  for (const open of ['[', '{', '{a: ', '- ', '? ']) {
    it(`is refused in YAML of ${JSON.stringify(open)} over and over`, () => {
      const deep = open.repeat(5000);
      assert.match(readYaml(deep)[0]?.problems[0]?.message ?? '', /nested more than 200 levels deep/);
      assert.match(readDeclarative(deep).error ?? '', /nested more than 200 levels deep/);
    });
  }

  it('is read in YAML that is as deep as it may be', () => {
    const deep = `${'['.repeat(MOST_DEPTH - 1)}${']'.repeat(MOST_DEPTH - 1)}`;
    assert.deepEqual(readYaml(deep)[0]?.problems, []);
    assert.equal(readDeclarative(deep).error, undefined);
  });

  it('is read in Lua with more statements than a call takes arguments', () => {
    const { chunk, error } = parse(new LuaSource('x = 1 '.repeat(MANY)), 'luajit');
    assert.equal(error, undefined);
    assert.equal(chunk.body.block.statements.length, MANY);
    assert.deepEqual(
      configReads([new LuaSource(`return { access = function(_, conf) f(conf.a, ${'1,'.repeat(MANY)}1) end }`)]).length,
      1,
    );
  });

  for (const dialect of ['5.1', 'luajit'] as const) {
    it(`is read in a numeral of ten million digits (${dialect})`, () => {
      assert.equal(parse(new LuaSource(`x = ${'1'.repeat(10_000_000)}`), dialect).error, undefined);
    });
  }

  it('is a tar that goes on with zeros for ever: what follows its end is not copied', async () => {
    const length = 16 * 1024 * 1024;
    const concat = Buffer.concat.bind(Buffer);
    let copied = 0;
    Buffer.concat = (parts, total) => {
      const joined = concat(parts, total);
      copied += joined.length;
      return joined;
    };
    try {
      const zeros = gzipSync(Buffer.alloc(length));
      const { problems } = await readTarGz(zeros, zeros.length, () => false, { ...ARCHIVE_LIMITS, ratio: Infinity });
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['inspect/corrupt'],
      );
    } finally {
      Buffer.concat = concat;
    }
    assert.ok(copied < 2 * length, `${copied} bytes were copied`);
  });

  it('is refused where the rocks of a manifest depend on each other in a long chain', () => {
    const rocks = Array.from({ length: 2000 }, (_, i) => `r${i} = { ["1-1"] = { { arch = "installed" } } },`).join('');
    const needs = Array.from(
      { length: 2000 },
      (_, i) => `r${i} = { ["1-1"] = { { name = "r${i + 1}", constraints = {} } } },`,
    ).join('');
    const manifest = readTreeManifest(
      Buffer.from(`commands = {} modules = {} repository = {${rocks}} dependencies = {${needs}}`),
    );
    assert.throws(() => writeTreeManifest(manifest), UserError);
  });
});

describe('names that every object has', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    it(`are no rows of our tables: ${name}`, async () => {
      const texts = [
        `return { access = function(self, conf) local a = conf.b ${name}(a) ngx.${name}(1) require("${name}").${name}() end }`,
        `package = "x" ${name} = `,
        `${name} = { ${name} = "x" }`,
        `dependencies = { "${name} >= ${name}" }`,
        `${name}:\n- name: a\n  plugins: [{ name: demo }]\n`,
        `return { name = "demo", fields = { { config = { type = "${name}", fields = { { a = { type = "${name}", ${name} = 1 } } } } } }, entity_checks = { { ${name} = {} } } }`,
      ];
      for (const entry of ENTRIES) for (const text of texts) await outcome(entry, text);
    });
  }
});

it('a log has the same findings whatever was read before it', async () => {
  const error = '2026/11/22 09:48:06 [error] 1#0: ';
  const log = `${error}*5 first, client: 1.1.1.1, server: kong, request: "GET / HTTP/1.1" ${error}init_by_lua error: second\n`;
  const first = await diagnose(log);
  await diagnose(`${' '.repeat(40)}${error}third ${error}fourth\n`);
  assert.deepEqual(await diagnose(log), first);
});
