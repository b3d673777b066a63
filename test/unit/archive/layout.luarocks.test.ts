// The rock we lay out is the rock that `luarocks make` and `luarocks pack` make: same members, same rock_manifest.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { layoutRock } from '../../../src/archive/layout';
import { assembleRock, emptyDirectories, readPlanned } from '../../../src/archive/rock';
import { rockSourceOf } from '../../../src/archive/rockSource';
import { readRockspec } from '../../../src/rockspec/read';
import { membersOf, packWithLuarocks, withFolder, writeProject } from './luarocks';
import { PROJECTS } from './projects';

describe('a rock laid out like LuaRocks', function () {
  this.timeout(60_000);
  for (const project of PROJECTS) {
    it(project.shape, () =>
      withFolder(async (folder) => {
        const root = join(folder, 'project');
        const work = join(folder, 'work');
        await mkdir(work);
        await writeProject(root, project);
        const file = Object.keys(project.files).find((path) => path.endsWith('.rockspec')) ?? '';
        const source = rockSourceOf(readRockspec(await readFile(join(root, file)), join(root, file)));
        assert.ok(source);
        const layout = await layoutRock(root, source);
        assert.deepEqual(layout.needsLuarocks, []);
        assert.deepEqual(
          layout.problems.filter((problem) => problem.severity === 'error'),
          [],
        );
        const ours = assembleRock(await readPlanned(layout), emptyDirectories(layout)).bytes;
        const theirs = await packWithLuarocks(root, work, source.name, source.version);
        assert.deepEqual(await membersOf(ours), await membersOf(theirs), basename(file));
      }),
    );
  }
});
