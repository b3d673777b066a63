// The command line, or another program of ours, as one file that runs by itself: for tests of it as a process of its own.
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../../..');

/** Bundles a program (a path from the root of the repository) into a file. */
export async function bundled(outfile: string, entry = 'src/cli/main.ts'): Promise<void> {
  await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
}
