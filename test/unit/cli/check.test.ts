// `kong-plugin check` over a folder with several plugins.
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printedBy, runProcess } from '../../../src/system/process';
import { bundled } from './bundled';
import { commandLine } from './commandLine';

const SCHEMA = 'return { name = "NAME", fields = { { config = { type = "record", fields = {} } } } }\n';
const FILES: Readonly<Record<string, string>> = {
  'a/kong/plugins/a/handler.lua':
    'local shared = require "kong.plugins.b.shared"\nreturn { PRIORITY = shared, VERSION = "1.0.0" }\n',
  'a/kong/plugins/a/schema.lua': SCHEMA.replace('NAME', 'a'),
  'b/kong/plugins/b/handler.lua': 'return { PRIORITY = 10, VERSION = "1.0.0" }\n',
  'b/kong/plugins/b/schema.lua': SCHEMA.replace('NAME', 'b'),
  'b/kong/plugins/b/shared.lua': 'return 10\n',
};
const rockspecOf = (name: string, dependencies: string, modules: readonly string[]): string =>
  `package = "kong-plugin-${name}"\nversion = "1.0.0-1"\nsource = { url = "git+https://example.com/${name}.git" }\ndescription = { summary = "${name}", license = "MIT" }\ndependencies = { ${dependencies} }\nbuild = { type = "builtin", modules = { ${modules.map((part) => `["kong.plugins.${name}.${part}"] = "kong/plugins/${name}/${part}.lua"`).join(', ')} } }\n`;

interface Sarif {
  tool: { driver: { rules: { id: string }[] } };
  results: { ruleId: string; ruleIndex?: number }[];
}

describe('kong-plugin check', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kong-plugin-check-'));
    for (const [path, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
  });
  after(() => rm(dir, { recursive: true, force: true }));

  async function check(...args: string[]): Promise<{ status: number; out: string }> {
    const { status, out, err } = await commandLine(['check', ...args], { cwd: dir });
    return { status, out: err + out };
  }

  it('finds what one plugin takes from another whose rock it depends on, and counts every file it looked at', async () => {
    const rockspecs = {
      'a/kong-plugin-a-1.0.0-1.rockspec': rockspecOf('a', '"kong-plugin-b"', ['handler', 'schema']),
      'b/kong-plugin-b-1.0.0-1.rockspec': rockspecOf('b', '', ['handler', 'schema', 'shared']),
    };
    for (const [path, text] of Object.entries(rockspecs)) await writeFile(join(dir, path), text);
    const said = await check();
    for (const path of Object.keys(rockspecs)) await rm(join(dir, path));
    assert.deepEqual(said, { status: 0, out: '7 files checked: nothing to complain about.\n' });
    assert.match((await check()).out, /shared\.lua is none of the files of a/);
  });

  it('names every file it looked at in its JSON', async () => {
    const { files } = JSON.parse((await check('--format', 'json')).out) as { files: { path: string; diagnostics: unknown[] }[] };
    assert.deepEqual(files.map(({ path }) => path).sort(), Object.keys(FILES).sort());
  });

  it('misses what is not among them', async () => {
    const { status, out } = await check('a');
    assert.equal(status, 1);
    assert.match(out, /module 'kong\.plugins\.b\.shared' not found/);
  });

  it('describes the rule of every result in its SARIF', async () => {
    const { out } = await check('a', '--format', 'sarif');
    const [run] = (JSON.parse(out) as { runs: Sarif[] }).runs;
    assert.deepEqual(
      run?.results.map(({ ruleId, ruleIndex }) => [ruleId, run.tool.driver.rules[ruleIndex ?? -1]?.id]),
      [['kong/plugin-module-missing-dependency', 'kong/plugin-module-missing-dependency']],
    );
  });

  describe('of files that are named', () => {
    const broken = {
      'c/kong/plugins/c/handler.lua': 'require "kong.plugins.c.lib"\nreturn { PRIORITY = 10, VERSION = "1.0.0" }\n',
      'c/kong/plugins/c/schema.lua': SCHEMA.replace('NAME', 'c'),
      'c/kong/plugins/c/lib.lua': 'return 1\n',
      'c/kong/plugins/d/handler.lua': 'require "kong.plugins.c.lib"\nreturn { PRIORITY = 10, VERSION = "1.0.0" }\n',
      'c/kong/plugins/d/schema.lua': SCHEMA.replace('NAME', 'd'),
      'c/kong-plugin-c-1.0.0-1.rockspec': rockspecOf('c', '', ['handler', 'schema']),
    };
    const HANDLER = 'c/kong/plugins/c/handler.lua';
    beforeEach(async () => {
      for (const [path, text] of Object.entries(broken)) {
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), text);
      }
    });
    afterEach(() => rm(join(dir, 'c'), { recursive: true }));

    const unlisted = (out: string): number => out.split('\n').filter((line) => line.includes(`${HANDLER}:1:`)).length;

    it('says of a file, of its folder and of its project the same, each thing once', async () => {
      for (const paths of [[HANDLER], ['c/kong/plugins/c'], ['c'], ['.', HANDLER], [HANDLER, 'c/kong/plugins/c/schema.lua']]) {
        const { status, out } = await check(...paths);
        assert.equal(status, 1, out);
        assert.equal(unlisted(out), 1, `${paths.join(' ')}: ${out}`);
      }
    });

    it('tells of nothing but the named files', async () => {
      const { out } = await check('c/kong/plugins/c/schema.lua', 'c/kong/plugins/c/lib.lua');
      assert.equal(out, '2 files checked: nothing to complain about.\n');
    });

    it('tells what is wrong with a file of two plugins once', async () => {
      await writeFile(join(dir, 'c/kong/plugins/c/lib.lua'), 'local x = = 1\n');
      const ofD = ['handler', 'schema'].map((part) => `["kong.plugins.d.${part}"] = "kong/plugins/d/${part}.lua", `).join('');
      const rockspec = rockspecOf('c', '', ['handler', 'schema', 'lib']).replace('modules = {', `modules = { ${ofD}`);
      await writeFile(join(dir, 'c/kong-plugin-c-1.0.0-1.rockspec'), rockspec);
      const { out } = await check('c');
      assert.equal(out.match(/lib\.lua:1:11: error/g)?.length, 1, out);
    });
  });

  describe('--fix', () => {
    const SCHEMA_FILE = 'f/kong/plugins/f/schema.lua';
    const HANDLER_FILE = 'f/kong/plugins/f/handler.lua';
    const field = (text: string): string => SCHEMA.replace('NAME', 'f').replace('fields = {} ', `fields = { ${text} } `);
    const WRONG = field('a = { type = "string", enum = { "x" } }, { b = { type = "strng" } }');
    beforeEach(async () => {
      await mkdir(join(dir, 'f/kong/plugins/f'), { recursive: true });
      await writeFile(join(dir, HANDLER_FILE), 'local F = { VERSION = "1.0.0" }\nfunction F:access() end\n');
      await writeFile(join(dir, SCHEMA_FILE), WRONG);
      await writeFile(join(dir, 'f/kong.conf'), '# Größe\nlog_levle = debug # für die Probe\n');
    });
    afterEach(() => rm(join(dir, 'f'), { recursive: true }));

    const textOf = (path: string): Promise<string> => readFile(join(dir, path), 'utf8');

    it('mends, over several rounds, what the loader refuses and has one right answer', async () => {
      const { status, out } = await check('f', '--fix', '--yes');
      assert.equal(await textOf(SCHEMA_FILE), field('{ a = { type = "string", one_of = { "x" } } }, { b = { type = "strng" } }'));
      assert.equal(status, 1);
      assert.match(out, /strng/);
      assert.equal((await check('f', '--fix', '--unsafe', '--yes')).status, 0);
      assert.match(await textOf(SCHEMA_FILE), /b = \{ type = "string" \}/);
      assert.match(await textOf(HANDLER_FILE), /^local F = \{.*PRIORITY = \d+.*\nreturn F\n$/s);
    });

    it('mends nothing that nobody agreed to, and shows what it would', async () => {
      const asked = await check('f', '--fix');
      assert.equal(asked.status, 2);
      assert.match(asked.out, /Nothing was changed/);
      const { out } = await check('f', '--fix', '--dry-run');
      assert.match(out, /\+ return \{.* one_of = \{ "x" \}/);
      assert.equal(await textOf(SCHEMA_FILE), WRONG);
      const { changes } = JSON.parse(
        (await commandLine(['check', 'f', '--fix', '--dry-run', '--format', 'json'], { cwd: dir })).out,
      ) as { changes: { path: string }[] };
      assert.deepEqual(
        changes.map(({ path }) => path),
        [SCHEMA_FILE],
      );
    });

    it('says without it that it would help, and which fixes there are', async () => {
      assert.match((await check('f')).out, /--fix mends what has one right answer, in 1 of them/);
      const { files } = JSON.parse((await check('f', '--format', 'json')).out) as {
        files: { path: string; diagnostics: { fixes?: { title: string; safe: boolean }[] }[] }[];
      };
      const titles = files.flatMap(({ diagnostics }) => diagnostics.flatMap(({ fixes = [] }) => fixes.map(({ title }) => title)));
      assert.ok(titles.includes('Put each field in braces of its own'), titles.join('\n'));
    });

    it('mends a kong.conf whose lines are not ASCII', async () => {
      await check('f/kong.conf', '--fix', '--unsafe', '--yes');
      assert.equal(await textOf('f/kong.conf'), '# Größe\nlog_level = debug # für die Probe\n');
    });
  });

  describe('where something may not be read', () => {
    const NOBODY = 65_534;
    let closed: string;
    let programs: string;
    before(async () => {
      programs = await mkdtemp(join(tmpdir(), 'kong-plugin-cli-'));
      await chmod(programs, 0o755);
      await bundled(join(programs, 'cli.cjs'));
    });
    after(() => rm(programs, { recursive: true, force: true }));
    beforeEach(async () => {
      closed = await mkdtemp(join(tmpdir(), 'kong-plugin-closed-'));
      const rockspec =
        'package = "kong-plugin-a"\nversion = "1.0.0-1"\nsource = { url = "git+https://example.com/a.git" }\ndescription = { summary = "A", license = "MIT" }\nbuild = { type = "builtin", modules = { ["kong.plugins.a.handler"] = "kong/plugins/a/handler.lua", ["kong.plugins.a.schema"] = "kong/plugins/a/schema.lua" } }\n';
      const alone = { 'a/kong/plugins/a/handler.lua': 'return { PRIORITY = 10, VERSION = "1.0.0" }\n' };
      for (const [path, text] of Object.entries({ ...FILES, ...alone, 'a/kong-plugin-a-1.0.0-1.rockspec': rockspec })) {
        await mkdir(dirname(join(closed, path)), { recursive: true });
        await writeFile(join(closed, path), text);
      }
      await chmod(closed, 0o755);
    });
    afterEach(async () => {
      await chmod(join(closed, 'a/kong/plugins/a'), 0o755);
      await rm(closed, { recursive: true, force: true });
    });

    /** Runs the check as somebody to whom permissions apply: as one file, because the project may lie where nobody but root may look. */
    async function checkAsNobody(): Promise<{ status: number | null; out: string }> {
      const isRoot = process.geteuid?.() === 0;
      const args = [join(programs, 'cli.cjs'), 'check', ...['a', 'b'].map((name) => join(closed, name))];
      const ended = await runProcess({ command: process.execPath, args, cwd: closed, ...(isRoot ? { uid: NOBODY } : {}) });
      return { status: ended.code, out: printedBy(ended) };
    }

    it('a folder is said to be unreadable, once, and not that its files are missing', async () => {
      await chmod(join(closed, 'a/kong/plugins/a'), 0);
      const { status, out } = await checkAsNobody();
      assert.equal(status, 1);
      assert.equal(out.match(/kong\/plugins\/a cannot be read: no permission/g)?.length, 1, out);
      assert.equal(out.match(/The folder kong\/plugins\/a cannot be read/g)?.length, 1, out);
      assert.doesNotMatch(out, /There is no file/);
      assert.match(out, /4 files checked/);
    });

    for (const path of ['a/kong/plugins/a/handler.lua', 'a/kong-plugin-a-1.0.0-1.rockspec']) {
      it(`a file is said to be unreadable, and the others are checked: ${path}`, async () => {
        await chmod(join(closed, path), 0);
        const { status, out } = await checkAsNobody();
        assert.equal(status, 1);
        const said = out.split('\n').filter((line) => line.includes('error'));
        assert.match(said[0] ?? '', new RegExp(`${path}:1:1: error: This file cannot be read: no permission`), out);
        assert.equal(said.length, 2, out);
        assert.match(out, /6 files checked/);
      });
    }
  });
});
