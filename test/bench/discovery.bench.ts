// Finding the plugins of a generated workspace beside `rg --files`, which only lists it; and following one change.
// Run: npx tsx test/bench/discovery.bench.ts [plugins, 10000 when missing]; ripgrep must be installed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDiscovery } from '../../src/plugin/discovery';

const PLUGINS = Number(process.argv[2] ?? 10_000);
const ROUNDS = 3;
const GOAL = 2;

/** Twenty files a plugin, as the plugin template has them. */
function makePlugin(root: string, i: number): void {
  const name = `plugin-${i}`;
  const project = join(root, `group-${i % 100}`, name);
  const dir = join(project, 'kong', 'plugins', name);
  mkdirSync(join(dir, 'migrations'), { recursive: true });
  mkdirSync(join(project, 'spec', name), { recursive: true });
  mkdirSync(join(project, 'docs'));
  for (const file of ['handler', 'schema', 'daos', 'api', 'util', 'access', 'migrations/init', 'migrations/000_base']) {
    writeFileSync(join(dir, `${file}.lua`), 'return {}\n');
  }
  for (const file of ['01_spec', '02_spec', '03_spec']) writeFileSync(join(project, 'spec', name, `${file}.lua`), '\n');
  for (const file of ['docs/a.md', 'docs/b.md', 'docs/c.md', 'docs/d.md', 'docs/e.md', 'README.md', 'LICENSE', '.luacheckrc']) {
    writeFileSync(join(project, file), '\n');
  }
  const modules = ['handler', 'schema'].map(
    (file) => `    ["kong.plugins.${name}.${file}"] = "kong/plugins/${name}/${file}.lua",\n`,
  );
  const text = `package = "kong-plugin-${name}"\nversion = "0.1.0-1"\nbuild = {\n  type = "builtin",\n  modules = {\n${modules.join('')}  },\n}\n`;
  writeFileSync(join(project, `kong-plugin-${name}-0.1.0-1.rockspec`), text);
}

function best(times: readonly number[]): number {
  return Math.round(Math.min(...times));
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'kpw-discovery-'));
  try {
    for (let i = 0; i < PLUGINS; i++) makePlugin(root, i);
    const listing: number[] = [];
    const finding: number[] = [];
    const changing: number[] = [];
    let listed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      let start = performance.now();
      const { stdout } = spawnSync('rg', ['--files', root], { maxBuffer: 1 << 30 });
      listing.push(performance.now() - start);
      listed = stdout.toString().split('\n').length - 1;
      start = performance.now();
      const discovery = await openDiscovery([root]);
      finding.push(performance.now() - start);
      if (discovery.plugins.length !== PLUGINS) throw new Error(`found ${discovery.plugins.length} of ${PLUGINS} plugins`);
      start = performance.now();
      await discovery.applyChanges([discovery.plugins[0]?.handler ?? root]);
      changing.push(performance.now() - start);
    }
    const ratio = best(finding) / best(listing);
    console.log(`${PLUGINS} plugins, ${listed} files (best of ${ROUNDS})`);
    console.log(`rg --files: ${best(listing)} ms`);
    console.log(`discovery: ${best(finding)} ms, ${ratio.toFixed(2)} times rg (goal: at most ${GOAL})`);
    console.log(`one change: ${best(changing)} ms`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
