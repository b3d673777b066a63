// Module names and files: what `require` looks for, where a file goes, and which module a file is.
import assert from 'node:assert/strict';
import { candidateFiles, installedFile, moduleOfFile, moduleOfPath, modulePath } from '../../../src/lua/moduleName';

describe('the name of a module', () => {
  const paths: [module: string, path: string][] = [
    ['handler', 'handler'],
    ['kong.plugins.x.handler', 'kong/plugins/x/handler'],
    ['kong.plugins.my-plugin.a_b', 'kong/plugins/my-plugin/a_b'],
    ['a.init', 'a/init'],
  ];
  for (const [module, path] of paths) {
    it(`${module} is ${path}, and back`, () => {
      assert.equal(modulePath(module), path);
      assert.equal(moduleOfPath(path), module);
      assert.deepEqual(candidateFiles(module), [`${path}.lua`, `${path}/init.lua`]);
    });
  }

  it('keeps the slashes of a name that has some, as require does', () => {
    assert.deepEqual(candidateFiles('kong/plugins/x.y'), ['kong/plugins/x/y.lua', 'kong/plugins/x/y/init.lua']);
  });
});

describe('the module that a file is', () => {
  const files: [file: string, module: string][] = [
    ['kong/plugins/x/handler.lua', 'kong.plugins.x.handler'],
    ['kong/plugins/x/migrations/init.lua', 'kong.plugins.x.migrations'],
    ['migrations.lua', 'migrations'],
    ['init.lua', 'init'],
    ['a/init/init.lua', 'a.init'],
    ['a/reinit.lua', 'a.reinit'],
    ['a/b', 'a.b'],
  ];
  for (const [file, module] of files) it(`${file} is ${module}`, () => assert.equal(moduleOfFile(file), module));

  for (const module of ['a', 'a.b', 'kong.plugins.x.handler']) {
    it(`is ${module} for both files that ${module} is looked for in`, () => {
      assert.deepEqual(candidateFiles(module).map(moduleOfFile), [module, module]);
    });
  }
});

describe('the file that a source becomes', () => {
  const sources: [module: string, source: string, file: string][] = [
    ['a.b', 'src/anything.lua', 'a/b.lua'],
    ['a.b', 'a/b/init.lua', 'a/b/init.lua'],
    ['a.b', 'init.lua', 'a/b/init.lua'],
    ['a.b', 'C:\\w\\a\\b\\init.lua', 'a/b/init.lua'],
    ['a.init', 'a/init.lua', 'a/init.lua'],
    ['init', 'src/init.lua', 'init/init.lua'],
    ['a.b', 'a/reinit.lua', 'a/b.lua'],
    ['a.b', 'a/init.lua.bak', 'a/b.lua'],
  ];
  for (const [module, source, file] of sources) {
    it(`${module} from ${source} is ${file}`, () => assert.equal(installedFile(module, source), file));
  }
});
