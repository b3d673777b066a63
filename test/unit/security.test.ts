// SECURITY.md promises nothing that no test holds; and what it says of programs and connections is so in all of src.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const PROMISE = /^- .*[.] — `(test\/[\w./-]+\.test\.ts)`: (.+)$/;
const promises = readFileSync(path.join(root, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('- '));
const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: `src/${file.replaceAll(path.sep, '/')}`, text: readFileSync(path.join(root, 'src', file), 'utf8') }));

function filesWith(pattern: RegExp): string[] {
  return sources
    .filter(({ text }) => pattern.test(text))
    .map(({ file }) => file)
    .sort();
}

describe('SECURITY.md', () => {
  it('makes promises', () => assert.ok(promises.length > 15));

  for (const promise of promises) {
    it(promise.slice(2, 80), () => {
      const [, file = '', title = ''] = PROMISE.exec(promise) ?? [];
      assert.notEqual(file, '', 'no test stands beside it');
      const text = readFileSync(path.join(root, file), 'utf8');
      const named = new RegExp(`['"\`]${title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`);
      assert.match(text, named, `${file} has no test of that name`);
    });
  }

  it('programs are started in one place, without a shell', () => {
    assert.deepEqual(filesWith(/['"]node:child_process['"]/), ['src/system/process.ts']);
    const starts = sources
      .filter(({ file }) => file === 'src/system/process.ts')
      .flatMap(({ text }) => text.match(/shell: \w+/g) ?? []);
    assert.ok(starts.length > 0 && starts.every((start) => start === 'shell: false'), starts.join());
  });

  it('connections are made to Admin APIs, to a rock that is named, and to LuaRocks when one publishes', () => {
    assert.deepEqual(filesWith(/\bfetch\(|['"]node:(?:https?|http2|tls|dgram)['"]|\bconnect\b.*from 'node:net'/), [
      'src/archive/publishPlan.ts',
      'src/kong/adminClient.ts',
      'src/lifecycle/operations/installSource.ts',
      'src/node/container/admin.ts',
    ]);
  });
});
