// What we installed on a node, noted there: how, and exactly which files, so that they can be told from others and taken away again.
import { workFolder } from './workFolder';
import type { InstallKind } from '../types';
import type { NodeView } from './view';

/** One plugin we installed. */
export interface Receipt {
  plugin: string;
  via: InstallKind;
  version: string | null;
  /** The rock it came as, `name` without version. */
  rock: string | null;
  /** Absolute paths of the files we wrote ourselves; empty when LuaRocks did. */
  files: string[];
  /** The folder put on lua_package_path for it. */
  root: string | null;
}

/** Where the receipt of a plugin is kept. */
export function receiptPath(prefix: string, plugin: string): string {
  return `${workFolder(prefix)}/receipts/${plugin}.json`;
}

/**
 * The receipts of a node by plugin; pieces that a killed process left say nothing. Throws UserError when they are there and may not be read: an
 * operation that took our own files for somebody else's would leave them behind.
 */
export async function readReceipts(view: NodeView): Promise<Map<string, Receipt>> {
  const files = (await view.node.readTree(`${workFolder(view.facts.prefix)}/receipts`)) ?? new Map<string, Buffer>();
  const receipts = new Map<string, Receipt>();
  for (const content of files.values()) {
    try {
      const receipt = JSON.parse(content.toString('utf8')) as Partial<Receipt>;
      if (typeof receipt.plugin === 'string' && Array.isArray(receipt.files)) receipts.set(receipt.plugin, receipt as Receipt);
    } catch {
      continue;
    }
  }
  return receipts;
}
