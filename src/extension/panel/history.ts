// Past diagnoses of the workspace, newest first; without their logs, which may hold secrets.
import type * as vscode from 'vscode';
import type { Finding } from '../../troubleshoot/finding';
import { cardKey, type PastDiagnosis } from './diagnosis';

const KEY = 'troubleshooting.history';
const LENGTH = 20;

export interface DiagnosisHistory {
  all: () => readonly PastDiagnosis[];
  /** Keeps a diagnosis, in place of an earlier state of it, and of the last one when that said the same. */
  keep: (diagnosis: PastDiagnosis) => Promise<void>;
}

/** The history in a workspace's memory. */
export function diagnosisHistory(memory: vscode.Memento): DiagnosisHistory {
  const all = (): PastDiagnosis[] => memory.get<PastDiagnosis[]>(KEY, []);
  return {
    all,
    keep: async ({ id, source, node, kong, time, findings }) => {
      const others = all().filter(
        (past, i) => past.id !== id && !(i === 0 && past.source === source && saysSame(past.findings, findings)),
      );
      await memory.update(KEY, [{ id, source, node, kong, time, findings }, ...others].slice(0, LENGTH));
    },
  };
}

function saysSame(some: readonly Finding[], others: readonly Finding[]): boolean {
  const [first, second] = [some, others].map((findings) => findings.map(cardKey).sort().join('\n'));
  return first === second;
}
