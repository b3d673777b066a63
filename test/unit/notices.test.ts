// What is said of the packages in the bundles: all of them, with their licences; and no build where one is missing.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { billOfMaterials, bundledPackages, noticesText } from '../../scripts/notices.mjs';
import { writeFiles } from './lifecycle/plugins';

const PACKAGES = {
  'node_modules/a/package.json': '{"name":"a","version":"1.0.0","license":"MIT"}',
  'node_modules/a/LICENSE': 'Copyright A\r\nMIT\n',
  'node_modules/@b/c/package.json': '{"name":"@b/c","version":"2.0.0","license":"(MIT OR Apache-2.0)"}',
  'node_modules/@b/c/LICENSE.md': 'Copyright B',
  'node_modules/@b/c/node_modules/a/package.json': '{"name":"a","version":"0.9.0","license":"ISC"}',
  'node_modules/@b/c/node_modules/a/licence.txt': 'Copyright old A',
  'node_modules/data/package.json': '{"name":"data","version":"3.0.0","license":"CC0-1.0","author":"D"}',
  'node_modules/silent/package.json': '{"name":"silent","version":"1.0.0"}',
  'node_modules/textless/package.json': '{"name":"textless","version":"1.0.0","license":"MIT","author":"T"}',
};

describe('the notices of others', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'kpw-notices-'));
    await writeFiles(root, PACKAGES);
  });
  after(() => rm(root, { recursive: true, force: true }));

  const inputs = [
    'src/cli/main.ts',
    'node_modules/a/x.js',
    'node_modules/a/lib/y.js',
    'node_modules/@b/c/z.js',
    'node_modules/@b/c/node_modules/a/x.js',
    'node_modules/data/index.json',
  ];

  it('name every package once, with its licence', async () => {
    const packages = await bundledPackages(root, inputs);
    assert.deepEqual(
      packages.map(({ name, version, license }) => `${name} ${version} ${license}`),
      ['@b/c 2.0.0 (MIT OR Apache-2.0)', 'a 0.9.0 ISC', 'a 1.0.0 MIT', 'data 3.0.0 CC0-1.0'],
    );
    const text = noticesText(packages);
    for (const wanted of [
      'Copyright A\nMIT',
      'Copyright B',
      'Copyright old A',
      'By D. The licence: https://creativecommons.org/',
    ])
      assert.ok(text.includes(wanted), wanted);
  });

  it('are a bill of materials, too', async () => {
    const packages = await bundledPackages(root, inputs);
    const bill = JSON.parse(billOfMaterials({ name: 'own', version: '1.0.0', license: 'MIT' }, packages)) as {
      components: { purl: string; licenses: unknown[] }[];
    };
    assert.deepEqual(
      bill.components.map(({ purl, licenses }) => [purl, licenses]),
      [
        ['pkg:npm/%40b/c@2.0.0', [{ expression: '(MIT OR Apache-2.0)' }]],
        ['pkg:npm/a@0.9.0', [{ license: { id: 'ISC' } }]],
        ['pkg:npm/a@1.0.0', [{ license: { id: 'MIT' } }]],
        ['pkg:npm/data@3.0.0', [{ license: { id: 'CC0-1.0' } }]],
      ],
    );
  });

  it('fail the build where a licence is missing', async () => {
    await assert.rejects(bundledPackages(root, ['node_modules/silent/x.js']), /silent .* does not say its licence/);
    await assert.rejects(bundledPackages(root, ['node_modules/textless/x.js']), /textless .* does not bring the text/);
  });
});
