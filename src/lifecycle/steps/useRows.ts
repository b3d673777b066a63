// The step that changes one use of a plugin in a database, through the Admin API.
import { randomUUID } from 'node:crypto';
import { secretsOfData } from '../../troubleshoot/secrets/data';
import type { AdminClient, Json } from '../../kong/adminClient';
import { UserError } from '../../system/userError';
import type { Step, StepContext } from '../plan/plan';
import { findUses } from '../state/inUse';
import { listUses, placeOf } from '../state/use/listUses';
import type { NodeView } from '../state/view';
import { keepRows, type Keep } from './keepUses';
import { refusedByKong } from './refused';
import {
  changedMeanwhile,
  fieldWords,
  isAsSeen,
  placeOfAddition,
  subjectOf,
  type Addition,
  type Edition,
  type Removal,
  type UseChange,
} from './useChange';

/** Changes a row; `keep` gets what is taken away. */
export function rowStep(view: NodeView, change: UseChange, keep: Keep | undefined): Step {
  const words = {
    add: `Put ${subjectOf(change)}${fieldWords(change)} into the database`,
    edit: `Change ${subjectOf(change)}${fieldWords(change)} in the database`,
    remove: `Delete the configuration of ${subjectOf(change)} from the database${keep === undefined ? '' : ', and keep it as a file'}`,
  };
  return {
    name: change.kind === 'remove' ? 'unconfigure' : 'configure',
    describe: `${words[change.kind]}; ${everyNode(view, change)}.`,
    async run(context) {
      const now = await context.view();
      if (now.admin === undefined) throw new UserError('The Admin API cannot be reached.', { exitCode: 3 });
      const uses = await listUses(now, await findUses(now, context.signal), change.plugin, context.signal);
      if (change.kind === 'add') {
        if (uses.some((use) => placeOf(use) === placeOfAddition(change))) throw changedMeanwhile(change);
        return `${await add(context, now, now.admin, change)} ${capital(everyNode(now, change))}.`;
      }
      if (
        !isAsSeen(
          uses.find(({ id }) => id === change.use.id),
          change.use,
        )
      )
        throw changedMeanwhile(change);
      const done =
        change.kind === 'edit'
          ? await edit(context, now, now.admin, change)
          : await remove(context, now, now.admin, change, keep);
      return `${done} ${capital(everyNode(now, change))}.`;
    },
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Whom a row concerns. */
function everyNode(view: NodeView, { kind }: UseChange): string {
  const host = view.setting('pg_host').value;
  const database = view.setting('pg_database').value;
  const which = view.setting('database').value === 'postgres' && host !== '' ? ` (${database} at ${host})` : '';
  return kind === 'remove' ? `no Kong on this database${which} has it then` : `every Kong on this database${which} has it`;
}

function pathOf(workspace: string | undefined, id: string): string {
  return `${workspace === undefined ? '' : `/${encodeURIComponent(workspace)}`}/plugins/${encodeURIComponent(id)}`;
}

async function add(context: StepContext, view: NodeView, admin: AdminClient, change: Addition): Promise<string> {
  const { plugin, target, entity } = change;
  const id = randomUUID();
  const path = pathOf(undefined, id);
  const on = target?.id === undefined ? {} : { [target.kind]: { id: target.id } };
  await context.note({ entities: [{ path, row: null }] });
  await send(admin, 'PUT', path, { name: plugin, ...on, ...entity }, view, change);
  return `Put ${subjectOf(change)}${fieldWords(change)} there: ${id}.`;
}

async function edit(context: StepContext, view: NodeView, admin: AdminClient, change: Edition): Promise<string> {
  const { use, fields, entity } = change;
  const path = pathOf(use.workspace, use.id);
  const config = entity['config'];
  const body: Record<string, Json> = {};
  const parts: Record<string, Json> = {};
  for (const { path: at } of fields) {
    const [first = '', second] = at;
    // Kong merges records and replaces all else, so a field goes whole.
    if (first !== 'config' || second === undefined) body[first] = entity[first] ?? null;
    else parts[second] = (config as Record<string, Json>)[second] ?? null;
  }
  if (Object.keys(parts).length > 0) body['config'] = parts;
  await context.note({ entities: [{ path, row: { ...use.entity?.row } }] });
  await send(admin, 'PATCH', path, body, view, change);
  return `Changed ${subjectOf(change)}${fieldWords(change)}.`;
}

async function send(
  admin: AdminClient,
  method: 'PUT' | 'PATCH',
  path: string,
  body: Record<string, Json>,
  view: NodeView,
  change: Addition | Edition,
): Promise<void> {
  const { status, json } = await admin.attempt(method, path, body);
  if (status < 300) return;
  throw await refusedByKong(json, {
    plugin: change.plugin,
    kong: view.facts.kong,
    secrets: secretsOfData(change.entity),
    place: change.place,
  });
}

async function remove(
  context: StepContext,
  view: NodeView,
  admin: AdminClient,
  change: Removal,
  keep: Keep | undefined,
): Promise<string> {
  const { use } = change;
  const { entity } = use;
  if (entity === undefined) throw changedMeanwhile(change);
  const kept = keep === undefined ? [] : await keepRows(admin, view.version, [entity], keep, context.signal);
  const path = pathOf(use.workspace, use.id);
  await context.note({ entities: [{ path, row: { ...entity.row } }] });
  await admin.send('DELETE', path, undefined, [404]);
  return `Deleted the configuration of ${subjectOf(change)}.${kept.length === 0 ? '' : ` Kept in ${kept.join(', ')}.`}`;
}
