// `kong-plugin --version`.
import assert from 'node:assert/strict';
import { version } from '../../../package.json';
import { commandLine } from './commandLine';

describe('kong-plugin --version', () => {
  it('prints the version of the package', async () => {
    assert.deepEqual(await commandLine(['--version']), { status: 0, out: `${version}\n`, err: '' });
  });
});
