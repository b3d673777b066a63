// A finding of a node is shown on the workspace's file only where the node has that file.
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findingsIn } from '../../../src/lifecycle/failure';
import { mapToSame } from '../../../src/lifecycle/state/findings';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { install, onFolder } from './folderNode';

const RAISED =
  "2026/11/23 09:00:00 [error] 12#12: *5 [kong] init.lua:406 [hello] /usr/local/share/lua/5.1/kong/plugins/hello/handler.lua:1: attempt to index local 't' (a nil value), client: 127.0.0.1, server: kong";

describe('a finding in the log of a node', () => {
  it(
    'names the file of the workspace while both are the same, and the file as Kong knows it when the node has another copy',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      const { folder, node, tree } = place;
      const plugins = await discoverPlugins([join(folder, 'hello')]);
      const files = async (): Promise<(string | null)[]> =>
        (await mapToSame([node], await findingsIn(RAISED, '3.9.1'), plugins)).map(({ file }) => file);
      const [here] = plugins.map(({ handler }) => handler);
      assert.ok(here);
      assert.deepEqual(await files(), [here]);
      assert.equal((await install(place, 'path')).ok, true);
      assert.deepEqual(await files(), [here]);
      await appendFile(join(tree, 'plugins/hello/kong/plugins/hello/handler.lua'), '-- by hand\n');
      assert.deepEqual(await files(), ['kong/plugins/hello/handler.lua']);
    }),
  );
});
