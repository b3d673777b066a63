// `kong-plugin check` of declarative configurations, as people type it.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from './commandLine';

describe('kong-plugin check of a configuration', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kpw-check-config-'));
    await mkdir(join(dir, 'kong/plugins/mine'), { recursive: true });
    await writeFile(join(dir, 'kong/plugins/mine/handler.lua'), 'return { PRIORITY = 1, VERSION = "1.0.0" }\n');
    await writeFile(
      join(dir, 'kong/plugins/mine/schema.lua'),
      'return { name = "mine", fields = { { config = { type = "record", fields = { { limit = { type = "integer", required = true } } } } } } }\n',
    );
    await writeFile(join(dir, 'other.yml'), 'services:\n  web: { image: kong }\n');
  });
  afterEach(() => rm(dir, { recursive: true }));

  const write = (limit: string): Promise<void> =>
    writeFile(join(dir, 'kong.yml'), `_format_version: "3.0"\nplugins:\n- name: mine\n  config:\n    limit: ${limit}\n`);

  it('finds it below a folder, judges it by the schema beside it, and leaves other YAML alone', async () => {
    await write('soon');
    const { status, out } = await commandLine(['check', '.'], { cwd: dir });
    assert.equal(status, 1);
    assert.match(out, /^kong\.yml:5:12: error: expected an integer \(refused by Kong\) \[config\/invalid\]$/m);
    assert.doesNotMatch(out, /other\.yml/);
  });

  it('takes a file that is named, and is content with one that Kong takes', async () => {
    await write('5');
    assert.deepEqual(await commandLine(['check', 'kong.yml'], { cwd: dir }), {
      status: 0,
      out: '1 file checked: nothing to complain about.\n',
      err: '',
    });
  });

  it('describes its rules in SARIF', async () => {
    await write('soon');
    const { out } = await commandLine(['check', 'kong.yml', '--format', 'sarif'], { cwd: dir });
    assert.match(out, /"id": "config\/invalid"/);
  });
});
