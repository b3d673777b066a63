// The steps that change one use of a plugin in a declarative configuration: the text, and the Kong that runs with it.
import { withEntry, withFields, withoutEntry } from '../../kong/declarative/edits';
import { saysTheSame } from '../../kong/declarative/entities';
import { readDeclarative } from '../../kong/declarative/read';
import { asObject, type Json } from '../../kong/adminClient';
import { secretsOfData } from '../../troubleshoot/secrets/data';
import { Skip } from '../failure';
import type { Step, StepContext } from '../plan/plan';
import type { DeclaredText } from '../state/use/store';
import type { NodeView } from '../state/view';
import type { Keep } from './keepUses';
import { refusedByKong } from './refused';
import { reloadStep } from './running';
import { settingSteps } from './setting';
import { changedMeanwhile, fieldWords, subjectOf, type UseChange } from './useChange';

/** Changes the text, and gives it to the Kong that runs. Throws UserError where the text cannot be changed in this place alone. */
export async function textSteps(view: NodeView, store: DeclaredText, change: UseChange, keep: Keep | undefined): Promise<Step[]> {
  // Seen before anything is written: whether it can be done at all.
  const text = edited(store.text, change);
  const where = store.path ?? 'the configuration of the running Kong';
  const words = {
    add: `Add ${subjectOf(change)}${fieldWords(change)} to ${where}`,
    edit: `Change ${subjectOf(change)}${fieldWords(change)} in ${where}`,
    remove: `Take ${subjectOf(change)} out of ${where}${keep === undefined ? '' : ', which is kept as a file as it was'}`,
  };
  const write: Step = {
    name: change.kind === 'remove' ? 'unconfigure' : 'configure',
    describe: `${words[change.kind]}; the rest of it stays as it is.`,
    async run(context) {
      await refuseChanged(context, store, change);
      const kept =
        keep === undefined ? undefined : await keep(store.text, store.path?.endsWith('.json') === true ? 'json' : 'yml');
      if (store.path !== undefined) await context.edit([{ path: store.path, content: text, basedOn: store.before }]);
      const done = {
        add: `Added ${subjectOf(change)}${fieldWords(change)} to ${where}.`,
        edit: `Changed ${subjectOf(change)}${fieldWords(change)} in ${where}.`,
        remove: `Took ${subjectOf(change)} out of ${where}.${kept === undefined ? '' : ` It is kept in ${kept} as it was.`}`,
      };
      return done[change.kind];
    },
  };
  const { path } = store;
  const named =
    store.isUnnamed && path !== undefined
      ? await settingSteps('declare', view, [{ setting: 'declarative_config', change: () => path }])
      : [];
  return [write, ...named, loadStep(view, store, text, change)];
}

function edited(text: string, change: UseChange): string {
  if (change.kind === 'add') return withEntry(text, entryOf(change.plugin, change));
  const path = change.use.declared?.path;
  if (path === undefined) throw changedMeanwhile(change);
  return change.kind === 'edit'
    ? withFields(text, path, change.fields as { path: string[]; value: Json }[])
    : withoutEntry(text, path);
}

/** Where the entry of a use stands in the text that has it: a new one is the last of those at the top. */
function entryIn(text: string, change: Extract<UseChange, { kind: 'add' | 'edit' }>): readonly (string | number)[] | undefined {
  if (change.kind === 'edit') return change.use.declared?.path;
  return readDeclarative(text).plugins.findLast(({ path }) => path.length === 2)?.path;
}

/** The entry as people would write it. */
function entryOf(plugin: string, { target, entity }: Extract<UseChange, { kind: 'add' }>): Record<string, Json> {
  const { config, enabled, ...others } = entity;
  const isEmpty = config === undefined || Object.keys(asObject(config)).length === 0;
  return {
    name: plugin,
    ...(target === undefined ? {} : { [target.kind]: target.name }),
    ...(enabled === false ? { enabled } : {}),
    ...others,
    ...(isEmpty ? {} : { config }),
  };
}

/** Throws when what was looked at is something else by now. A file's bytes are held against those again when it is written. */
async function refuseChanged(context: StepContext, { text, path, before }: DeclaredText, change: UseChange): Promise<void> {
  if (path !== undefined) {
    const now = await context.node.read(path);
    if (before === undefined ? now !== undefined : now?.equals(before) !== true) throw changedMeanwhile(change);
    return;
  }
  const { admin } = await context.view();
  const now = asObject(await admin?.get('/config', context.signal))['config'];
  if (typeof now !== 'string' || !saysTheSame(now, text)) throw changedMeanwhile(change);
}

/** Gives the text to the Kong that runs: it is sent there, or read anew by a reload where no Admin API can be reached. */
function loadStep(view: NodeView, store: DeclaredText, text: string, change: UseChange): Step {
  if (view.facts.running && store.live === undefined) return { ...reloadStep(view, []), name: 'load' };
  return {
    name: 'load',
    describe: view.facts.running
      ? 'Send the whole configuration to the running Kong (POST /config).'
      : 'Nothing to load: Kong does not run. It takes effect at its next start.',
    async run(context) {
      const { admin, facts } = await context.view();
      if (!facts.running) throw new Skip('Kong does not run here; it takes effect at its next start.');
      if (admin === undefined) throw changedMeanwhile(change);
      await context.note({ config: store.text });
      const { status, json } = await admin.attempt('POST', '/config', { config: text });
      if (status < 300)
        return `The running Kong took it${store.path === undefined ? '; only it has this configuration, no file' : ''}.`;
      const isAddition = change.kind !== 'remove';
      throw await refusedByKong(json, {
        plugin: change.plugin,
        kong: facts.kong,
        secrets: isAddition ? secretsOfData(change.entity) : [],
        ...(change.kind === 'remove' ? {} : { place: change.place, entry: entryIn(text, change) }),
      });
    },
  };
}
