// Paths of a Kong's settings, on a node that is a folder of Windows too.
import assert from 'node:assert/strict';
import { absoluteFrom, pluginRoots, searchPatterns } from '../../../src/kong/packagePath';

describe('paths of the settings of a Kong', () => {
  const rows: [cwd: string, path: string, absolute: string][] = [
    ['/', './?.lua', '/?.lua'],
    ['/opt/kong/', 'x/?.lua', '/opt/kong/x/?.lua'],
    ['/opt/kong', '/x/?.lua', '/x/?.lua'],
    ['/opt/kong', 'C:/x/?.lua', '/opt/kong/C:/x/?.lua'],
    ['C:/node', 'C:/x/?.lua', 'C:/x/?.lua'],
    ['C:/node', 'd:/x/?.lua', 'd:/x/?.lua'],
    ['C:/node', './x/?.lua', 'C:/node/x/?.lua'],
    ['C:/node', '/usr/local/share/lua/5.1/?.lua', '/usr/local/share/lua/5.1/?.lua'],
  ];
  for (const [cwd, path, absolute] of rows) {
    it(`${path} of a Kong that starts in ${cwd} is ${absolute}`, () => assert.equal(absoluteFrom(cwd, path), absolute));
  }

  it('a folder of Windows as a node is searched where its path says', () => {
    const patterns = searchPatterns('C:/node/plugins/x/?.lua;C:/node/plugins/x/?/init.lua;;', 'C:/node', 'C:/node', undefined);
    assert.deepEqual(pluginRoots(patterns), ['C:/node/plugins/x', 'C:/node/share/lua/5.1']);
  });
});
