// Words of command lines that people paste: a shell reads each as the value it stands for.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { shellWord } from '../../../src/text/shellWord';

describe('a word of a shell', () => {
  it('stays as it is where a shell would leave it', () => {
    for (const value of ['docker:kong-1', 'folder:/srv/node', 'KONG_PLUGINS=bundled,hello', 'a_b.c@d%e+f'])
      assert.equal(shellWord(value), value);
  });

  it('is read by a shell as the value it stands for', () => {
    const values = ['', 'two words', "it's", '$(id) `id` $HOME', '"a" \\ b', '~', '*', 'a;b|c&d<e>f', '-n', 'ä ß', 'a\nb'];
    const said = execFileSync('sh', ['-c', `for word in ${values.map(shellWord).join(' ')}; do printf '%s\\0' "$word"; done`]);
    assert.deepEqual(said.toString('utf8').split('\0').slice(0, -1), values);
  });
});
