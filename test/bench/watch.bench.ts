// A save until it is loaded and verified in a container by `watch`, beside `docker cp` and `kong reload` by hand, which prove nothing. Needs an engine:
// node scripts/dockerEngine.mjs npx tsx test/bench/watch.bench.ts
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startWatch, type Round } from '../../src/lifecycle/operations/watch';
import { openNodes } from '../../src/node/registry';
import { discoverPlugins } from '../../src/plugin/discovery';
import { pluginFolder } from '../docker/pluginFixture';
import { docker } from '../equipment/image';
import { getJson, ready, startTestNode, until } from '../equipment/testNode';

const ROUNDS = 7;
const GOAL = 1.3;
const TARGET = '/usr/local/share/lua/5.1/kong/plugins/bench/handler.lua';

const handler = (version: string): string => `return { PRIORITY = 1000, VERSION = "${version}" }\n`;
const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function main(): Promise<void> {
  const plugin = await pluginFolder('bench');
  const container = await startTestNode();
  const stop = new AbortController();
  // a request that a starting Kong drops does not keep a process alive
  const alive = setInterval(() => undefined, 1000);
  try {
    await ready(container);
    const admin = await container.admin();
    const file = path.join(plugin.dir, 'kong/plugins/bench/handler.lua');
    const plugins = await discoverPlugins([plugin.dir]);
    const nodes = await openNodes(container.id, { cwd: plugin.dir, env: process.env });
    let last: Round | undefined;
    const watching = startWatch({
      nodes,
      plugins: () => plugins,
      onRound: (round) => (last = round),
      onError: (error) => {
        throw error;
      },
      signal: stop.signal,
    });
    const bySave = async (version: string): Promise<void> => {
      await writeFile(file, handler(version));
      watching.changed('bench');
      await watching.idle();
      if (last?.results[0]?.ok !== true) throw new Error(JSON.stringify(last, null, 2));
    };
    /** As the commands of Kong's documentation are typed; with the variable that keeps the plugin enabled. */
    const byHand = async (version: string): Promise<void> => {
      await writeFile(file, handler(version));
      await docker('cp', file, `${container.name}:${TARGET}`);
      await docker('exec', '--env', 'KONG_PLUGINS=bundled,bench', container.name, 'kong', 'reload');
    };
    const untilLoaded = async (version: string): Promise<void> => {
      await until(version, async () => {
        const root = await getJson<{ plugins: { available_on_server: Record<string, { version?: string }> } }>(admin);
        return root?.plugins.available_on_server['bench']?.version === version ? true : undefined;
      });
    };
    await bySave('0.0.0');
    const ours: number[] = [];
    const theirs: number[] = [];
    const seen: number[] = [];
    for (let i = 1; i <= ROUNDS; i++) {
      ours.push(await timed(() => bySave(`1.0.${i}`)));
      const cp = await timed(() => byHand(`2.0.${i}`));
      theirs.push(cp);
      seen.push(cp + (await timed(() => untilLoaded(`2.0.${i}`))));
    }
    const [watchTime, handTime, seenTime] = [median(ours), median(theirs), median(seen)];
    console.log(`watch, save to verified:              ${watchTime.toFixed(0)} ms`);
    console.log(
      `docker cp && kong reload:             ${handTime.toFixed(0)} ms, ratio ${(watchTime / handTime).toFixed(2)} (goal ${GOAL})`,
    );
    console.log(`the same, until new workers answer:   ${seenTime.toFixed(0)} ms, ratio ${(watchTime / seenTime).toFixed(2)}`);
  } finally {
    clearInterval(alive);
    stop.abort(new Error('Done.'));
    await container.remove();
    await plugin.remove();
  }
}

void main();
