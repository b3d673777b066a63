// The manifest of a LuaRocks tree stays its owner's, whoever LuaRocks runs as.
import assert from 'node:assert/strict';
import { runLuarocks } from '../../../src/lifecycle/plan/nodeLuarocks';
import type { FileInfo } from '../../../src/node/node';
import { fakeNode, result } from './fakeNode';

const MANIFEST = '/usr/local/lib/luarocks/rocks-5.1/manifest';

describe('luarocks on a node', () => {
  const run = async (before: Partial<FileInfo>, after: Partial<FileInfo>): Promise<string[]> => {
    const said: string[] = [];
    const file = { type: 'file', size: 1, mode: 0o644, owner: '0:0' } as const;
    let now: FileInfo = { ...file, ...before };
    const node = {
      ...fakeNode(),
      stat: (path: string) => Promise.resolve(path === MANIFEST ? now : undefined),
      chmod: (path: string, mode: number) => Promise.resolve(void said.push(`chmod ${mode.toString(8)} ${path}`)),
      run: (args: readonly string[], options?: { as?: string }) => {
        if (args[0] === '/usr/local/bin/luarocks') now = { ...now, ...after };
        else said.push(`${options?.as ?? ''} ${args.join(' ')}`);
        return Promise.resolve(result(''));
      },
    };
    await runLuarocks(node, { ...(await node.facts()), luarocks: '/usr/local/bin/luarocks' }, ['remove', 'x']);
    return said;
  };

  it('leaves the manifest to its owner, with its mode', async () => {
    assert.deepEqual(await run({ owner: '1000:1000', mode: 0o664 }, { owner: '0:0', mode: 0o600 }), [
      `root chown 1000:1000 ${MANIFEST}`,
      `chmod 664 ${MANIFEST}`,
    ]);
  });

  it('does nothing where LuaRocks kept both', async () => {
    assert.deepEqual(await run({ owner: '1000:1000' }, {}), []);
  });
});
