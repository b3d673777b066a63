// From the names and paths that stand in Kong's messages to the files of the workspace.
import assert from 'node:assert/strict';
import { moduleToFile } from '../../../src/plugin/containerPath';
import type { Plugin } from '../../../src/plugin/plugin';

function plugin(name: string, dir: string, files: readonly string[]): Plugin {
  const modules = new Map(
    files.map((file) => [`kong.plugins.${name}.${file.replace(/(?:\/init)?\.lua$/, '').replaceAll('/', '.')}`, `${dir}/${file}`]),
  );
  return { name, language: 'lua', dir, root: dir, handler: undefined, schema: undefined, rockspec: undefined, modules };
}

const PLUGINS = [
  plugin('my-auth', '/work space/auth/src', ['handler.lua', 'schema.lua', 'migrations/init.lua']),
  plugin('limits', '/work space/limits/kong/plugins/limits', ['handler.lua', 'access.lua']),
];

const CASES: readonly (readonly [string, string | undefined])[] = [
  ['kong.plugins.my-auth.handler', '/work space/auth/src/handler.lua'],
  ['kong.plugins.my-auth.migrations', '/work space/auth/src/migrations/init.lua'],
  ['kong.plugins.my-auth.migrations.init', '/work space/auth/src/migrations/init.lua'],
  ['/usr/local/share/lua/5.1/kong/plugins/my-auth/handler.lua', '/work space/auth/src/handler.lua'],
  ['/usr/local/share/lua/5.1/kong/plugins/my-auth/migrations/init.lua', '/work space/auth/src/migrations/init.lua'],
  ['kong/plugins/limits/access.lua', '/work space/limits/kong/plugins/limits/access.lua'],
  ['./kong/plugins/limits/access.lua', '/work space/limits/kong/plugins/limits/access.lua'],
  ['...gins/limits/handler.lua', '/work space/limits/kong/plugins/limits/handler.lua'],
  ['...l/share/lua/5.1/kong/plugins/my-auth/handler.lua', '/work space/auth/src/handler.lua'],
  ['/plugins/auth/src/schema.lua', '/work space/auth/src/schema.lua'],
  // Handlers of both plugins end like this.
  ['.../handler.lua', undefined],
  ['kong.plugins.other.handler', undefined],
  ['/usr/local/share/lua/5.1/kong/plugins/other/handler.lua', undefined],
  ['/usr/local/share/lua/5.1/kong/init.lua', undefined],
  ['', undefined],
];

describe('moduleToFile', () => {
  for (const [printed, file] of CASES) {
    it(`${printed || 'nothing'} is ${file ?? 'no file of the workspace'}`, () =>
      assert.equal(moduleToFile(PLUGINS, printed), file));
  }
});
