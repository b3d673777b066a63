// Builds and packs the extension into out/kong-plugin-workbench.vsix; a warning of vsce is a failure.
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

const root = path.resolve(import.meta.dirname, '..');

/** Where the package is written. */
export const vsixPath = path.join(root, 'out/kong-plugin-workbench.vsix');

/** What the package must say of the code of others in it; the build writes it. */
const REQUIRED = ['dist/THIRD-PARTY-NOTICES.txt', 'dist/bom.cdx.json'];

/** Packs what dist/ holds now. Rejects when it lacks the notices of others, and when vsce fails or warns. */
export async function packageExtension() {
  for (const file of REQUIRED) await access(path.join(root, file));
  await mkdir(path.dirname(vsixPath), { recursive: true });
  /** @type {string[]} */
  const warnings = [];
  const warn = console.warn;
  console.warn = (/** @type {unknown[]} */ ...words) => warnings.push(words.join(' '));
  try {
    await createVSIX({ cwd: root, packagePath: vsixPath, dependencies: false, allowMissingRepository: true });
  } finally {
    console.warn = warn;
  }
  if (warnings.length > 0) throw new Error(`vsce warned:\n${warnings.join('\n')}`);
  return vsixPath;
}

if (process.argv[1] === import.meta.filename) {
  await import('./build.mjs');
  console.log(await packageExtension());
}
