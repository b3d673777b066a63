// Noting an installation on the node, and forgetting it.
import type { FileEdit } from '../plan/plan';
import { sealed } from '../state/seal';
import { receiptPath, type Receipt } from '../state/receipts';

/** The edit that notes an installation. */
export async function receiptEdit(prefix: string, receipt: Receipt): Promise<FileEdit> {
  return { path: receiptPath(prefix, receipt.plugin), content: await sealed('receipt', receipt), mode: 0o600 };
}

/** The edit that forgets one. */
export function receiptRemoval(prefix: string, plugin: string): FileEdit {
  return { path: receiptPath(prefix, plugin), content: null };
}
