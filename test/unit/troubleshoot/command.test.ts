// `kong-plugin diagnose` as a program: its JSON, its exit codes, its files.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../../src/cli/program';
import type { Finding } from '../../../src/troubleshoot/finding';
import { onPlugin, thrown } from './examples/example';

describe('kong-plugin diagnose', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'diagnose-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function diagnose(args: string[], stdin = ''): Promise<{ status: number; out: string; err: string }> {
    let out = '';
    let err = '';
    const status = await run(['diagnose', ...args], {
      cwd: dir,
      env: {},
      out: (text) => (out += text),
      err: (text) => (err += text),
      stdin: Readable.from([Buffer.from(stdin)]),
      interactive: false,
      signal: new AbortController().signal,
    });
    return { status, out, err };
  }
  const findingsOf = (out: string): Finding[] => (JSON.parse(out) as { findings: Finding[] }).findings;

  it('prints one JSON document and exits 1 when something is wrong', async () => {
    await writeFile(join(dir, 'error.log'), onPlugin('no configuration schema found for plugin: acme'));
    const { status, out, err } = await diagnose(['error.log', '--format', 'json']);
    assert.equal(status, 1);
    assert.equal(err, '');
    const [finding] = findingsOf(out);
    assert.ok(finding);
    const { id, plugin, module, file, line, title, cause, steps, evidence } = finding;
    assert.deepEqual(
      { id, plugin, module, file, line },
      { id: 'no-configuration-schema', plugin: 'acme', module: null, file: null, line: null },
    );
    assert.ok(title !== '' && cause !== '' && steps.length > 0);
    assert.equal(evidence[0]?.line, 1);
  });

  it('reads standard input, and exits 0 when nothing is wrong', async () => {
    assert.deepEqual(await diagnose(['-', '--format', 'json'], 'Kong started\n'), {
      status: 0,
      out: '{\n  "findings": []\n}\n',
      err: '',
    });
    assert.equal((await diagnose([], onPlugin('acme plugin is enabled but not installed;'))).status, 1);
  });

  it('reads the log of a node, and looks there what it means', async () => {
    await mkdir(join(dir, 'node/logs'), { recursive: true });
    await mkdir(join(dir, 'node/share/lua/5.1/kong/plugins/acme'), { recursive: true });
    await writeFile(join(dir, 'node/logs/error.log'), onPlugin('acme plugin is enabled but not installed;\nno plugin found'));
    const idOf = async (): Promise<string | undefined> =>
      findingsOf((await diagnose(['--node', 'folder:node', '--format', 'json'])).out)[0]?.id;
    assert.equal(await idOf(), 'plugin-enabled-not-installed');
    await writeFile(join(dir, 'node/share/lua/5.1/kong/plugins/acme/handler.lua'), 'return {}', { mode: 0o600 });
    assert.equal(await idOf(), 'plugin-file-unreadable');
    assert.equal((await diagnose(['error.log', '--node', 'folder:node'])).status, 2);
    assert.equal((await diagnose(['--node', 'folder:elsewhere'])).status, 2);
  });

  it('names the file of the project in the working directory, or of --plugin', async () => {
    await mkdir(join(dir, 'acme/kong/plugins/acme'), { recursive: true });
    for (const name of ['handler', 'schema']) await writeFile(join(dir, `acme/kong/plugins/acme/${name}.lua`), 'return {}\n');
    await writeFile(join(dir, 'error.log'), thrown('handler', 3, 'boom'));
    const file = async (args: string[]): Promise<string | null | undefined> =>
      findingsOf((await diagnose(['error.log', '--format', 'json', ...args])).out)[0]?.file;
    assert.equal(await file([]), 'kong/plugins/acme/handler.lua');
    assert.equal(await file(['--plugin', 'acme']), 'acme/kong/plugins/acme/handler.lua');
  });

  it('says what is wrong with its arguments', async () => {
    const missing = await diagnose(['nothing.log']);
    assert.equal(missing.status, 2);
    assert.match(missing.err, /Cannot read .*nothing\.log: it is not there\./);
    assert.match((await diagnose(['.'])).err, /is a folder/);
    assert.equal((await diagnose(['-', '--kong', 'newest'])).status, 2);
    assert.equal((await diagnose(['-', '--format', 'xml'])).status, 2);
  });
});
