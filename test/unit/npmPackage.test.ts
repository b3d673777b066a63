// What npm would publish: the bundles of the command line and the language server, and what a reader needs; nothing else of the repository.
import assert from 'node:assert/strict';
import path from 'node:path';
import { runProcess } from '../../src/system/process';

const root = path.resolve(__dirname, '../..');
const PUBLISHED = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
  ...['dist/cli.js', 'dist/server.js', 'dist/THIRD-PARTY-NOTICES.txt', 'dist/bom.cdx.json'],
];

describe('the npm package', () => {
  it('holds what is published and nothing else', async () => {
    const npm = path.join(path.dirname(process.execPath), 'npm');
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { code, stdout, stderr } = await runProcess({ command: npm, args, cwd: root });
    assert.equal(code, 0, stderr.toString());
    const [packed] = JSON.parse(stdout.toString()) as { files: { path: string }[] }[];
    const files = packed?.files.map((file) => file.path) ?? [];
    // The bundles are there once they were built.
    assert.deepEqual(
      files.filter((file) => !PUBLISHED.includes(file)),
      [],
    );
    assert.ok(files.includes('package.json'));
  });
});
