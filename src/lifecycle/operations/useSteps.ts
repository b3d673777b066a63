// What every change of a plugin's use is made of: the uses that are there, the check of what is given, the change, and the proof.
import { checkGiven, plainSecrets } from '../../config/given/check';
import type { Json } from '../../config/luaTables';
import type { SchemaOutcome } from '../../config/pluginSchema';
import { readDeclarative } from '../../kong/declarative/read';
import { isAtLeast } from '../../kong/versions';
import { shellWord } from '../../text/shellWord';
import { Refusal } from '../failure';
import { skippedStep, type Step } from '../plan/plan';
import { findUses, useOfEntry } from '../state/inUse';
import { listUses, type ListedUse } from '../state/use/listUses';
import { storeOf, type Store } from '../state/use/store';
import type { NodeView } from '../state/view';
import type { Keep } from '../steps/keepUses';
import { nextStartStep } from '../steps/nextStart';
import { findingsOfProblems, problemText, type GivenPlace } from '../steps/refused';
import { seeChange, subjectOf, type UseChange } from '../steps/useChange';
import { rowStep } from '../steps/useRows';
import { textSteps } from '../steps/useText';

/** Where this node keeps its configuration, and the uses that can be changed there. Throws as storeOf. */
export async function storeAndUses(view: NodeView): Promise<{ store: Store; uses: ListedUse[] }> {
  const found = await findUses(view);
  const store = await storeOf(view, found);
  const declared = store.kind === 'rows' ? found.declared : readDeclarative(store.text).plugins.map(useOfEntry);
  return { store, uses: await listUses(view, { uses: found.uses, declared }) };
}

/** A use by its id. Throws a Refusal where there is none, with those that there are. */
export function useById(view: NodeView, uses: readonly ListedUse[], id: string): ListedUse {
  const found = uses.find((use) => use.id === id);
  if (found !== undefined) return found;
  const node = shellWord(view.node.id);
  throw new Refusal(`Nothing on this node has the id ${id}.`, {
    next: uses.length === 0 ? 'No plugin is in use here.' : `\`kong-plugin uses --node ${node}\` lists the ids.`,
  });
}

/**
 * The step that tells of the check, which is made at once: throws a Refusal with a finding for every field that Kong would refuse. `kinds` is what the
 * plugin is applied to.
 */
export async function checkStep(
  view: NodeView,
  plugin: string,
  entity: Readonly<Record<string, Json>>,
  kinds: readonly string[],
  outcome: SchemaOutcome,
  place: GivenPlace | undefined,
): Promise<Step> {
  const describe = 'See that the configuration is right by the schema, as this Kong would.';
  if (outcome.schema === undefined) {
    const reason = `It is not checked before it is sent: ${outcome.reason}.`;
    return skippedStep('check', reason);
  }
  const { problems, unsure } = checkGiven(outcome.schema, entity, kinds);
  if (problems.length > 0) {
    const findings = await findingsOfProblems(problems, plugin, view.facts.kong, place);
    throw new Refusal(
      `Kong would refuse this configuration of ${plugin}: ${problems.map(problemText).join('; ')}.`,
      {},
      findings,
    );
  }
  const plain = plainSecrets(outcome.schema, entity);
  const hint = plain.length === 0 ? '' : ` ${plain.join(', ')} could be a reference to a vault, such as {vault://env/NAME}.`;
  const doubt = unsure.length === 0 ? '' : ` Not known: ${unsure.join('; ')}.`;
  return { name: 'check', describe, run: () => Promise.resolve(`Its schema takes it.${doubt}${hint}`) };
}

/** The change, and what is seen of it then. */
export async function changeSteps(view: NodeView, store: Store, change: UseChange, keep?: Keep): Promise<Step[]> {
  const verify: Step = {
    name: 'verify',
    describe:
      change.kind === 'remove'
        ? `See that ${subjectOf(change)} is gone${byWhom(view)}.`
        : `See that ${subjectOf(change)} is there as it was given${byWhom(view)}.`,
    run: (context) => seeChange(() => context.view(), change, context.signal),
  };
  if (store.kind === 'rows') {
    const run: Step['run'] = async (context) => `${await verify.run(context)} ${whenRequestsMeetIt(view)}`.trimEnd();
    return [rowStep(view, change, keep), { ...verify, run }];
  }
  const { path } = store;
  const settings = store.isUnnamed && path !== undefined ? [{ setting: 'declarative_config', change: () => path }] : [];
  const last = path === undefined ? [] : [nextStartStep(view, { settings }, change.kind === 'remove' ? [] : [change.plugin])];
  return [...(await textSteps(view, store, change, keep)), verify, ...last];
}

/** The Admin API tells of a row at once; workers look for what changed now and then (kong/runloop/handler.lua), but for strict ones, as those of 2.x are. */
function whenRequestsMeetIt(view: NodeView): string {
  const { value, from } = view.setting('worker_consistency');
  const isStrict = from === 'default' ? !isAtLeast(view.version, '3.0') : value === 'strict';
  if (isStrict) return '';
  const every = view.setting('worker_state_update_frequency').value;
  return `Requests meet the change within ${every} s (worker_state_update_frequency).`;
}

function byWhom({ facts, admin }: NodeView): string {
  return facts.running && admin !== undefined ? ', as Kong tells' : ', in the file';
}
