// Paths as Windows and as other systems have them: in a folder or not, and as rockspecs, reports and nodes write them.
import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { wantedThere } from '../../../src/lifecycle/steps/place';
import { isInside, slashed, slashedFrom } from '../../../src/system/paths';

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

  it('as Windows has them', () => {
    assert.equal(isInside('C:\\w', 'c:\\W\\a.lua', win32), true);
    assert.equal(isInside('C:\\w', 'C:\\wide', win32), false);
    assert.equal(isInside('C:\\w', 'D:\\w\\a.lua', win32), false);
  });
});

describe('paths with forward slashes', () => {
  it('a path of Windows; elsewhere a backslash is part of a name', () => {
    assert.equal(slashed('C:\\work\\a plugin\\kong.conf', win32), 'C:/work/a plugin/kong.conf');
    assert.equal(slashed('/work/odd\\name', posix), '/work/odd\\name');
  });

  const ways: [system: 'win32' | 'posix', folder: string, path: string, way: string][] = [
    ['win32', 'C:\\work', 'C:\\work\\kong\\plugins\\x\\handler.lua', 'kong/plugins/x/handler.lua'],
    ['win32', 'C:\\work', 'c:\\work\\kong', 'kong'],
    ['win32', 'C:\\work\\', 'C:\\other\\x.lua', '../other/x.lua'],
    ['win32', 'C:\\work', 'D:\\x.lua', 'D:/x.lua'],
    ['win32', '\\\\host\\share\\work', '\\\\host\\share\\work\\x.lua', 'x.lua'],
    ['win32', 'C:\\work', 'C:\\work', ''],
    ['posix', '/work', '/work/kong/odd\\name.lua', 'kong/odd\\name.lua'],
    ['posix', '/work', '/other/x.lua', '../other/x.lua'],
  ];
  for (const [system, folder, path, way] of ways) {
    it(`${system}: from ${folder} to ${path} is "${way}"`, () => {
      assert.equal(slashedFrom(folder, path, { win32, posix }[system]), way);
    });
  }

  it('the files that go along with `luarocks make` have the same names wherever they come from', () => {
    const names = [
      'x-1.0.0-1.rockspec',
      'kong\\plugins\\x\\handler.lua',
      '.git\\config',
      'lua_modules\\a.lua',
      'x-1.0.0-1.all.rock',
    ];
    const wanted = ['kong/plugins/x/handler.lua', 'x-1.0.0-1.rockspec'];
    assert.deepEqual(
      wantedThere(
        'C:\\work\\x',
        names.map((name) => `C:\\work\\x\\${name}`),
        win32,
      ),
      wanted,
    );
    assert.deepEqual(
      wantedThere(
        '/work/x',
        names.map((name) => `/work/x/${name.replaceAll('\\', '/')}`),
        posix,
      ),
      wanted,
    );
  });
});
