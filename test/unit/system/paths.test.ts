// Which paths lie in a folder.
import assert from 'node:assert/strict';
import { isInside } from '../../../src/system/paths';

describe('a path in a folder', () => {
  const cases: [folder: string, path: string, inside: boolean][] = [
    ['/w', '/w', true],
    ['/w', '/w/a/b.lua', true],
    ['/w/', '/w/a', true],
    ['/w', '/w/..a', true],
    ['/', '/w', true],
    ['/w', '/wide', false],
    ['/w', '/', false],
    ['/w/a', '/w', false],
    ['/w/a', '/w/b', false],
  ];
  for (const [folder, path, inside] of cases) {
    it(`${path} is ${inside ? '' : 'not '}in ${folder}`, () => assert.equal(isInside(folder, path), inside));
  }
});
