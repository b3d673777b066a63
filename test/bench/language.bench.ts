// Writing a handler in a workspace of 1,000 plugins: how long completion, a hover and the checks take behind a key stroke, through the protocol,
// beside `luacheck` on the same file.
// Run: npx tsx test/bench/language.bench.ts
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Lines } from '../../src/text/lines';
import { startClient } from '../unit/server/client';

const PLUGINS = 1000;
const STROKES = 200;
/** The text that is written, a key at a time. */
const WRITTEN = 'kong.service.request.set_header("x-limit", conf.limit)';

const SCHEMA = (name: string): string =>
  `return { name = "${name}", fields = { { config = { type = "record", fields = {\n  { limit = { type = "integer", default = 5 } },\n  { header = { type = "string", required = true } },\n} } } } }\n`;

/** A handler of some 400 lines. */
function handler(written: string): string {
  const helpers = Array.from(
    { length: 50 },
    (_, i) => `local function part${i}(conf, value)
  if value == nil then
    kong.log.debug("part ${i}: ", conf.header)
    return conf.limit
  end
  return value .. conf.header
end
`,
  );
  const calls = helpers.map((_, i) => `  part${i}(conf, kong.request.get_header("x-${i}"))`);
  return `local Bench = { PRIORITY = 10, VERSION = "1.0.0" }\n\n${helpers.join('\n')}\nfunction Bench:access(conf)\n  ${written}\n${calls.join('\n')}\nend\n\nreturn Bench\n`;
}

function p95Of(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
}

function medianOf(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'language-bench-'));
  const file = (name: string, part: string): string => join(root, name, 'kong', 'plugins', name, part);
  try {
    for (let i = 0; i < PLUGINS; i++) {
      const name = `bench-${i}`;
      mkdirSync(file(name, '.'), { recursive: true });
      writeFileSync(file(name, 'handler.lua'), handler(''));
      writeFileSync(file(name, 'schema.lua'), SCHEMA(name));
    }
    const path = file('bench-500', 'handler.lua');
    const uri = pathToFileURL(path).href;
    const textDocument = { uri };
    const client = await startClient({ folders: [pathToFileURL(root).href] });
    let version = 1;
    let started = performance.now();
    await client.open(uri, handler(''), 'lua');
    await client.waitForDiagnostics(uri, () => true);
    console.log(`${PLUGINS} plugins; the first answer ${(performance.now() - started).toFixed(0)} ms after opening`);
    const measure = async (title: string, goal: number, request: string, extra: (text: string) => object): Promise<void> => {
      const times: number[] = [];
      for (let i = 0; i < STROKES; i++) {
        const text = handler(WRITTEN.slice(0, (i % WRITTEN.length) + 1));
        started = performance.now();
        await client.change(uri, ++version, text);
        await client.connection.sendRequest(request, { textDocument, ...extra(text) });
        times.push(performance.now() - started);
      }
      console.log(
        `${title}: median ${medianOf(times).toFixed(1)} ms, p95 ${p95Of(times).toFixed(1)} ms of ${STROKES} key strokes (goal < ${goal})`,
      );
    };
    const at = (text: string, offset: number): object => ({ position: new Lines(text).position(offset) });
    const cursor = (text: string): number => text.indexOf('\n', text.indexOf('Bench:access(conf)\n') + 20);
    await measure('completion', 20, 'textDocument/completion', (text) => at(text, cursor(text)));
    await measure('hover', 20, 'textDocument/hover', (text) => at(text, text.indexOf('conf.limit') + 6));
    const start = { line: 0, character: 0 };
    await measure('checks', 50, 'textDocument/codeAction', () => ({
      range: { start, end: start },
      context: { diagnostics: [] },
    }));
    client.dispose();
    const peer = (): number => {
      started = performance.now();
      return spawnSync('luacheck', [path]).error === undefined ? performance.now() - started : NaN;
    };
    const peers = Array.from({ length: 5 }, peer);
    const median = medianOf(peers);
    console.log(Number.isNaN(median) ? 'luacheck is not installed' : `luacheck: ${median.toFixed(0)} ms`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
