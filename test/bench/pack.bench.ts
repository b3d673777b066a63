// Packing beside `luarocks make` and `luarocks pack`, of a plugin of template size and of one with 700 modules. Ours runs in a warm process, as in the
// editor, and once as the whole command line, Node's start included; LuaRocks can only be started.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packProject } from '../../src/archive/pack';
import { runProcess } from '../../src/system/process';
import { luarocks, writeProject } from '../unit/archive/luarocks';
import { modulesOf, plugin, rockspec } from '../unit/archive/projects';

const SIZES = [
  { name: 'template', modules: 0 },
  { name: '700 modules', modules: 700 },
];
/** A program starts anew each time; what runs in this process is measured as a running editor has it. */
const PROGRAM_ROUNDS = 5;
const OWN_ROUNDS = 25;

async function milliseconds(work: () => Promise<unknown>, rounds = PROGRAM_ROUNDS): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

async function measure(name: string, modules: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kong-plugin-bench-'));
  try {
    const names = Array.from({ length: modules }, (_, i) => `part${i}`);
    const lines = names.map((part) => `, ["kong.plugins.big.${part}"] = "kong/plugins/big/${part}.lua"`).join('\n');
    const body = 'local M = {}\nfunction M.run(conf)\n  return require("kong.plugins.big.handler"), conf\nend\nreturn M\n'.repeat(
      8,
    );
    await writeProject(join(folder, 'project'), {
      files: {
        ...plugin('big'),
        ...Object.fromEntries(names.map((part) => [`kong/plugins/big/${part}.lua`, `-- ${part}\n${body}`])),
        'kong-plugin-big-1.0-1.rockspec': rockspec(
          'kong-plugin-big',
          `{ type = "builtin", modules = { ${modulesOf('big')}${lines} } }`,
        ),
        'README.md': '# big\n',
        LICENSE: 'Apache-2.0\n',
      },
    });
    const project = join(folder, 'project');
    const pack = async (): Promise<void> => {
      const archives = await packProject(project, { out: join(folder, 'ours'), mayReplace: () => Promise.resolve(true) });
      if (archives.some(({ sha256 }) => sha256 === null)) throw new Error(JSON.stringify(archives[0]?.problems));
      await rm(join(folder, 'ours'), { recursive: true });
    };
    await pack();
    const ours = await milliseconds(pack, OWN_ROUNDS);
    const command = await milliseconds(async () => {
      const args = [join(__dirname, '../../dist/cli.js'), 'pack', project, '--out', join(folder, 'ours'), '--force'];
      const { code, stderr } = await runProcess({ command: process.execPath, args });
      if (code !== 0) throw new Error(stderr.toString());
    });
    const theirs = await milliseconds(async () => {
      await luarocks(project, 'make', '--deps-mode', 'none', '--tree', join(folder, 'tree'));
      await luarocks(folder, 'pack', '--tree', join(folder, 'tree'), 'kong-plugin-big', '1.0-1');
    });
    const ratio = (time: number): string => `${(theirs / time).toFixed(1)} times as fast`;
    console.log(`${name}: luarocks make && luarocks pack ${theirs.toFixed(0)} ms`);
    console.log(`  packProject     ${ours.toFixed(1)} ms, ${ratio(ours)}`);
    console.log(`  kong-plugin pack ${command.toFixed(0)} ms, ${ratio(command)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  for (const { name, modules } of SIZES) await measure(name, modules);
}

void main();
