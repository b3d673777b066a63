// Putting back what a removal took out of use: rows through the Admin API, or a declarative file as it was.
import { asObject, type AdminClient, type Json } from '../../kong/adminClient';
import { withoutEntry } from '../../kong/declarative/edits';
import { readDeclarative, withoutDeclared, type DeclaredPlugin } from '../../kong/declarative/read';
import { UserError } from '../../system/userError';
import { count } from '../../text/count';
import { readJson } from '../../text/json';
import { Refusal, Skip, StepFailure } from '../failure';
import type { Operation, Step } from '../plan/plan';
import { findUses } from '../state/inUse';
import { refuseDisabled } from '../state/use/enabled';
import { COLLECTIONS } from '../state/usePlaces';
import type { NodeView } from '../state/view';
import { refuseUnwritable } from '../state/writable';
import { nextStartStep } from '../steps/nextStart';
import { reloadAndProve } from '../steps/running';

/** A file that a removal kept. */
export interface KeptFile {
  /** For people. */
  name: string;
  text: string;
}

/** One row of a kept file, and where it goes. */
interface KeptRow {
  path: string;
  row: Record<string, Json>;
  /** The plugin that it configures; undefined for what such a row refers to. */
  plugin: string | undefined;
}

/** Puts back what is no longer there; what is there stays as it is. The plugins must be enabled, or Kong refuses their configuration. */
export function restoreOperation(file: KeptFile): Operation {
  return {
    title: `restore ${file.name}`,
    steps: (view) => (view.setting('database').value === 'off' ? declarativeSteps(view, file) : rowSteps(view, file)),
  };
}

async function declarativeSteps(view: NodeView, { name, text }: KeptFile): Promise<Step[]> {
  const { declarativePath: path } = await findUses(view);
  if (path === undefined) {
    throw new Refusal('This Kong has no database, and no declarative file that anything could be put back into.', {
      next: `Send ${name} to /config, where that is how it gets its configuration.`,
    });
  }
  const now = (await view.node.read(path))?.toString('utf8') ?? '';
  const uses = readDeclarative(text).plugins;
  const names = [...new Set(uses.map((use) => use.name))];
  const taken = names.find((plugin) => withoutDeclared(text, plugin) === now) ?? takenEntry(text, now, uses)?.name;
  if (taken === undefined && now !== text) {
    throw new Refusal(`${path} is not what the removal left: ${name} as a whole would undo what has changed since.`, {
      next: 'Put the entries back by hand.',
    });
  }
  const plugins = taken === undefined ? [] : [taken];
  refuseDisabled(view, plugins);
  await refuseUnwritable(view, [path]);
  const step: Step = {
    name: 'put-back',
    describe: taken === undefined ? `${path} holds it already.` : `Write ${path} as it was before ${taken} was taken out of it.`,
    async run(context) {
      if (taken === undefined) throw new Skip(`${path} holds it already.`);
      await context.edit([{ path, content: text, basedOn: Buffer.from(now) }]);
      return `${path} is as it was before ${taken} was taken out of it.`;
    },
  };
  return [
    step,
    ...reloadAndProve(
      view,
      [],
      plugins.map((plugin) => ({ plugin, state: 'loaded' })),
    ),
    nextStartStep(view, { settings: [] }, plugins),
  ];
}

/** The entry without which a text is what is there now: near where the two part. */
function takenEntry(text: string, now: string, uses: readonly DeclaredPlugin[]): DeclaredPlugin | undefined {
  let same = 0;
  while (same < now.length && text[same] === now[same]) same++;
  const line = text.slice(0, same).split('\n').length;
  const next = uses.findIndex((use) => use.line > line + 1);
  const last = next < 0 ? uses.length : next;
  const isTaken = ({ path }: DeclaredPlugin): boolean => {
    try {
      return withoutEntry(text, path) === now;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  };
  return uses.slice(Math.max(0, last - 2), last + 1).find(isTaken);
}

function rowSteps(view: NodeView, file: KeptFile): Promise<Step[]> {
  const { admin } = view;
  if (admin === undefined) {
    throw new Refusal('The Admin API cannot be reached, which is where the configuration goes.', {
      exitCode: 3,
      next: 'Start this Kong, or give the address of its Admin API.',
    });
  }
  const rows = rowsOf(file);
  const plugins = [...new Set(rows.flatMap(({ plugin }) => plugin ?? []))];
  refuseDisabled(view, plugins);
  const step: Step = {
    name: 'put-back',
    async describe() {
      const missing = await missingRows(admin, rows);
      return missing.length === 0 ? 'All of it is there already.' : `Put back ${told(missing)}.`;
    },
    async run(context) {
      const missing = await missingRows(admin, rows, context.signal);
      if (missing.length === 0) throw new Skip('All of it is there already.');
      await context.note({ entities: missing.map(({ path }) => ({ path, row: null })) });
      for (const { path, row } of missing) await admin.send('PUT', path, row);
      const left = await missingRows(admin, missing, context.signal);
      if (left.length > 0) throw new StepFailure(`Kong does not list what was put back: ${told(left)}.`);
      return `Put back ${told(missing)}; Kong lists it.`;
    },
  };
  return Promise.resolve([step]);
}

async function missingRows(admin: AdminClient, rows: readonly KeptRow[], signal?: AbortSignal): Promise<KeptRow[]> {
  const found = await Promise.all(rows.map(({ path }) => admin.get(path, signal)));
  return rows.filter((_, i) => found[i] === undefined);
}

function told(rows: readonly KeptRow[]): string {
  const plugins = rows.flatMap(({ plugin }) => plugin ?? []);
  const names = [...new Set(plugins)].map(
    (name) => `the configuration of ${name} in ${count(plugins.filter((one) => one === name).length, 'place')}`,
  );
  const others = rows.filter(({ plugin }) => plugin === undefined).map(({ path }) => path);
  return [...names, ...(others.length === 0 ? [] : [`what it refers to and was gone (${others.join(', ')})`])].join(' and ');
}

/** The rows of a file in an order in which each refers only to those before it. Throws UserError (usage) for any other file. */
function rowsOf({ name, text }: KeptFile): KeptRow[] {
  const file = asObject(readJson(text) as Json | undefined);
  const workspace = file['_workspace'];
  const base = typeof workspace === 'string' ? `/${encodeURIComponent(workspace)}` : '';
  const rows = [...Object.values(COLLECTIONS), 'plugins'].flatMap((collection) => {
    const list = file[collection];
    return (Array.isArray(list) ? list : []).map((value): KeptRow => {
      const row = asObject(value);
      const { id, name: called } = row;
      const isPlugin = collection === 'plugins';
      const plugin = isPlugin && typeof called === 'string' ? called : undefined;
      if (typeof id !== 'string' || (isPlugin && plugin === undefined)) throw notKept(name);
      const path = `${base}/${collection}/${encodeURIComponent(id)}`;
      return { path, row: withReferences(row), plugin };
    });
  });
  if (rows.length === 0) throw notKept(name);
  return rows;
}

/** References as the Admin API wants them: a declarative file has only the id. */
function withReferences(row: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(row).map(([field, value]): [string, Json] => [
      field,
      field in COLLECTIONS && typeof value === 'string' ? { id: value } : value,
    ]),
  );
}

function notKept(name: string): UserError {
  return new UserError(`${name} is no file that \`kong-plugin remove\` has kept of a Kong with a database.`, { exitCode: 2 });
}
