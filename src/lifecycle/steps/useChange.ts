// A change of one use of a plugin, whatever keeps it: what is put there, changed or taken away, in words, and the proof that it is so.
import { isDeepStrictEqual } from 'node:util';
import type { GivenField } from '../../config/given/words';
import { pause, type Json } from '../../kong/adminClient';
import { UserError } from '../../system/userError';
import { StepFailure } from '../failure';
import { findUses } from '../state/inUse';
import { listUses, placeOf, scopeWords, type ListedUse, type UseTarget } from '../state/use/listUses';
import type { NodeView } from '../state/view';
import type { GivenPlace } from './refused';

/** A use that comes. */
export interface Addition {
  kind: 'add';
  plugin: string;
  /** What it is applied to; undefined is everything. */
  target: (UseTarget & { id: string | undefined }) | undefined;
  /** What is said of it: `config`, `enabled` … */
  entity: Readonly<Record<string, Json>>;
  place: GivenPlace | undefined;
}

/** A use whose fields change. */
export interface Edition {
  kind: 'edit';
  plugin: string;
  use: ListedUse;
  fields: readonly GivenField[];
  /** What it is then. */
  entity: Readonly<Record<string, Json>>;
  place: GivenPlace | undefined;
}

/** A use that goes. */
export interface Removal {
  kind: 'remove';
  plugin: string;
  use: ListedUse;
}

export type UseChange = Addition | Edition | Removal;

/** How long workers may take to have what one of them was sent. */
const SEEN_WITHIN_MS = 10_000;
const POLL_MS = 100;

/** The place of a use that comes. */
export function placeOfAddition({ plugin, target, entity }: Addition): string {
  const { instance_name: instance } = entity;
  return placeOf({
    plugin,
    instance: typeof instance === 'string' ? instance : undefined,
    on: target === undefined ? [] : [{ kind: target.kind, name: target.name }],
  });
}

/** What a change is about: `hello on service:orders`. */
export function subjectOf(change: UseChange): string {
  if (change.kind !== 'add') return `${change.plugin} on ${scopeWords(change.use)}`;
  return `${change.plugin} on ${scopeWords({ on: change.target === undefined ? [] : [change.target] })}`;
}

/** The names of fields that a change gives; their values may be secrets. */
export function fieldWords(change: UseChange): string {
  if (change.kind === 'remove') return '';
  const names = change.kind === 'add' ? namesIn(change.entity) : change.fields.map(({ path }) => path.join('.'));
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

function namesIn(entity: Readonly<Record<string, Json>>): string[] {
  return Object.entries(entity).flatMap(([name, value]) =>
    name === 'config' && typeof value === 'object' && value !== null
      ? Object.keys(value).map((field) => `config.${field}`)
      : [name],
  );
}

/** Whoever changed it meanwhile must not be overwritten. */
export function changedMeanwhile(change: UseChange): UserError {
  return new UserError(`${subjectOf(change)} was changed by somebody else just now; nothing was written.`, {
    next: `See what it is now: \`kong-plugin uses ${change.plugin}\`. Then try again.`,
  });
}

/** Whether a use is still what was looked at. */
export function isAsSeen(now: ListedUse | undefined, seen: ListedUse): boolean {
  return now !== undefined && isDeepStrictEqual(now.entity?.row ?? now.declared?.row, seen.entity?.row ?? seen.declared?.row);
}

/** Looks until the change is seen on the node, by its Kong where one runs. Throws StepFailure when it is not. */
export async function seeChange(
  look: () => Promise<NodeView>,
  change: UseChange,
  signal: AbortSignal | undefined,
): Promise<string> {
  const deadline = Date.now() + SEEN_WITHIN_MS;
  for (;;) {
    const view = await look();
    const { use, wrong } = await seen(view, change, signal);
    const isRunning = view.facts.running && view.admin !== undefined;
    if (wrong === undefined) return told(change, use, isRunning);
    // A node that does not run says the same for ever.
    if (!isRunning || Date.now() > deadline) throw new StepFailure(wrong);
    await pause(POLL_MS, signal);
  }
}

async function seen(
  view: NodeView,
  change: UseChange,
  signal: AbortSignal | undefined,
): Promise<{ use: ListedUse | undefined; wrong: string | undefined }> {
  const isRunning = view.facts.running && view.admin !== undefined;
  const uses = await listUses(view, await findUses(view, signal), change.plugin, signal);
  const use =
    change.kind === 'add'
      ? uses.find((one) => placeOf(one) === placeOfAddition(change))
      : uses.find(({ id }) => id === change.use.id);
  const who = isRunning ? 'Kong' : 'The file';
  if (change.kind === 'remove') return { use, wrong: use === undefined ? undefined : `${who} still has ${subjectOf(change)}.` };
  if (use === undefined || (isRunning && use.entity === undefined))
    return { use, wrong: `${who} does not list ${subjectOf(change)}.` };
  const config = isRunning ? use.entity?.row['config'] : use.config;
  const enabled = isRunning ? use.entity?.row['enabled'] !== false : use.enabled;
  const field = differing(change.entity['config'] ?? null, config ?? null, 'config');
  if (field !== undefined) return { use, wrong: `${who} has another ${field} for ${subjectOf(change)} than was given.` };
  const wanted = change.entity['enabled'] !== false;
  if (enabled !== wanted) return { use, wrong: `${who} has ${subjectOf(change)} switched ${enabled ? 'on' : 'off'}.` };
  return { use, wrong: undefined };
}

function told(change: UseChange, use: ListedUse | undefined, isRunning: boolean): string {
  const who = isRunning ? 'Kong' : 'The file';
  if (change.kind === 'remove') return `${who} no longer has ${subjectOf(change)}.`;
  const off = change.entity['enabled'] === false ? ', switched off' : '';
  return `${who} has ${subjectOf(change)} as it was given${off}: ${use?.id ?? ''}`;
}

/** The first plain value that is another than was given; lists and what Kong fills in are its own. */
function differing(given: Json, found: Json, name: string): string | undefined {
  // Kong keeps an empty text as nothing.
  if (typeof given !== 'object') return given === found || (given === '' && found === null) ? undefined : name;
  if (given === null || Array.isArray(given) || typeof found !== 'object' || found === null || Array.isArray(found))
    return undefined;
  for (const [field, value] of Object.entries(given)) {
    // Shorthands are told as what they are made into.
    const other = Object.hasOwn(found, field) ? found[field] : undefined;
    const wrong = other === undefined ? undefined : differing(value, other, `${name}.${field}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
