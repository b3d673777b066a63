// The open shell of a container, with a `docker` that is a shell of this machine.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { containerClient } from '../../../src/node/container/client';
import { containerShell, type ContainerShell } from '../../../src/node/container/shell';

/** exec --interactive --user 0 NAME sh -c LOOP; notes that it was opened. */
const DOCKER = `#!/bin/sh
echo opened >> "$(dirname "$0")/opened"
shift 5
exec "$@"
`;
const SAY = `printf '%s|%s|%s' "$1" "$2" "$3"; cat`;
const BYTES = Buffer.from(Array.from({ length: 3000 }, (_, i) => i % 256));

describe('the open shell of a container', () => {
  let dir = '';
  let shell: ContainerShell;
  const opened = async (): Promise<number> => (await readFile(path.join(dir, 'opened'), 'utf8')).trim().split('\n').length;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'kpw-shell-'));
    const containerProgram = path.join(dir, 'docker');
    await writeFile(containerProgram, DOCKER);
    await chmod(containerProgram, 0o755);
    shell = containerShell(() => containerClient({ env: process.env, containerProgram }), 'node', process.env);
  });

  afterEach(async () => {
    shell.close();
    await rm(dir, { recursive: true, force: true });
  });

  for (const word of ['plain/path-1.lua', 'a b', `it's "so"`, '$(id) `id` ;', '-n', '=', '\\n', 'ä\tß', 'two\nlines', '*', ''])
    it(`passes ${JSON.stringify(word)} as it is`, async () => {
      const result = await shell.run(SAY, [word, 'x', word], {});
      assert.equal(result?.stdout.toString(), `${word}|x|${word}`);
      assert.equal(result.code, 0);
    });

  it('passes as many arguments as there are', async () => {
    const words = Array.from({ length: 12 }, (_, i) => `${i} ${i}`);
    assert.equal((await shell.run(`printf '%s,' "$@"`, words, {}))?.stdout.toString(), `${words.join(',')},`);
  });

  it('keeps what one script sets from the next', async () => {
    await shell.run('mine=1 HOME=/nowhere; cd /; trap "echo late" EXIT', [], {});
    assert.equal(
      (await shell.run('echo "$mine$HOME"; pwd', [], {}))?.stdout.toString(),
      `${process.env['HOME']}\n${process.cwd()}\n`,
    );
  });

  it('passes input and output byte for byte', async () => {
    const result = await shell.run('cat; cat "$1" >&2', ['/dev/null'], { input: BYTES });
    assert.deepEqual(result?.stdout, BYTES);
  });

  it('answers many requests at once, each with its own answer, in one shell', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => i);
    const results = await Promise.all(
      numbers.map((i) => shell.run(i % 2 === 0 ? SAY : 'echo odd >&2; printf %s "$1"; exit "$1"', [String(i)], {})),
    );
    assert.deepEqual(
      results.map((result) => [result?.stdout.toString(), result?.stderr.toString(), result?.code]),
      numbers.map((i) => (i % 2 === 0 ? [`${i}||`, '', 0] : [String(i), 'odd\n', i])),
    );
    assert.equal(await opened(), 1);
  });

  it('runs requests in the order in which they came', async () => {
    const file = path.join(dir, 'order');
    const slowFirst = ['sleep 0.2; echo 1 >> "$1"', 'echo 2 >> "$1"', 'cat "$1"'];
    const results = await Promise.all(slowFirst.map((text) => shell.run(text, [file], {})));
    assert.equal(results.at(-1)?.stdout.toString(), '1\n2\n');
  });

  it('gives an output of megabytes whole', async () => {
    const result = await shell.run('head -c 5000000 /dev/zero', [], {});
    assert.equal(result?.stdout.length, 5_000_000);
  });

  it('answers nobody when the shell dies, and opens again for the next', async () => {
    assert.equal((await shell.run(SAY, ['a'], {}))?.code, 0);
    const lost = await Promise.all([shell.run('kill -9 $$', [], {}), shell.run(SAY, ['b'], {})]);
    assert.deepEqual(lost, [undefined, undefined]);
    assert.equal((await shell.run(SAY, ['c'], {}))?.stdout.toString(), 'c||');
    assert.equal(await opened(), 2);
  });

  it('answers nobody once it is closed, and opens again for the next', async () => {
    await shell.run(SAY, ['a'], {});
    const waiting = shell.run('sleep 5', [], {});
    await new Promise((resolve) => setImmediate(resolve));
    shell.close();
    assert.equal(await waiting, undefined);
    assert.equal((await shell.run(SAY, ['b'], {}))?.stdout.toString(), 'b||');
  });

  it('leaves alone what must not run twice, or is too large', async () => {
    const calls = [{ once: true }, { input: Buffer.alloc(200_000) }];
    for (const call of calls) assert.equal(await shell.run('cat', [], call), undefined);
  });

  it('gives up what takes longer than it may, and opens again for the next', async () => {
    assert.equal((await shell.run('sleep 5', [], { timeout: 50 }))?.timedOut, true);
    assert.equal((await shell.run(SAY, ['b'], {}))?.stdout.toString(), 'b||');
    assert.equal(await opened(), 2);
  });

  it('frees the caller with the reason when a request is stopped, and opens again for the next', async () => {
    const stop = new AbortController();
    const waiting = shell.run('sleep 5', [], { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('Enough.')), 50);
    await assert.rejects(waiting, /^Error: Enough\.$/);
    await assert.rejects(shell.run(SAY, [], { signal: stop.signal }), /Enough/);
    assert.equal((await shell.run(SAY, ['b'], {}))?.stdout.toString(), 'b||');
  });

  it('lets a request with limits of its own wait for nobody', async () => {
    const first = shell.run('sleep 0.2; echo first', [], {});
    assert.equal(await shell.run(SAY, [], { timeout: 10_000 }), undefined);
    assert.equal((await first)?.stdout.toString(), 'first\n');
    assert.equal((await shell.run(SAY, ['now'], { timeout: 10_000 }))?.stdout.toString(), 'now||');
  });

  it('has one life for as long as it answers', async () => {
    const lives: (object | undefined)[] = [shell.life];
    for (const text of [SAY, SAY, 'kill -9 $$', SAY]) {
      await shell.run(text, [], {});
      lives.push(shell.life);
    }
    const [unopened, first, second, dead, next] = lives;
    assert.deepEqual([unopened, dead], [undefined, undefined]);
    assert.ok(first !== undefined && first === second && next !== undefined && next !== first);
  });
});
