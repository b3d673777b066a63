// Every check: a project that shows it, at its place; the clean project that does not; and its fix, which leaves nothing behind.
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { ROCKSPEC_CHECKS } from '../../../src/rockspec/check';
import { applyChanges, checkProject, CLEAN, CLEAN_FILES, CLEAN_NAME, textAt } from './project';
import { BUILD_CASES } from './buildCases';
import { codesOf, HEAD_CASES, NEARLY } from './checkCases';
import { spoilt } from './spoilt';

const CASES = [...HEAD_CASES, ...BUILD_CASES];

describe('the checks of a rockspec', () => {
  it('have nothing to say about a clean project', async () => {
    for (const kong of ['2.8', '3.4', '3.9', 'HEAD'])
      assert.deepEqual(await checkProject(CLEAN_NAME, CLEAN, CLEAN_FILES, { kong }), []);
  });

  it('are each shown by a test', () => {
    const shown = new Set(CASES.map(({ code }) => `rockspec/${code}`));
    assert.deepEqual(
      ROCKSPEC_CHECKS.map(({ code }) => code).filter((code) => !shown.has(code)),
      [],
    );
  });

  it('have each a code of their own and a documentation', () => {
    assert.equal(new Set(ROCKSPEC_CHECKS.map(({ code }) => code)).size, ROCKSPEC_CHECKS.length);
    for (const { code, documentation } of ROCKSPEC_CHECKS) assert.match(documentation, /^[^]{30,}\.$/, code);
  });

  for (const example of CASES) {
    const { code, at, also = [], fix, safe } = example;
    const { name, text, files } = spoilt(example);
    const options = { kong: example.kong, luarocks: example.luarocks };
    it(`${code} at ${at}${fix === undefined ? '' : `, mended by "${fix}"`}`, async () => {
      const diagnostics = await checkProject(name, text, files, options);
      const found = diagnostics.filter((diagnostic) => diagnostic.code === `rockspec/${code}`);
      assert.deepEqual(
        found.map(({ range }) => textAt(text, range)),
        [at],
        JSON.stringify(diagnostics),
      );
      assert.deepEqual(codesOf(diagnostics), [code, ...also].map((other) => `rockspec/${other}`).sort());
      const messages = new Set(diagnostics.map(({ message }) => message));
      for (const { message, fixes = [] } of diagnostics) {
        for (const { title, changes } of fixes) {
          const after = applyChanges({ ...files, [name]: text }, changes);
          const rename = changes.find((change) => change.kind === 'rename');
          const newName = rename === undefined ? name : basename(rename.to);
          const left = await checkProject(newName, after[newName] ?? '', after, options);
          assert.ok(!left.some((other) => other.message === message), `"${title}" does not mend: ${message}`);
          const fresh = left.filter((other) => !messages.has(other.message) && !codesOf(diagnostics).includes(other.code));
          assert.deepEqual(fresh, [], `"${title}" brings something new`);
        }
      }
      const offered = found.flatMap(({ fixes = [] }) => fixes).find(({ title }) => title === fix);
      if (fix === undefined) return;
      assert.ok(offered, `offered: ${found.flatMap(({ fixes = [] }) => fixes.map(({ title }) => title)).join(', ')}`);
      assert.equal(offered.safe, safe);
    });
  }

  for (const example of NEARLY) {
    const { name, text, files } = spoilt({ ...example, at: '' });
    it(`${example.code} is not said of ${JSON.stringify(example.change?.map(([, to]) => to) ?? example.files)}`, async () => {
      const diagnostics = await checkProject(name, text, files);
      assert.deepEqual(
        diagnostics.filter(({ code }) => code === `rockspec/${example.code}`),
        [],
      );
    });
  }
});
