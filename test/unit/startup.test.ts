// What each face loads before it is asked for anything: a walk over the static imports that esbuild sees.
import assert from 'node:assert/strict';
import path from 'node:path';
import * as esbuild from 'esbuild';

const root = path.resolve(__dirname, '../..');

/** Files that loading an entry evaluates at once, relative to the repo. */
async function loadedAtOnce(entry: string): Promise<string[]> {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    external: ['vscode'],
    logLevel: 'silent',
    mainFields: ['module', 'main'],
  });
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const imported of metafile.inputs[file]?.imports ?? []) {
      if (imported.kind !== 'dynamic-import' && imported.external !== true) visit(imported.path);
    }
  };
  visit(entry);
  return [...seen];
}

/** Files outside the allowed folders. */
const outside = (files: string[], allowed: RegExp): string[] => files.filter((file) => !allowed.test(file));

describe('start-up', () => {
  it('the extension loads only its own face, the names and the small bottom rooms', async () => {
    const files = await loadedAtOnce('src/extension/activate.ts');
    assert.deepEqual(outside(files, /^src\/(extension|contributions|system|text)\//), []);
  });

  it('the command line loads only its face, the small bottom rooms and its argument parser', async () => {
    const files = await loadedAtOnce('src/cli/main.ts');
    assert.deepEqual(outside(files, /^src\/(cli|system|text)\/|^node_modules\/commander\//), []);
  });
});
