// Past diagnoses of the workspace, newest first; without their logs, which may hold secrets.
import type * as vscode from 'vscode';
import type { PastDiagnosis } from './diagnosis';

const KEY = 'troubleshooting.history';
const LENGTH = 20;

export interface DiagnosisHistory {
  all: () => readonly PastDiagnosis[];
  /** Keeps a diagnosis, in place of an earlier state of it. */
  keep: (diagnosis: PastDiagnosis) => Promise<void>;
}

/** The history in a workspace's memory. */
export function diagnosisHistory(memory: vscode.Memento): DiagnosisHistory {
  const all = (): PastDiagnosis[] => memory.get<PastDiagnosis[]>(KEY, []);
  return {
    all,
    keep: async ({ id, source, node, kong, time, findings }) => {
      const others = all().filter((past) => past.id !== id);
      await memory.update(KEY, [{ id, source, node, kong, time, findings }, ...others].slice(0, LENGTH));
    },
  };
}
