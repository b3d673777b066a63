// The rockspec's own checks as problems of the archive to come.
import { basename } from 'node:path';
import type { Rockspec } from '../rockspec/read';
import { error } from './archive';
import type { ArchiveProblem } from './archive';

/** What is wrong with a rockspec. */
export function checkRockspecFile(rockspec: Rockspec): ArchiveProblem[] {
  const failure = rockspec.syntaxError ?? rockspec.evaluation.error;
  return failure === undefined ? [] : [error('rockspec', failure.message, basename(rockspec.path))];
}
