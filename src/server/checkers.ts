// Who checks what: one line per kind of file.
import type { Diagnostic } from '../text/diagnostic';
import type { FileKind } from './documents';
import type { Settings } from './settings';

/** One text to check. */
export interface CheckInput {
  path: string;
  text: string;
  settings: Settings;
  signal: AbortSignal;
}

type Checker = (input: CheckInput) => Promise<Diagnostic[]>;

/** Kinds without a line have no diagnostics. The engine is loaded with the first file that needs it. */
const CHECKERS: Partial<Record<FileKind, Checker>> = {
  kongconf: async ({ text, path }) => (await import('../kong/confChecks')).checkKongConf(text, path),
};

/** The diagnostics of one text; none for a kind of file that nobody checks. */
export async function check(kind: FileKind, input: CheckInput): Promise<Diagnostic[]> {
  return (await CHECKERS[kind]?.(input)) ?? [];
}
