// The ladder and the results of operations: what every face shows. The shapes are those of the command line's JSON.
import type { SettingSource } from '../kong/settings';
import type { EntryId } from '../troubleshoot/catalogue';
import type { Finding } from '../troubleshoot/finding';

/** How a plugin's files came to a node. */
export type InstallKind = 'rock' | 'source' | 'path';

/** The rungs one plugin stands on, on one node. null means not known. */
export interface PluginOnNode {
  name: string;
  installed: { version: string | null; via: InstallKind | null; path: string } | null;
  enabled: boolean;
  loaded: boolean | null;
  /** How many entities configure it. */
  inUse: number | null;
  /** Catalogue ids of what is wrong with it here. */
  problems: EntryId[];
  /** Who enables it: the setting a start reads (by argument, environment, file, default), or only the last reload of what runs; null when nobody does. */
  enabledBy: SettingSource | 'reload' | null;
  /** Whether its Lua files differ from the workspace's; null when one side is missing. */
  drift: boolean | null;
}

/** What an operation that never ended left on a node. */
export interface Interrupted {
  operation: string;
  /** When it began, as ISO 8601. */
  at: string;
  /** Whether this user wrote that on this machine. */
  ours: boolean;
  /** The files it would put back. */
  files: string[];
  /** All of that in a sentence for people. */
  says: string;
}

/** One node with its custom plugins, and what it would say if it started now. */
export interface NodeStatus {
  /** `folder:DIR`, `local`, `docker:NAME` … : what `--node` takes. */
  id: string;
  kind: 'folder' | 'local' | 'docker' | 'compose';
  /** Kong's version, null when not known. */
  kong: string | null;
  running: boolean;
  /** Of a container that does not run: how it stands (`stopped (it exited with 1)`), and when it ended, in ISO 8601. */
  ended?: { how: string; at: string | null };
  /** `off`, `postgres`, `cassandra`; null when not known. */
  database: string | null;
  /** Its part in a hybrid deployment: `traditional`, `control_plane` or `data_plane`. */
  role: string;
  plugins: PluginOnNode[];
  /** `unseen` holds what could not be looked at, where there is something. */
  predictedStart: { ok: boolean; problems: EntryId[]; unseen?: string[] };
  /** What would stop a start, each problem once: first what Kong would say, then what stands behind it. */
  findings: Finding[];
  interrupted: Interrupted | null;
}

/** One step of an operation and how it ended. `planned` only in a dry run. */
export interface StepResult {
  name: string;
  status: 'planned' | 'done' | 'skipped' | 'failed' | 'undone';
  detail: string;
  /** It is done, and saw something wrong that is not its doing. */
  warning?: boolean;
}

/** How an operation ended on one node. */
export interface OperationResult {
  node: string;
  ok: boolean;
  steps: StepResult[];
  findings: Finding[];
}

/** Told while an operation runs. */
export type Progress = (node: string, step: StepResult) => void;
