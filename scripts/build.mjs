// Builds dist/: CommonJS bundles of the extension, the language server and the command line, a browser bundle of the panel's page, and what is said of the packages in them; prints their sizes. `--watch` rebuilds on change.
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { billOfMaterials, bundledPackages, noticesText } from './notices.mjs';

const bundles = [
  { entry: 'src/extension/activate.ts', out: 'extension', external: ['vscode'] },
  { entry: 'src/server/main.ts', out: 'server', external: [] },
  { entry: 'src/cli/main.ts', out: 'cli', external: [] },
  { entry: 'src/extension/panel/page/page.ts', out: 'panel', external: [], browser: true },
];

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
};
/** @type {Set<string>} what the bundles are made of */
const inputs = new Set();
const watch = process.argv.includes('--watch');

for (const bundle of bundles) {
  const options = {
    ...common,
    entryPoints: [bundle.entry],
    outfile: `dist/${bundle.out}.js`,
    external: bundle.external,
    // main/module order: packages that ship both are taken as CommonJS-friendly ESM, so that unused code is dropped
    mainFields: ['module', 'main'],
    ...(bundle.browser ? /** @type {const} */ ({ platform: 'browser', format: 'iife', target: 'es2022', sourcemap: false }) : {}),
  };
  if (watch) {
    const context = await esbuild.context(options);
    await context.watch();
  } else {
    const { metafile } = await esbuild.build({ ...options, metafile: true });
    for (const output of Object.values(metafile.outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) if (bytesInOutput > 0) inputs.add(input);
    }
    const { size } = await stat(options.outfile);
    console.log(`${options.outfile}  ${(size / 1024).toFixed(0)} KB`);
  }
}

if (!watch) {
  const packages = await bundledPackages(process.cwd(), inputs);
  /** @type {{ name: string, version: string, license: string }} */
  const own = JSON.parse(await readFile('package.json', 'utf8'));
  await writeFile(path.join('dist', 'THIRD-PARTY-NOTICES.txt'), noticesText(packages));
  await writeFile(path.join('dist', 'bom.cdx.json'), billOfMaterials(own, packages));
  console.log(`dist/THIRD-PARTY-NOTICES.txt, dist/bom.cdx.json  ${packages.length} packages`);
}
