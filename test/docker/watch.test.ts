// Watching on real containers: a save is loaded and verified, a broken one is not synced or undone, a mount only reloads, several nodes at once.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../src/cli/program';
import type { ToldTry } from '../../src/cli/tryAfter';
import type { Round } from '../../src/lifecycle/operations/watch';
import { testNodeImage } from '../equipment/image';
import { getJson, loadedPlugins, ready, startTestNode, until, type TestNode } from '../equipment/testNode';
import { CWD, kongPlugin, operation } from './commandLine';
import { pluginFolder, type PluginFolder } from './pluginFixture';

/** What is printed of a save. */
type TriedRound = Round & { tried?: ToldTry[] };

/** A `kong-plugin watch` that runs. */
interface Watching {
  /** The next round that nobody has asked for yet. */
  next(): Promise<TriedRound>;
  rounds: TriedRound[];
  stop(): Promise<number>;
}

function watch(dir: string, node: string, ...more: string[]): Watching {
  const stop = new AbortController();
  const rounds: TriedRound[] = [];
  let err = '';
  let taken = 0;
  const ended = run(['watch', dir, '--node', node, ...more, '--format', 'json'], {
    cwd: CWD,
    env: process.env,
    out: (text) => rounds.push(JSON.parse(text) as TriedRound),
    err: (text) => void (err += text),
    stdin: Readable.from([]),
    interactive: false,
    signal: stop.signal,
  });
  return {
    rounds,
    next: () =>
      until(`round ${taken + 1} ${err}`, () => Promise.resolve(rounds[taken]), 30_000).then((round) => (taken++, round)),
    stop: async () => {
      stop.abort(new Error('Stopped.'));
      return ended;
    },
  };
}

const handler = (version: string): string => `return { PRIORITY = 1000, VERSION = "${version}" }\n`;

async function versionOn(node: TestNode, plugin: string): Promise<string | undefined> {
  const root = await getJson<{ plugins: { available_on_server: Record<string, { version?: string }> } }>(await node.admin());
  return root?.plugins.available_on_server[plugin]?.version;
}

describe('watch', function () {
  this.timeout(120_000);
  let plugin: PluginFolder;
  let node: TestNode;
  let file: string;
  let watching: Watching | undefined;

  beforeEach(async () => {
    plugin = await pluginFolder('seen');
    file = path.join(plugin.dir, 'kong/plugins/seen/handler.lua');
    node = await startTestNode();
    await ready(node);
  });
  afterEach(async () => {
    await watching?.stop();
    watching = undefined;
    await node.remove();
    await plugin.remove();
  });

  it('installs what is not there, then brings every save, and leaves on Ctrl-C with 0', async () => {
    watching = watch(plugin.dir, node.id, '--try', '/nowhere');
    const first = await watching.next();
    assert.ok(first.results[0]?.ok, JSON.stringify(first, null, 2));
    assert.deepEqual(first.tried, [
      { node: node.id, name: 'GET /nowhere', ok: true, status: 404, text: 'GET /nowhere → 404', failures: [] },
    ]);
    assert.ok((await loadedPlugins(node)).includes('seen'));
    for (const version of ['0.2.0', '0.3.0']) {
      await writeFile(file, handler(version));
      const round = await watching.next();
      assert.ok(round.results[0]?.ok, JSON.stringify(round, null, 2));
      assert.equal(await versionOn(node, 'seen'), version);
    }
    assert.equal(await watching.stop(), 0);
    // what was watched can be removed as if it had been installed once
    const { results } = await operation('remove', 'seen', '--node', node.id, '--yes');
    assert.ok(results[0]?.ok, JSON.stringify(results, null, 2));
    assert.equal(await node.sh("find / -path '*kong/plugins/seen*' -not -path '/proc/*' 2>/dev/null || true"), '');
  });

  it('follows new and deleted modules', async () => {
    await operation('install', plugin.dir, '--node', node.id);
    watching = watch(plugin.dir, node.id);
    await watching.next();
    const more = path.join(plugin.dir, 'kong/plugins/seen/more');
    const rockspec = path.join(plugin.dir, 'kong-plugin-seen-0.1.0-1.rockspec');
    await mkdir(more);
    await writeFile(path.join(more, 'words.lua'), 'return "9.9.9"\n');
    const { readFile } = await import('node:fs/promises');
    const text = await readFile(rockspec, 'utf8');
    await writeFile(
      rockspec,
      text.replace('modules = {', 'modules = {\n    ["kong.plugins.seen.more.words"] = "kong/plugins/seen/more/words.lua",'),
    );
    await writeFile(file, 'return { PRIORITY = 1000, VERSION = require "kong.plugins.seen.more.words" }\n');
    await until('the new module', async () => ((await versionOn(node, 'seen')) === '9.9.9' ? true : undefined), 20_000);
    await writeFile(rockspec, text);
    await writeFile(file, handler('1.1.1'));
    await rm(more, { recursive: true });
    await until('the old shape', async () => ((await versionOn(node, 'seen')) === '1.1.1' ? true : undefined), 20_000);
    const there = 'find /usr/local/share/lua -name words.lua';
    await until('the deletion', async () => ((await node.sh(there)) === '' ? true : undefined), 20_000);
  });

  it('does not bring what Kong would refuse, says why, and goes on with the next save', async () => {
    await operation('install', plugin.dir, '--node', node.id);
    watching = watch(plugin.dir, node.id);
    await watching.next();
    const schema = path.join(plugin.dir, 'kong/plugins/seen/schema.lua');
    await writeFile(schema, 'return { name = "seen", fields = { { config = { type = "recrd" } } } }\n');
    const refused = await watching.next();
    assert.equal(refused.results[0]?.ok, false);
    assert.equal(refused.results[0].steps.at(-1)?.name, 'preflight');
    assert.equal(refused.results[0].findings[0]?.plugin, 'seen', JSON.stringify(refused));
    assert.equal(await node.sh('grep -c recrd /usr/local/share/lua/5.1/kong/plugins/seen/schema.lua || true'), '0');
    await writeFile(schema, 'return { name = "seen", fields = { { config = { type = "record", fields = {} } } } }\n');
    assert.ok((await watching.next()).results[0]?.ok);
  });

  it('undoes what only a real load refuses', async () => {
    await operation('install', plugin.dir, '--node', node.id);
    const before = await node.sh('md5sum /usr/local/share/lua/5.1/kong/plugins/seen/*');
    watching = watch(plugin.dir, node.id);
    await watching.next();
    await writeFile(file, `local x = os.getenv("NO_SUCH") .. "x"\n${handler('0.4.0')}`);
    const { results } = await watching.next();
    assert.equal(results[0]?.ok, false, JSON.stringify(results));
    assert.equal(results[0].findings[0]?.plugin, 'seen', JSON.stringify(results));
    assert.equal(await node.sh('md5sum /usr/local/share/lua/5.1/kong/plugins/seen/*'), before);
    assert.ok((await loadedPlugins(node)).includes('seen'));
  });

  it('drops what a newer save made pointless', async () => {
    await operation('install', plugin.dir, '--node', node.id);
    watching = watch(plugin.dir, node.id);
    await watching.next();
    for (let i = 0; i < 20; i++) {
      await writeFile(file, handler(`1.0.${i}`));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await until('the last save', async () => ((await versionOn(node, 'seen')) === '1.0.19' ? true : undefined), 20_000);
    assert.ok(watching.rounds.length < 6, `${watching.rounds.length} rounds for 20 saves`);
    assert.ok(watching.rounds.every(({ results }) => results[0]?.ok));
  });

  it('only reloads a development node, which sees the files themselves', async () => {
    const { out } = await kongPlugin('dev', plugin.dir, '--image', await testNodeImage('3.9.1'), '--format', 'json');
    const started = JSON.parse(out) as { node: string; admin: string };
    try {
      watching = watch(plugin.dir, started.node);
      await watching.next();
      await writeFile(file, handler('0.9.0'));
      const { results } = await watching.next();
      assert.deepEqual(
        results[0]?.steps.map(({ name, status }) => `${name} ${status}`),
        ['preflight done', 'copy skipped', 'reload done', 'verify done'],
      );
      assert.match(results[0].steps.at(-1)?.detail ?? '', /VERSION 0\.9\.0/);
    } finally {
      await watching?.stop();
      await kongPlugin('dev', '--stop', plugin.dir);
    }
  });

  it('takes every node, and a node that is gone does not hold up the other', async () => {
    const other = await startTestNode();
    try {
      await ready(other);
      watching = watch(plugin.dir, node.id, '--node', other.id);
      assert.deepEqual(
        (await watching.next()).results.map(({ ok }) => ok),
        [true, true],
      );
      await other.remove();
      await writeFile(file, handler('0.5.0'));
      let { results } = await watching.next();
      // that it is gone may be heard before the save is brought
      if (results.length === 1) ({ results } = await watching.next());
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [true, false],
        JSON.stringify(results, null, 2),
      );
      assert.equal(await versionOn(node, 'seen'), '0.5.0');
      // another container of its name gets the plugin, without a save
      const again = await startTestNode({ name: other.name });
      await until('the plugin on it', async () => ((await versionOn(again, 'seen')) === '0.5.0' ? true : undefined), 30_000);
    } finally {
      await other.remove().catch(() => undefined);
    }
  });
});
