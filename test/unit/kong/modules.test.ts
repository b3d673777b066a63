// Modules of Kong by version: the facts of Kong's git tags.
import assert from 'node:assert/strict';
import { hasKongModule, lastKongWith } from '../../../src/kong/kongModules';
import { parseKongVersion } from '../../../src/kong/versions';

describe('modules of Kong', () => {
  for (const [module, last] of [
    ['kong.tools.responses', '0.15'],
    ['kong.dao.errors', '0.15'],
    ['kong.tools.database_cache', '0.10'],
    ['kong.core.handler', '0.13'],
    ['kong.singletons', '2.8'],
    ['kong.plugins.log-serializers.basic', '2.8'],
    ['kong.vendor.classic', '2.8'],
    ['kong.tools.batch_queue', '3.2'],
    ['kong.tools.printable', '2.1'],
  ] as const) {
    it(`${module} was last in ${last}`, () => assert.equal(lastKongWith(module), last));
  }

  for (const module of [
    'kong.tools.utils',
    'kong.cache',
    'kong.tools.table',
    'kong.db.schema.typedefs',
    'kong.clustering.control_plane',
  ]) {
    it(`${module} is still there`, () => {
      assert.equal(lastKongWith(module), undefined);
      assert.equal(hasKongModule(module, parseKongVersion('3.9')), true);
    });
  }

  it('knows nothing of modules that never were', () => {
    for (const module of ['kong.responses', 'kong.tools.table_shallow', 'kong.concurrency.old', 'resty.http'])
      assert.equal(lastKongWith(module), undefined, module);
  });
});
