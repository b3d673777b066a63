// How `pack` and `inspect` tell of archives: the one JSON document, or text for people.
import type { Archive } from '../archive/archive';
import type { Io, OutputFormat } from './io';
import { shownPath } from './paths';

/** Prints archives, paths relative to the working directory, and returns whether any of them has an error. */
export function printArchives(io: Io, archives: readonly Archive[], format: OutputFormat): boolean {
  const shown = archives.map((archive) => ({ ...archive, path: shownPath(io.cwd, archive.path) }));
  io.out(format === 'json' ? `${JSON.stringify({ archives: shown }, undefined, 2)}\n` : shown.map(archiveText).join('\n'));
  return archives.some(({ problems }) => problems.some(({ severity }) => severity === 'error'));
}

function archiveText({ path, sha256, files, problems }: Archive): string {
  const lines = [
    path,
    ...(sha256 === null ? [] : [`  sha256 ${sha256}`]),
    ...files.map(
      (file) =>
        `  ${String(file.size).padStart(9)}  ${file.path}${file.deploysTo === undefined ? '' : `  ->  ${file.deploysTo}`}`,
    ),
    ...problems.map((problem) => `  ${problem.severity}: ${problem.message} [${problem.code}]`),
  ];
  return `${lines.join('\n')}\n`;
}
