// Inspect Archive: what is in a .rock or .tar.gz, where it would be deployed, and what is wrong with it. Nothing is unpacked.
import path from 'node:path';
import type { Archive } from '../../archive/archive';
import { count } from '../../text/count';
import type { CommandHandler } from '../commandHandler';
import { told } from '../dialogue/ask';
import { askFile, type FileWanted } from '../dialogue/askFile';
import { withProgress } from '../dialogue/progress';

const ARCHIVE: FileWanted = {
  question: 'archive to inspect',
  title: 'Inspect Archive',
  openLabel: 'Inspect',
  glob: '**/*.{rock,tar.gz,tgz}',
  filters: { Archives: ['rock', 'gz', 'tgz'] },
};

export const inspectArchive: CommandHandler = async (services, argument) => {
  const file = told(services, argument).file ?? (await askFile(services, ARCHIVE));
  const archive = await withProgress(`Reading ${path.basename(file)}`, async ({ signal }) => {
    const { inspectArchive: inspect } = await import('../../archive/inspect');
    return inspect(file, { signal });
  });
  await services.reports.show(`${path.basename(file)}.txt`, reportOf(archive));
};

/** The report as text: problems first, because they decide. */
function reportOf({ path: file, kind, sha256, files, problems }: Archive): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const width = Math.max(0, ...files.map((one) => one.path.length));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  return [
    `${path.basename(file)}: ${kind === 'rock' ? 'rock' : '.tar.gz'}, ${count(files.length, 'file')}, ${count(total, 'byte')}`,
    sha256 === null ? '' : `sha256 ${sha256}`,
    '',
    problems.length === 0
      ? 'Nothing wrong with it.'
      : `${count(problems.length, 'problem')}, ${count(errors, 'error')} among them:`,
    ...problems.map((problem) => `  ${problem.severity}: ${problem.message} [${problem.code}]`),
    '',
    'Files, and where installing puts them:',
    ...files.map((one) =>
      `  ${String(one.size).padStart(9)}  ${one.path.padEnd(width)}${one.deploysTo === undefined ? '' : `  →  ${one.deploysTo}`}`.trimEnd(),
    ),
    '',
  ].join('\n');
}
