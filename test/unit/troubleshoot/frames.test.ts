// Paths as LuaJIT prints and cuts them, to plugin, module and file.
import assert from 'node:assert/strict';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { resolvePath } from '../../../src/troubleshoot/frames';
import { mapToWorkspace } from '../../../src/troubleshoot/mapping';
import { inRequest, thrown } from './examples/example';

describe('paths of error messages', () => {
  const table: [path: string, known: string[], plugin: string | null, file: string | null][] = [
    ['/usr/local/share/lua/5.1/kong/plugins/x/handler.lua', [], 'x', 'kong/plugins/x/handler.lua'],
    ['...l/share/lua/5.1/kong/plugins/my-plugin/handler.lua', [], 'my-plugin', 'kong/plugins/my-plugin/handler.lua'],
    ['...gins/my-plugin/very/deep/handler.lua', [], 'my-plugin', 'kong/plugins/my-plugin/very/deep/handler.lua'],
    ['.../my-plugin/handler.lua', [], 'my-plugin', 'kong/plugins/my-plugin/handler.lua'],
    [
      '...lugin-with-a-very-long-name/handler.lua',
      ['kong.plugins.plugin-with-a-very-long-name.handler'],
      'plugin-with-a-very-long-name',
      'kong/plugins/plugin-with-a-very-long-name/handler.lua',
    ],
    ['...lugin-with-a-very-long-name/handler.lua', [], null, null],
    ['./kong/plugins/x/migrations/init.lua', [], 'x', 'kong/plugins/x/migrations/init.lua'],
    ['/usr/local/share/lua/5.1/resty/acme/client.lua', [], null, 'resty/acme/client.lua'],
    ['/usr/local/share/lua/5.1/kong/init.lua', [], null, null],
    ['/usr/local/openresty/lualib/resty/core/base.lua', [], null, null],
    ['...l/share/lua/5.1/kong/runloop/plugins_iterator.lua', [], null, null],
  ];
  for (const [path, known, plugin, file] of table) {
    it(path, () => {
      const place = resolvePath(path, 3, known);
      assert.deepEqual([place.plugin, place.file], [plugin, file]);
    });
  }

  it('that were cut are completed from the module that Kong names', async () => {
    const log = thrown('handler', 1, 'x')
      .replace(/\n[^]*$/, '\n...te-limiting-by-header-and-consumer-group/handler.lua:12: attempt to index a nil value')
      .replaceAll('plugins.acme.', 'plugins.acme-rate-limiting-by-header-and-consumer-group.');
    const [finding] = await diagnose(log);
    assert.deepEqual(
      [finding?.plugin, finding?.file, finding?.line],
      [
        'acme-rate-limiting-by-header-and-consumer-group',
        'kong/plugins/acme-rate-limiting-by-header-and-consumer-group/handler.lua',
        12,
      ],
    );
  });

  it("of a plugin's own library are told as they stand", async () => {
    const [finding] = await diagnose(
      inRequest("[kong] init.lua:406 [acme] /usr/local/share/lua/5.1/acme/util.lua:9: attempt to index local 't' (a nil value)"),
    );
    assert.deepEqual(
      [finding?.id, finding?.plugin, finding?.file, finding?.line],
      ['runtime-exception-in-phase', 'acme', 'acme/util.lua', 9],
    );
  });

  it('become the paths of the workspace', async () => {
    const [finding] = await diagnose(thrown('handler', 4, 'boom'));
    assert.ok(finding);
    const plugin = { name: 'acme', modules: new Map([['kong.plugins.acme.handler', '/home/me/acme/src/handler.lua']]) };
    assert.equal(mapToWorkspace(finding, [plugin]).file, '/home/me/acme/src/handler.lua');
    assert.equal(mapToWorkspace(finding, []).file, 'kong/plugins/acme/handler.lua');
  });
});
