// What each face loads before it is asked for anything: a walk over the imports that are followed at once.
import assert from 'node:assert/strict';
import { importsOfTree, type ImportKind } from './house/imports';

/** Kinds that load nothing until they are asked to, or never. */
const LATER: readonly ImportKind[] = ['dynamic-import', 'require-resolve', 'computed', 'type'];

/** Files and packages that loading an entry evaluates at once. */
async function loadedAtOnce(entry: string): Promise<string[]> {
  const imports = (await importsOfTree()).filter(({ kind }) => !LATER.includes(kind));
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { from, to } of imports) if (from === file) visit(to);
  };
  visit(entry);
  return [...seen];
}

/** Files and packages outside the allowed folders. */
const outside = (files: string[], allowed: RegExp): string[] => files.filter((file) => !allowed.test(file));

describe('start-up', function () {
  // The first look at the imports loads the compiler.
  this.timeout(120_000);

  it('the extension loads only its own face, the names and the small bottom rooms', async () => {
    const files = await loadedAtOnce('src/extension/activate.ts');
    assert.deepEqual(outside(files, /^src\/(extension|contributions|system|text)\/|^node:|^vscode$/), []);
  });

  it('the command line loads only its face, the small bottom rooms and its argument parser', async () => {
    const files = await loadedAtOnce('src/cli/main.ts');
    assert.deepEqual(outside(files, /^src\/(cli|system|text)\/|^node:|^commander$/), []);
  });
});
