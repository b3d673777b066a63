// Noting an installation on the node, and forgetting it.
import type { FileEdit } from '../plan/plan';
import { receiptPath, type Receipt } from '../state/receipts';

/** The edit that notes an installation. */
export function receiptEdit(prefix: string, receipt: Receipt): FileEdit {
  return { path: receiptPath(prefix, receipt.plugin), content: `${JSON.stringify(receipt, null, 2)}\n` };
}

/** The edit that forgets one. */
export function receiptRemoval(prefix: string, plugin: string): FileEdit {
  return { path: receiptPath(prefix, plugin), content: null };
}
