// What is wrong with a rock, or with what would go into one.
import type { Severity } from '../text/diagnostic';

/** One thing wrong with an archive or with what would go into it. `path` is the file it is about, as the archive or the folder names it. */
export interface RockProblem {
  code: string;
  severity: Severity;
  message: string;
  path?: string;
}

/** A problem that refuses the archive. */
export function error(code: string, message: string, path?: string): RockProblem {
  return { code, severity: 'error', message, ...(path === undefined ? {} : { path }) };
}

/** A problem that is only said. */
export function warning(code: string, message: string, path?: string): RockProblem {
  return { code, severity: 'warning', message, ...(path === undefined ? {} : { path }) };
}

/** Whether a problem among these refuses the operation. */
export function hasErrors(problems: readonly RockProblem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}
