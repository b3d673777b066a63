// What the troubleshooting panel asks of the rest of the editor: logs to diagnose, and remedies.
import type * as vscode from 'vscode';
import type { Node } from '../../node/node';
import type { Finding } from '../../troubleshoot/finding';
import type { CardAction } from './messages';

/** A node whose log is diagnosed: the replicas of a service are one. */
export interface NodeLog {
  id: string;
  name: string;
  /** Kong's version, when it is known. */
  kong: string | null;
  nodes: readonly Node[];
}

/** What can be done about a finding from here. */
export interface Remedies {
  actionsFor: (finding: Finding, node: string | null) => Promise<CardAction[]>;
  /** What came of it, when it was done; undefined when it was not, which was then said elsewhere. */
  apply: (finding: Finding, node: string | null, fix: string) => Promise<Applied | undefined>;
  /** Those of some findings that our own check says of the files they name now; what is no file of a plugin here it does not look at. */
  foundByCheck: (findings: readonly Finding[]) => Promise<ReadonlySet<Finding>>;
}

/** A remedy that was carried out. */
export interface Applied {
  note: string;
  /** Whether the finding was looked for again and is gone; of one that only requests show, nobody knows yet. */
  seen: boolean;
}

/** The panel's actions, handed to it when it is made. */
export interface PanelActions extends Remedies {
  /** The clipboard's text. Throws UserError when it holds none. */
  clipboardText: () => Promise<string>;
  /** The path of a log that was dropped, or that the person picks; undefined when none is picked. Throws UserError for what is no file of this machine. */
  logFile: (dropped?: vscode.Uri) => Promise<string | undefined>;
  /** The log of a node that the person picks; undefined where nodes are not looked at, which was then said. */
  someNodesLog: () => Promise<NodeLog | undefined>;
  /** The log of this node, which is to be followed; likewise. */
  followedLog: (node: string) => Promise<NodeLog | undefined>;
}
