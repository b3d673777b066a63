// What we installed on a node, noted there: how, and exactly which files, so that they can be told from others and taken away again.
import { pluginNameProblem } from '../../kong/pluginsSetting';
import { unsealed } from './seal';
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

/** A receipt that was found on a node. */
export interface FoundReceipt extends Receipt {
  /** Whether this user wrote it on this machine: only then the files it names are ours to delete. */
  ours: boolean;
}

/** Where the receipt of a plugin is kept. */
export function receiptPath(prefix: string, plugin: string): string {
  return `${workFolder(prefix)}/receipts/${plugin}.json`;
}

/**
 * The receipts of a node by plugin; pieces that a killed process left say nothing. Throws UserError when they are there and may not be read: an
 * operation that took our own files for somebody else's would leave them behind.
 */
export async function readReceipts(view: NodeView): Promise<Map<string, FoundReceipt>> {
  const files = (await view.node.readTree(`${workFolder(view.facts.prefix)}/receipts`)) ?? new Map<string, Buffer>();
  const receipts = new Map<string, FoundReceipt>();
  for (const [name, content] of files) {
    const read = await unsealed('receipt', content.toString('utf8'));
    const receipt = read === undefined ? undefined : receiptOf(read.value);
    if (read === undefined || receipt === undefined || name !== `${receipt.plugin}.json`) continue;
    receipts.set(receipt.plugin, { ...receipt, ours: read.ours });
  }
  return receipts;
}

const VIAS: readonly unknown[] = ['rock', 'source', 'path'] satisfies InstallKind[];

/** What somebody else wrote may have any shape. */
function receiptOf(value: Readonly<Record<string, unknown>>): Receipt | undefined {
  const { plugin, via, version, rock, files, root } = value;
  const isTextOrNull = (field: unknown): boolean => field === null || typeof field === 'string';
  const isReceipt =
    typeof plugin === 'string' &&
    pluginNameProblem(plugin) === undefined &&
    VIAS.includes(via) &&
    [version, rock, root].every(isTextOrNull) &&
    Array.isArray(files) &&
    files.every((file) => typeof file === 'string');
  return isReceipt ? (value as unknown as Receipt) : undefined;
}
