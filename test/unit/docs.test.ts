// What the written documents name is there: files and folders, and npm scripts.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { scripts } from '../../package.json';

const root = path.resolve(__dirname, '../..');
/** Documents at the top, and in the folders that hold nothing of others. */
const DOCUMENTS = [
  ...readdirSync(root),
  ...['docs', '.github'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(folder, file.replaceAll('\\', '/')),
    ),
  ),
].filter((file) => /\.(?:md|yml)$/.test(file));

/** A path of the repository in a code span; patterns and names in capitals stand for many. */
const PATHS = /`((?:src|test|scripts|docs|media|syntaxes|\.ci|\.github)\/[\w./-]*)`/g;
const NPM_SCRIPTS = /npm run ([\w:-]+)/g;

function named(file: string, pattern: RegExp): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(pattern)].map(([, name = '']) => name).filter((name) => !/[A-Z]{3,}/.test(name));
}

describe('the documents', () => {
  it('are found', () => {
    for (const file of ['README.md', 'CONTRIBUTING.md', 'RELEASE.md', 'docs/architecture.md', '.github/workflows/ci.yml'])
      assert.ok(DOCUMENTS.includes(file), file);
  });

  for (const file of DOCUMENTS.filter((each) => each !== 'CHANGELOG.md')) {
    it(`${file} names paths that are there`, () => {
      assert.deepEqual(
        named(file, PATHS).filter((name) => !existsSync(path.join(root, name))),
        [],
      );
    });

    it(`${file} names npm scripts that there are`, () => {
      assert.deepEqual(
        named(file, NPM_SCRIPTS).filter((name) => !(name in scripts)),
        [],
      );
    });
  }
});
