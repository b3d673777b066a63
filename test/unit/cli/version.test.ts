// `kong-plugin --version`.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { version } from '../../../package.json';
import { run } from '../../../src/cli/program';

describe('kong-plugin --version', () => {
  it('prints the version of the package', async () => {
    let out = '';
    const status = await run(['--version'], {
      cwd: '.',
      env: {},
      out: (text) => (out += text),
      err: (text) => (out += text),
      stdin: Readable.from([]),
      interactive: false,
      signal: new AbortController().signal,
    });
    assert.deepEqual({ status, out }, { status: 0, out: `${version}\n` });
  });
});
