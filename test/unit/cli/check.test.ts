// `kong-plugin check` over a folder with several plugins.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../../src/cli/program';

const SCHEMA = 'return { name = "NAME", fields = { { config = { type = "record", fields = {} } } } }\n';
const FILES: Readonly<Record<string, string>> = {
  'a/kong/plugins/a/handler.lua':
    'local shared = require "kong.plugins.b.shared"\nreturn { PRIORITY = shared, VERSION = "1.0.0" }\n',
  'a/kong/plugins/a/schema.lua': SCHEMA.replace('NAME', 'a'),
  'b/kong/plugins/b/handler.lua': 'return { PRIORITY = 10, VERSION = "1.0.0" }\n',
  'b/kong/plugins/b/schema.lua': SCHEMA.replace('NAME', 'b'),
  'b/kong/plugins/b/shared.lua': 'return 10\n',
};

describe('kong-plugin check', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kong-plugin-check-'));
    for (const [path, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
  });
  after(() => rm(dir, { recursive: true, force: true }));

  async function check(...args: string[]): Promise<{ status: number; out: string }> {
    let out = '';
    const status = await run(['check', ...args], {
      cwd: dir,
      env: {},
      out: (text) => (out += text),
      err: (text) => (out += text),
      stdin: Readable.from([]),
      interactive: false,
      signal: new AbortController().signal,
    });
    return { status, out };
  }

  it('finds what one plugin takes from another, and counts every file it looked at', async () => {
    assert.deepEqual(await check(), { status: 0, out: '5 files checked: nothing to complain about.\n' });
  });

  it('names every file it looked at in its JSON', async () => {
    const { files } = JSON.parse((await check('--format', 'json')).out) as { files: { path: string; diagnostics: unknown[] }[] };
    assert.deepEqual(files.map(({ path }) => path).sort(), Object.keys(FILES).sort());
  });

  it('misses what is not among them', async () => {
    const { status, out } = await check('a');
    assert.equal(status, 1);
    assert.match(out, /module 'kong\.plugins\.b\.shared' not found/);
  });
});
