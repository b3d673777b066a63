// Checking a rockspec in this process beside `luarocks lint`: the plugin template, and one with as many modules as Kong's own.
// Run: npx tsx test/bench/check.bench.ts
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { modulePath } from '../../src/lua/moduleName';
import { checkRockspec } from '../../src/rockspec/check';
import { DiskFiles } from '../../src/rockspec/projectFiles';

const EDITS = 300;

interface Project {
  title: string;
  rockspec: string;
  goal: number;
}

function makeProject(root: string, title: string, modules: number, goal: number): Project {
  const parts = ['handler', 'schema', ...Array.from({ length: modules - 2 }, (_, i) => `part${Math.floor(i / 10)}.file${i}`)];
  const lines = parts.map((part) => {
    const path = `kong/plugins/bench/${modulePath(part)}.lua`;
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), part === 'handler' ? 'return { VERSION = "1.0.0", PRIORITY = 1 }\n' : 'return {}\n');
    return `    ["kong.plugins." .. name .. ".${part}"] = "${path}",\n`;
  });
  const text = `local name = "bench"
local release = "1.0.0"
package = "kong-plugin-" .. name
version = release .. "-1"
source = { url = "git+https://example.com/bench.git", tag = release }
description = { summary = "A plugin", license = "Apache-2.0" }
dependencies = { "lua >= 5.1" }
build = {
  type = "builtin",
  modules = {
${lines.join('')}  },
}
`;
  const rockspec = join(root, 'kong-plugin-bench-1.0.0-1.rockspec');
  writeFileSync(rockspec, text);
  return { title, rockspec, goal };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function measure({ title, rockspec, goal }: Project): Promise<void> {
  const text = readFileSync(rockspec, 'utf8');
  const files = new DiskFiles();
  const cold = performance.now();
  const found = await checkRockspec(text, rockspec, { files });
  const first = performance.now() - cold;
  if (found.length > 0) throw new Error(`${title}: ${JSON.stringify(found[0])}`);
  const edits: number[] = [];
  for (let i = 0; i < EDITS; i++) {
    const start = performance.now();
    await checkRockspec(`${text}-- edit ${i}\n`, rockspec, { files });
    edits.push(performance.now() - start);
  }
  const lints: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    const lint = spawnSync('luarocks', ['lint', rockspec]);
    if (lint.status !== 0) throw new Error(`luarocks lint: ${lint.stderr.toString()}`);
    lints.push(performance.now() - start);
  }
  const ours = median(edits);
  const theirs = median(lints);
  console.log(
    `${title}: first ${first.toFixed(1)} ms, per edit ${ours.toFixed(2)} ms (goal < ${goal}), luarocks lint ${theirs.toFixed(0)} ms, ${(theirs / ours).toFixed(0)} times faster`,
  );
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'check-bench-'));
  try {
    for (const [title, modules, goal] of [
      ['template', 2, 5],
      ["Kong's size", 700, 50],
    ] as const) {
      const dir = join(root, String(modules));
      mkdirSync(dir);
      await measure(makeProject(dir, title, modules, goal));
    }
  } finally {
    rmSync(root, { recursive: true });
  }
}

void main();
