// Builds dist/: CommonJS bundles of the extension, the language server and the command line, a browser bundle of the panel's page; prints their sizes. `--watch` rebuilds on change.
import { stat } from 'node:fs/promises';
import * as esbuild from 'esbuild';

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
    await esbuild.build(options);
    const { size } = await stat(options.outfile);
    console.log(`${options.outfile}  ${(size / 1024).toFixed(0)} KB`);
  }
}
