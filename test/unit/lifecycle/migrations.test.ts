// A plugin with migrations: its database is changed once somebody agreed, with the plugin in place and before Kong loads it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { enableOperation } from '../../../src/lifecycle/operations/enable';
import { installOperation, type InstallOptions } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { recover } from '../../../src/lifecycle/plan/recover';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { folderNode } from '../../../src/node/folder';
import type { OperationResult } from '../../../src/lifecycle/types';
import { fakeNode, stateOf, type FakeNode, type FakeOptions } from './fakeNode';
import { project, withFolder, writeFiles } from './plugins';
import { statuses } from './runningKong';

/** The database of a scripted Kong, as `kong migrations` finds it. */
interface Database {
  executed: Set<string>;
  pending: Set<string>;
  /** `ACTION PLUGINS`, as they were run. */
  ran: string[];
  /** What `list` says in place of an answer. */
  broken?: string;
}

const MIGRATIONS = ['000_base_hello', '001_more'];
const SQL = (half: string): string => `return { postgres = { up = [[ CREATE TABLE IF NOT EXISTS hello (id uuid) ]]${half} } }\n`;

/** A project whose second migration has a second half. */
function projectWithMigrations(): Record<string, string> {
  const names = ['init', ...MIGRATIONS];
  const files = Object.fromEntries(
    names.map((name) => [
      `kong/plugins/hello/migrations/${name}.lua`,
      name === 'init'
        ? `return { "${MIGRATIONS.join('", "')}" }\n`
        : SQL(name.startsWith('001') ? ', teardown = function() end' : ''),
    ]),
  );
  const modules = names.map(
    (name) => `    ["kong.plugins.hello.migrations.${name}"] = "kong/plugins/hello/migrations/${name}.lua",\n`,
  );
  return Object.fromEntries(
    Object.entries({ ...project('hello'), ...files }).map(([path, text]) => [
      path,
      path.endsWith('.rockspec') ? text.replace('  modules = {\n', `  modules = {\n${modules.join('')}`) : text,
    ]),
  );
}

function nodeWith(database: Database, options: FakeOptions = {}): FakeNode {
  const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres', ...options });
  const run = node.run.bind(node);
  node.run = (args, given) => {
    const [shell, , , , action = ''] = args;
    if (shell !== 'sh' || !['list', 'up', 'finish'].includes(action)) return run(args, given);
    const plugins =
      given?.env?.['KONG_PLUGINS'] ??
      /^plugins = (.*)$/m.exec(node.files.get('/etc/kong/kong.conf')?.toString() ?? '')?.[1] ??
      '';
    const isThere = node.files.has('/usr/local/share/lua/5.1/kong/plugins/hello/migrations/init.lua');
    const news = plugins.split(',').includes('hello') && isThere ? MIGRATIONS.filter((name) => !database.executed.has(name)) : [];
    if (action !== 'list') database.ran.push(`${action} ${plugins}`);
    const answer = (code: number, text: string): ReturnType<FakeNode['run']> =>
      Promise.resolve({ code, stdout: Buffer.from(text), stderr: Buffer.alloc(0), timedOut: false });
    if (database.broken !== undefined) return answer(1, database.broken);
    if (action === 'up') {
      for (const name of news) database.executed.add(name);
      if (news.includes('001_more')) database.pending.add('001_more');
      return answer(0, 'Database is up-to-date\n');
    }
    if (action === 'finish') database.pending.clear();
    const done = 'Executed migrations:\n     core: 000_base, 003_100_to_110\n\n';
    if (news.length > 0)
      return answer(5, `${done}New migrations available:\nhello: ${news.join(', ')}\n\nRun 'kong migrations up' to proceed\n`);
    return database.pending.size > 0 ? answer(4, `${done}Pending migrations:\nhello: 001_more\n`) : answer(0, done);
  };
  return node;
}

const empty = (): Database => ({ executed: new Set(), pending: new Set(), ran: [] });

/** Installs the project; what was asked goes into `asked`. */
async function install(
  node: FakeNode,
  options: Partial<InstallOptions> & { yes?: boolean; asked?: string[] } = {},
): ReturnType<typeof runPlan> {
  const { yes = true, asked = [], ...others } = options;
  const agree = (question: string): Promise<boolean> => Promise.resolve(asked.push(question) > 0 && yes);
  let result: Awaited<ReturnType<typeof runPlan>> | undefined;
  await withFolder(async (folder) => {
    await writeFiles(folder, projectWithMigrations());
    result = await runPlan(node, installOperation(await readInstallSource(folder, folder), { enable: true, agree, ...others }));
  });
  assert.ok(result !== undefined);
  return result;
}

describe('a plugin with migrations', () => {
  it('is installed: asked for, migrated before the reload, finished after the proof', async () => {
    const database = empty();
    const asked: string[] = [];
    const result = await install(nodeWith(database), { asked });
    assert.deepEqual(statuses(result), [
      'install done',
      'enable done',
      'migrate done',
      'reload done',
      'verify done',
      'finish-migrations done',
      'next-start done',
    ]);
    assert.equal(asked.length, 1);
    assert.match(asked[0] ?? '', /hello: 000_base_hello, 001_more would be executed on the database of docker:fake/);
    assert.deepEqual(database.ran, ['up bundled,hello', 'finish bundled,hello']);
  });

  it('changes nothing when nobody agrees, and says how to', async () => {
    for (const options of [{ yes: false }, { agree: undefined }]) {
      const database = empty();
      const node = nodeWith(database);
      const before = stateOf(node);
      const result = await install(node, options);
      assert.equal(result.ok, false);
      assert.deepEqual(statuses(result), ['install undone', 'enable undone', 'migrate failed']);
      assert.match(result.steps[2]?.detail ?? '', /Nobody agreed to that\..*--yes/);
      assert.deepEqual(stateOf(node), before);
      assert.deepEqual(database.ran, []);
    }
  });

  it('is installed again without a question', async () => {
    const node = nodeWith(empty());
    await install(node);
    const asked: string[] = [];
    const result = await install(node, { yes: false, asked });
    assert.equal(result.ok, true, JSON.stringify(result));
    assert.deepEqual(asked, []);
    assert.ok(statuses(result).includes('migrate skipped'));
  });

  it('says what stays in the database when Kong does not load it', async () => {
    const database = empty();
    const node = nodeWith(database, {
      onReload: (fake) => {
        if (!(fake.files.get('/etc/kong/kong.conf')?.toString().includes('hello') ?? false)) return undefined;
        fake.logText += '[error] 1#1: init_by_lua error: something broke\n';
        return { code: 0, stdout: Buffer.from('Kong reloaded\n'), stderr: Buffer.alloc(0), timedOut: false };
      },
    });
    const before = stateOf(node);
    const result = await install(node);
    assert.deepEqual(statuses(result), ['install undone', 'enable undone', 'migrate done', 'reload failed', 'undo skipped']);
    assert.match(
      result.steps.at(-1)?.detail ?? '',
      /^The database keeps what these migrations made: hello: 000_base_hello, 001_more\./,
    );
    assert.deepEqual(stateOf(node), before);
    assert.deepEqual(database.ran, ['up bundled,hello']);
  });

  it('on several nodes is migrated once, and finished by a person when all have it', async () => {
    const database = empty();
    const results: OperationResult[] = [];
    for (const id of ['docker:a', 'docker:b']) results.push(await install(nodeWith(database, { id }), { nodes: 2 }));
    const of = (name: string): string[] => results.map(({ steps }) => steps.find((step) => step.name === name)?.status ?? '');
    assert.deepEqual(of('migrate'), ['done', 'skipped']);
    assert.deepEqual(of('finish-migrations'), ['skipped', 'skipped']);
    assert.deepEqual(database.ran, ['up bundled,hello']);
  });

  it('fails with the words of Kong where they cannot be read', async () => {
    const said =
      "Error: [PostgreSQL error] migration 'kong.plugins.hello.migrations.000_base_hello' of 'hello' subsystem is invalid: schema violation (cassandra: unknown field)\n";
    const result = await install(nodeWith({ ...empty(), broken: said }));
    assert.equal(result.ok, false);
    assert.match(result.steps.find(({ name }) => name === 'migrate')?.detail ?? '', /cassandra: unknown field/);
  });

  it('is enabled with them, too, and a dry run shows the step', async () => {
    const database = empty();
    const node = nodeWith(database);
    assert.equal((await install(node, { enable: false })).ok, true);
    const operation = enableOperation('hello', { agree: () => Promise.resolve(true) });
    const planned = await runPlan(node, operation, { dryRun: true });
    assert.match(planned.steps.find(({ name }) => name === 'migrate')?.detail ?? '', /asked for, and cannot be undone/);
    assert.deepEqual(database.ran, []);
    assert.deepEqual(statuses(await runPlan(node, operation)).slice(0, 3), ['enable done', 'migrate done', 'reload done']);
    assert.deepEqual(database.ran, ['up bundled,hello', 'finish bundled,hello']);
  });

  it('has no such step without a database', async () => {
    assert.ok(!(await install(fakeNode({ conf: 'plugins = bundled\n' }))).steps.some(({ name }) => name.includes('migrat')));
  });

  it('is told what to do where no program can be run', () =>
    withFolder(async (folder) => {
      await writeFiles(join(folder, 'source'), projectWithMigrations());
      await writeFiles(join(folder, 'node'), { 'kong.conf': 'plugins = bundled\n' });
      const source = await readInstallSource(join(folder, 'source'), folder);
      const result = await runPlan(folderNode(join(folder, 'node')), installOperation(source, { enable: true }));
      assert.equal(result.ok, true, JSON.stringify(result));
      assert.match(
        result.steps.find(({ name }) => name === 'migrate')?.detail ?? '',
        /Before its next start: kong migrations up/,
      );
    }));

  it('interrupted after it, is undone with what stays named', async () => {
    const node = nodeWith(empty());
    const journal = '/usr/local/kong/.kong-plugin-workbench/journal.json';
    let kept: Buffer | undefined;
    const run = node.run.bind(node);
    node.run = (args, given) => {
      if (args[0] === 'sh' && args[4] === 'up') kept = node.files.get(journal);
      return run(args, given);
    };
    const stat = node.stat.bind(node);
    const folder = { type: 'directory', size: 0, mode: 0o755, owner: '0:0' } as const;
    node.stat = async (path) => (await stat(path)) ?? (['/usr', '/usr/local', '/etc'].includes(path) ? folder : undefined);
    await install(node);
    assert.ok(kept !== undefined);
    node.files.set(journal, kept);
    const result = await recover(node, { how: 'undo' });
    assert.match(result.steps[0]?.detail ?? '', /had changed\. The database keeps what these migrations made/);
  });
});
