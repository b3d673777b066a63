// The one table of remedies: what each kind needs, what it changes in the workspace, and what it does on a node. Every face reads it.
import type { Plugin } from '../../plugin/plugin';
import type { FileChange } from '../../text/diagnostic';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import { CATALOGUE } from '../../troubleshoot/catalogue';
import type { Stage } from '../../troubleshoot/catalogue/entry';
import type { Finding } from '../../troubleshoot/finding';
import type { RemedyKind } from '../../troubleshoot/remedyKinds';
import type { Operation } from '../plan/plan';
import { caseOf, type CaseOptions, type RemedyCase, type Remedy } from './case';
import { CORRECT_SETTING } from './correct';
import { ADD_ROCK_DEPENDENCY } from './dependency';
import { provedOperation } from './healed';
import { NODE_REMEDIES } from './node';
import { SETTING_REMEDIES } from './settings';
import { SOURCE_REMEDIES } from './source';
import { usefulOn } from './useful';

/** Every kind of the catalogue, carried out. */
export const REMEDIES: Readonly<Record<RemedyKind, Remedy>> = {
  ...SETTING_REMEDIES,
  ...SOURCE_REMEDIES,
  ...NODE_REMEDIES,
  'add-rock-dependency': ADD_ROCK_DEPENDENCY,
  'correct-setting': CORRECT_SETTING,
};

/** A remedy for one finding, as far as it is known before anything is changed. */
export interface PlannedRemedy {
  kind: RemedyKind;
  /** What it will do, in a sentence. */
  says: string;
  /** The changes of workspace files, to be shown and made first; none when they are right already. */
  changes: FileChange[];
  /** What is then done on the node; to be asked for when the changes are made, because it reads the files. */
  operation: (() => Promise<Operation>) | undefined;
}

/** Where remedies are looked for. */
export interface OfferOptions extends CaseOptions {
  /** The node that they would be carried out on: what would change nothing there is not offered. */
  node?: Node | undefined;
}

/** The kinds that can be carried out for a finding, the likeliest first. */
export async function remediesFor(
  finding: Finding,
  plugins: readonly Plugin[],
  options: OfferOptions = {},
): Promise<RemedyKind[]> {
  const about = await caseOf(finding, plugins, options);
  const wanted = kindsOf(about);
  const possible = await Promise.all(wanted.map((kind) => isPossible(REMEDIES[kind], about)));
  const kinds = wanted.filter((_, i) => possible[i]);
  return options.node === undefined ? kinds : usefulOn(options.node, kinds, about);
}

/** Stages at which the plugin's own files are at fault: once they are mended by hand, they have to come to the node again. */
const OF_FILES: readonly Stage[] = ['load', 'schema', 'runtime', 'migrate'];

function kindsOf({ finding: { id, file, plugin: named, fixes = [] }, plugin }: RemedyCase): RemedyKind[] {
  // What the list names is nowhere, and what it was meant to name is in the workspace.
  if (id === 'plugin-enabled-not-installed' && plugin !== undefined && named !== null && plugin.name !== named)
    return ['use-plugin-name', 'disable-on-node'];
  const { stage } = CATALOGUE[id];
  const isOfFile = OF_FILES.includes(stage) && (file !== null || stage === 'schema');
  return isOfFile && !fixes.includes('reinstall') && !fixes.includes('install') ? [...fixes, 'reinstall'] : fixes;
}

async function isPossible({ needs, fits }: Remedy, about: RemedyCase): Promise<boolean> {
  const isKnown = needs === 'nothing' || (needs === 'name' ? about.name !== undefined : about.plugin !== undefined);
  return isKnown && (await fits?.(about)) !== false;
}

/** Plans one remedy. Throws UserError when the finding has not that one, or something it needs is missing. */
export async function planRemedy(
  finding: Finding,
  kind: RemedyKind,
  plugins: readonly Plugin[],
  options: CaseOptions = {},
): Promise<PlannedRemedy> {
  const about = await caseOf(finding, plugins, options);
  const remedy = REMEDIES[kind];
  if (!(await isPossible(remedy, about))) {
    throw new UserError(`${finding.plugin ?? 'The plugin'} is not in this workspace.`, {
      next: 'Open its folder, or name it: `kong-plugin fix --node NODE DIR`',
    });
  }
  const { operation } = remedy;
  return {
    kind,
    says: remedy.says,
    changes: (await remedy.changes?.(about)) ?? [],
    operation: operation === undefined ? undefined : async () => provedOperation(await operation(about), finding),
  };
}
