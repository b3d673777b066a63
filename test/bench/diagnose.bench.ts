// Findings in a generated log of 1 GB (BENCH_MB changes that), beside rg and grep -E that only count the lines which the catalogue's messages match.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { CATALOGUE } from '../../src/troubleshoot/catalogue';
import { bundled } from '../unit/cli/bundled';

const MEGABYTES = Number(process.env['BENCH_MB'] ?? 1024);

interface Run {
  seconds: number;
  peakMegabytes: number;
  output: string;
}

async function run(command: string, args: string[]): Promise<Run> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, LC_ALL: 'C' } });
  let peak = 0;
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const poll = setInterval(() => {
    readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').then(
      (status) => (peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))),
      () => clearInterval(poll),
    );
  }, 20);
  await once(child, 'close');
  clearInterval(poll);
  return { seconds: (performance.now() - start) / 1000, peakMegabytes: peak / 1024, output };
}

/** Mostly requests and Kong's usual lines; every 20,000 lines a plugin throws, and once the node is reloaded with a broken one. */
async function generate(path: string): Promise<void> {
  const stream = createWriteStream(path);
  const lines: string[] = [];
  for (let i = 0; i < 20_000; i++) {
    const time = `2026/11/22 09:${String(i % 60).padStart(2, '0')}:07`;
    if (i % 10 === 3)
      lines.push(
        `${time} [notice] 2291#0: *${i} [lua] handler.lua:${i % 300}: log(): request ${i * 7919} done, context: ngx.timer`,
      );
    else if (i % 50 === 7)
      lines.push(
        `${time} [warn] 2291#0: *${i} a client request body is buffered to a temporary file /usr/local/kong/client_body_temp/${i}, client: 10.0.0.${i % 250}, server: kong, request: "POST /upload/${i} HTTP/1.1", host: "api.example.com"`,
      );
    else
      lines.push(
        `10.0.${i % 7}.${i % 250} - - [22/Nov/2026:09:48:16 +0000] "GET /api/v1/items/${(i * 7919) % 100_003}?page=${i}&sort=name HTTP/1.1" 200 ${(i * 31) % 50_000} "https://www.example.com/catalogue" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"`,
      );
  }
  const block = Buffer.from(`${lines.join('\n')}\n`);
  const times = Math.ceil((MEGABYTES * 2 ** 20) / block.length);
  for (let i = 0; i < times; i++) {
    const error = `2026/11/22 09:48:06 [error] 2291#0: *${i} [kong] init.lua:406 [acme-auth] ...cal/share/lua/5.1/kong/plugins/acme-auth/handler.lua:42: attempt to index local 'claims' (a nil value), client: 10.0.0.1, server: kong, request: "GET /${i} HTTP/1.1", host: "api.example.com"\n`;
    const reload = `2026/11/22 09:50:00 [error] 1#0: init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:708: error loading plugin schemas: on plugin 'acme-quota': no configuration schema found for plugin: acme-quota\nstack traceback:\n\t[C]: in function 'assert'\n`;
    if (!stream.write(block)) await once(stream, 'drain');
    stream.write(i === Math.floor(times * 0.7) ? error + reload : error);
  }
  stream.end();
  await once(stream, 'close');
}

/** The messages as the simplest expressions that still find them: literals with anything between. */
function expressions(): string {
  const texts = Object.values(CATALOGUE).flatMap(({ messages }) =>
    messages.filter(({ sign, in: where }) => sign !== true && where === undefined).map(({ text }) => text),
  );
  const patterns = texts.map((text) =>
    text
      .replace(/^\^/, '')
      .split(/\{(?:\w+(?:=[^{}]+)?|[^{}=]+\|[^{}=]+)\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
  );
  return `${[...new Set(patterns)].join('\n')}\n`;
}

async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'diagnose-bench-'));
  try {
    const log = join(dir, 'error.log');
    const patterns = join(dir, 'patterns');
    const cli = join(dir, 'cli.js');
    await generate(log);
    await writeFile(patterns, expressions());
    await bundled(cli);
    const rg = await run('rg', ['--count', '--no-config', '-f', patterns, log]);
    const ours = await run(process.execPath, [cli, 'diagnose', log, '--format', 'json']);
    const rgAgain = await run('rg', ['--count', '--no-config', '-f', patterns, log]);
    const oursAgain = await run(process.execPath, [cli, 'diagnose', log, '--format', 'json']);
    const grep = process.env['BENCH_GREP'] === '0' ? null : await run('grep', ['-cE', '-f', patterns, log]);
    const found = [...ours.output.matchAll(/"id": "([\w-]+)",\n {6}"plugin"/g)].map((match) => match[1]);
    const best = Math.min(ours.seconds, oursAgain.seconds);
    const rgBest = Math.min(rg.seconds, rgAgain.seconds);
    console.log(`${MEGABYTES} MB, ${String(expressions().split('\n').length - 1)} expressions; found: ${found.join(', ')}`);
    console.log(
      `kong-plugin diagnose  ${best.toFixed(2)} s  ${Math.max(ours.peakMegabytes, oursAgain.peakMegabytes).toFixed(0)} MB`,
    );
    console.log(`rg                    ${rgBest.toFixed(2)} s  ${rg.peakMegabytes.toFixed(0)} MB (file mapped)`);
    if (grep !== null) console.log(`grep -E               ${grep.seconds.toFixed(2)} s  ${grep.peakMegabytes.toFixed(0)} MB`);
    console.log(
      `ratio to rg ${(best / rgBest).toFixed(2)}${grep === null ? '' : `, to grep ${(best / grep.seconds).toFixed(2)}`}`,
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

void main();
