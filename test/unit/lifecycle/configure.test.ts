// A plugin put to use on a folder, by the command line: checked, written into its declarative file and nothing else, seen there, undone when that fails.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationResult } from '../../../src/lifecycle/types';
import { commandLine, type Said } from '../cli/commandLine';
import { GOOD, PLUGINS } from './folderNode';
import { filesIn, HANDLER, project, withFolder, writeFiles } from './plugins';

const YML = `# ours
_format_version: "3.0"
services:
- name: orders   # with a comment
  url: http://x
consumers:
- username: a/b
`;
const SCHEMA = `local typedefs = require "kong.db.schema.typedefs"
return { name = "hello", fields = { { consumer = typedefs.no_consumer }, { config = { type = "record", fields = {
  { greeting = { type = "string", required = true } }, { limit = { type = "integer", between = { 1, 9 } } },
  { on = { type = "boolean", default = false } }, { words = { type = "array", elements = { type = "string" } } },
  { api_key = { type = "string", referenceable = true } },
  { map = { type = "map", keys = { type = "string" }, values = { type = "number" } } },
} } } } }
`;
const FILES = {
  'kong.conf': 'database = off\nplugins = bundled,hello\ndeclarative_config = kong.yml\n',
  'kong.yml': YML,
  [`${PLUGINS}/hello/handler.lua`]: HANDLER(),
  [`${PLUGINS}/hello/schema.lua`]: SCHEMA,
};

interface Folder {
  at: string;
  yml: () => Promise<string>;
  /** Runs `kong-plugin ARGS --node folder:… --format json`. */
  run: (...args: string[]) => Promise<Said & { result: OperationResult }>;
  /** The id of the one use of hello. */
  id: () => Promise<string>;
}

function onFolder(test: (folder: Folder) => Promise<void>, files: Readonly<Record<string, string>> = FILES): () => Promise<void> {
  return () =>
    withFolder(async (at) => {
      await writeFiles(at, files);
      const run: Folder['run'] = async (...args) => {
        const said = await commandLine([...args, '--node', `folder:${at}`, '--format', 'json'], { cwd: at });
        const { results } = JSON.parse(said.out) as { results?: OperationResult[] };
        return { ...said, result: results?.[0] ?? { node: '', ok: false, steps: [], findings: [] } };
      };
      const id = async (): Promise<string> => {
        const { out } = await commandLine(['uses', 'hello', '--node', `folder:${at}`, '--format', 'json']);
        const [node] = (JSON.parse(out) as { nodes: { uses: { id: string }[] }[] }).nodes;
        assert.equal(node?.uses.length, 1, out);
        return node.uses[0]?.id ?? '';
      };
      await test({ at, yml: () => readFile(join(at, 'kong.yml'), 'utf8'), run, id });
    });
}

const names = ({ steps }: OperationResult): string[] => steps.map(({ name, status }) => `${name} ${status}`);

describe('configure on a folder', () => {
  it(
    'adds to the declarative file, changes that, switches it off, and takes it away again',
    onFolder(async ({ run, yml, id }) => {
      const words = ['greeting=hi', 'limit=5', 'on=true', 'words=a', 'words=b=c', 'map.x.y=1.5', 'api_key=s3cr3t-1234'];
      const planned = await run('configure', 'hello', '--on', 'service:orders', ...words, '--dry-run');
      assert.deepEqual(names(planned.result), [
        'check planned',
        'configure planned',
        'load planned',
        'verify planned',
        'next-start planned',
      ]);
      assert.equal(await yml(), YML);
      const { status, out, err, result } = await run('configure', 'hello', '--on', 'service:orders', ...words);
      assert.equal(status, 0, out);
      assert.deepEqual(names(result), ['check done', 'configure done', 'load skipped', 'verify done', 'next-start done']);
      assert.ok(!`${planned.out}${out}${err}`.includes('s3cr3t'), out);
      assert.match(out, /config\.api_key could be a reference/);
      const entry = `plugins:\n- name: hello\n  service: orders\n  config:\n    greeting: hi\n    limit: 5\n    "on": true\n    words:\n      - a\n      - b=c\n    map:\n      x.y: 1.5\n    api_key: s3cr3t-1234\n`;
      assert.equal(await yml(), YML + entry);
      assert.deepEqual(names((await run('configure', 'hello', '--on', 'service:orders', ...words)).result), [
        'check done',
        'configure skipped',
      ]);
      const other = await run('configure', 'hello', '--on', 'service:orders', 'greeting=ho');
      assert.equal(other.status, 1);
      assert.match(other.result.steps[0]?.detail ?? '', /is configured already, in another way: .*--edit/);

      const use = await id();
      const edited = await run('configure', '--edit', use, 'greeting=ho', 'map.z=2', '--disable');
      assert.equal(edited.status, 0, edited.out);
      const now = `${entry.replace('hi', 'ho').replace('x.y: 1.5\n', 'x.y: 1.5\n      z: 2\n')}  enabled: false\n`;
      assert.equal(await yml(), YML + now);
      assert.deepEqual(names((await run('configure', 'hello', '--edit', use, '--disable')).result), [
        'check done',
        'configure skipped',
      ]);
      assert.equal((await run('configure', '--edit', use, '--enable')).status, 0);
      assert.equal(await yml(), YML + now.replace('enabled: false', 'enabled: true'));

      const gone = await run('unconfigure', use);
      assert.deepEqual(names(gone.result), ['unconfigure done', 'load skipped', 'verify done', 'next-start done']);
      assert.equal(await yml(), YML);
      assert.equal((await run('unconfigure', use)).status, 1);
    }),
  );

  it(
    'makes a file where there is none, and names it in kong.conf',
    onFolder(
      async ({ at, run, yml }) => {
        const { status, result, out } = await run('configure', 'hello', '--on', 'global', 'greeting=hi');
        assert.equal(status, 0, out);
        assert.deepEqual(names(result).slice(1, 3), ['configure done', 'declare done']);
        assert.equal(await yml(), '_format_version: "3.0"\nplugins:\n- name: hello\n  config:\n    greeting: hi\n');
        assert.match(await readFile(join(at, 'kong.conf'), 'utf8'), /^declarative_config = .*\/kong\.yml$/m);
      },
      {
        ...Object.fromEntries(Object.entries(FILES).filter(([name]) => name !== 'kong.yml')),
        'kong.conf': 'database = off\nplugins = bundled,hello\n',
      },
    ),
  );

  it(
    'refuses what Kong would refuse, on the field and its line, and changes nothing',
    onFolder(async ({ at, run, yml }) => {
      const wrong = await run('configure', 'hello', '--on', 'service:orders', 'limit=x', 'nope=1');
      assert.equal(wrong.status, 1);
      const fields = wrong.result.findings.map(({ id, plugin, details }) => [id, plugin, details?.['path']]);
      assert.deepEqual(fields.sort(), [
        ['admin-api-schema-violation', 'hello', 'config.greeting'],
        ['admin-api-schema-violation', 'hello', 'config.limit'],
        ['admin-api-schema-violation', 'hello', 'config.nope'],
      ]);
      await writeFile(join(at, 'c.yml'), 'greeting: hi\nlimit: 50\n');
      const inFile = await run('configure', 'hello', '--on', 'global', '--config', 'c.yml', '--dry-run');
      assert.deepEqual(
        inFile.result.findings.map(({ file, line, evidence }) => [file, line, evidence[0]?.text]),
        [['c.yml', 2, 'config.limit: value should be between 1 and 9']],
      );
      const scoped = await run('configure', 'hello', '--on', 'consumer:a/b', 'greeting=hi');
      assert.deepEqual(
        scoped.result.findings.map(({ id }) => id),
        ['admin-api-forbidden-scope'],
      );
      assert.equal(await yml(), YML);
    }),
  );

  it(
    'takes the skeletons that `schema` makes',
    onFolder(async ({ at, run, yml }) => {
      for (const form of ['admin', 'declarative', 'kubernetes']) {
        const made = await commandLine(['schema', 'hello', '--as', form, '--in', join(at, 'share/lua/5.1')]);
        await writeFile(join(at, 'skeleton'), made.out);
        const { status, result, out } = await run(
          'configure',
          'hello',
          '--on',
          'service:orders',
          '--config',
          'skeleton',
          'greeting=hi',
        );
        assert.equal(status, 0, `${form}: ${out}`);
        assert.ok(names(result).includes('configure done') || form !== 'admin', out);
      }
      assert.match(await yml(), /greeting: hi\n/);
    }),
  );

  it('goes the whole way with an installation, or not at all', () =>
    withFolder(async (at) => {
      await writeFiles(at, { 'node/kong.conf': 'database = off\n', 'c.yml': 'greeting: hi\n', 'wrong.yml': 'greting: hi\n' });
      await writeFiles(join(at, 'hello'), project('hello'));
      const run = (...args: string[]): Promise<Said> =>
        commandLine(['install', 'hello', '--node', 'folder:node', '--format', 'json', ...args], { cwd: at });
      const before = await filesIn(join(at, 'node'));
      const wrong = await run('--configure', 'wrong.yml');
      assert.equal(wrong.status, 1, wrong.out);
      const [refused] = (JSON.parse(wrong.out) as { results: OperationResult[] }).results;
      assert.deepEqual(
        refused?.findings.map(({ file, details }) => [file, details?.['path']]),
        [['wrong.yml', 'config.greting']],
      );
      assert.deepEqual(await filesIn(join(at, 'node')), before);
      const { status, out } = await run('--configure', 'c.yml');
      assert.equal(status, 0, out);
      const [done] = (JSON.parse(out) as { results: OperationResult[] }).results;
      assert.ok(done);
      assert.deepEqual(names(done).slice(-6), [
        'check done',
        'configure done',
        'declare done',
        'load skipped',
        'verify done',
        'next-start done',
      ]);
      assert.match(await readFile(join(at, 'node/kong.yml'), 'utf8'), /- name: hello\n {2}config:\n {4}greeting: hi/);
    }));

  const refusals: readonly [what: string, args: string[], status: number, says: RegExp][] = [
    [
      'an unknown entity',
      ['hello', '--on', 'service:nosuch', 'greeting=hi'],
      1,
      /There is no service ..nosuch.. here\. There is orders\./,
    ],
    ['an unknown kind', ['hello', '--on', 'servise:orders'], 2, /nothing that a plugin can be applied to/],
    ['no scope', ['hello', 'greeting=hi'], 2, /What is it applied to/],
    ['a name with a slash', ['he/llo', '--on', 'global'], 2, /./],
    ['a plugin that is not enabled', ['other', '--on', 'global'], 1, /other is not enabled on this node/],
    ['a word that is no field', ['hello', '--on', 'global', '=x'], 2, /is no field=value/],
    ['an unknown id', ['--edit', 'x', '--disable'], 1, /Nothing on this node has the id x/],
    ['two scalars', ['hello', '--on', 'global', 'limit=1', 'limit=2'], 2, /given 2 times/],
    ['a file that is not there', ['hello', '--on', 'global', '--config', 'nosuch.yml'], 2, /nosuch\.yml: it is not there/],
    ['a file of two documents', ['hello', '--on', 'global', '--config', 'two.yml'], 2, /two\.yml:2: a second document/],
    [
      'a file with a key twice',
      ['hello', '--on', 'global', '--config', 'twice.yml'],
      2,
      /twice\.yml:2: ..greeting.. stands here twice/,
    ],
    [
      'a file of another plugin',
      ['hello', '--on', 'global', '--config', 'other.yml'],
      2,
      /other\.yml:1: .*"other.", not of hello/,
    ],
    [
      'a file that says where',
      ['hello', '--on', 'global', '--config', 'where.yml'],
      2,
      /where\.yml:2: service is not said by the file/,
    ],
  ];
  for (const [what, args, status, says] of refusals) {
    it(
      `refuses ${what}`,
      onFolder(
        async ({ run, yml }) => {
          const said = await run('configure', ...args);
          assert.match(said.out, says);
          assert.equal(said.status, status, said.out);
          assert.equal(await yml(), YML);
        },
        {
          ...FILES,
          'two.yml': 'greeting: hi\n---\ngreeting: ho\n',
          'twice.yml': 'greeting: hi\ngreeting: ho\n',
          'other.yml': 'name: other\nconfig: {}\n',
          'where.yml': 'config: {greeting: hi}\nservice: orders\n',
        },
      ),
    );
  }

  it(
    'refuses a folder whose Kong keeps its configuration in a database',
    onFolder(
      async ({ run }) => {
        const { status, out } = await run('configure', 'hello', '--on', 'global', 'greeting=hi');
        assert.equal(status, 3, out);
        assert.match(out, /database = postgres.*Set database = off/);
      },
      { 'kong.conf': 'plugins = bundled,hello\n', ...GOOD },
    ),
  );
});
