// Putting a plugin to use on a node, and changing a use that is there: checked by its schema first, written where this node keeps its configuration,
// and seen there.
import { isDeepStrictEqual } from 'node:util';
import { withGiven } from '../../config/given/check';
import type { GivenFile } from '../../config/given/file';
import { givenFields, type GivenField } from '../../config/given/words';
import type { Json } from '../../config/luaTables';
import type { PluginSchema, SchemaOutcome } from '../../config/pluginSchema';
import { validatePlugin } from '../../config/validate';
import type { Json as SentJson } from '../../kong/adminClient';
import { checkPluginName } from '../../kong/pluginsSetting';
import { shellWord } from '../../text/shellWord';
import { Refusal } from '../failure';
import { skippedStep, type Operation, type Step } from '../plan/plan';
import { refuseDisabled } from '../state/use/enabled';
import { placeOf, scopeWords, type ListedUse } from '../state/use/listUses';
import { schemaOn } from '../state/use/schemaOn';
import { targetIn, type Scope } from '../state/use/scope';
import type { NodeView } from '../state/view';
import type { GivenPlace } from '../steps/refused';
import { placeOfAddition, subjectOf, type Addition, type Edition } from '../steps/useChange';
import { changeSteps, checkStep, storeAndUses, useById } from './useSteps';

/** What is given for a configuration. */
export interface Given {
  /** `field=value`. */
  words: readonly string[];
  /** A file; it is read once the plugin and its schema are known. Throws UserError for what is no configuration of it. */
  file?: { name: string; read: (plugin: string, schema: PluginSchema | undefined) => GivenFile } | undefined;
  enabled?: boolean | undefined;
}

type Fields = Readonly<Record<string, Json>>;
/** The same as the Admin API takes it. */
type Sent = Record<string, SentJson>;

/** Applies a plugin to everything, or to one entity. What is there already with the same configuration is left as it is. */
export function configureOperation(plugin: string, scope: Scope, given: Given): Operation {
  return {
    title: `configure ${plugin} on ${scopeWords({ on: scope === undefined ? [] : [scope] })}`,
    async steps(view) {
      checkPluginName(plugin);
      refuseDisabled(view, [plugin]);
      return additionSteps(view, plugin, scope, given, await schemaOn(view, plugin));
    },
  };
}

/** The steps that apply a plugin whose schema is known, or is known not to be. Throws a Refusal for what Kong would refuse. */
export async function additionSteps(
  view: NodeView,
  plugin: string,
  scope: Scope,
  given: Given,
  outcome: SchemaOutcome,
): Promise<Step[]> {
  const { fields, place } = readGiven(plugin, given, outcome.schema);
  const entity = withGiven({}, fields);
  const check = await checkStep(view, plugin, entity, scope === undefined ? [] : [scope.kind], outcome, place);
  const { store, uses } = await storeAndUses(view);
  const target = await targetIn(store, scope);
  const change: Addition = { kind: 'add', plugin, target, entity: entity as Sent, place };
  const there = uses.find((use) => placeOf(use) === placeOfAddition(change));
  return there === undefined
    ? [check, ...(await changeSteps(view, store, change))]
    : [check, asItIs(view, change, there, outcome.schema)];
}

/** The step of a use that is there already: what is the same needs nothing, and what is not is not overwritten. */
function asItIs({ node }: NodeView, change: Addition, use: ListedUse, schema: PluginSchema | undefined): Step {
  if (!isSame(use, change.entity, schema))
    throw new Refusal(`${subjectOf(change)} is configured already, in another way: ${use.id}.`, {
      next: `To change that: \`kong-plugin configure --edit ${shellWord(use.id)} --node ${shellWord(node.id)} field=value\``,
    });
  return skippedStep('configure', `${subjectOf(change)} is configured so already: ${use.id}.`);
}

/** Whether a use is what this would make, with all that Kong fills in. */
function isSame(use: ListedUse, entity: Fields, schema: PluginSchema | undefined): boolean {
  if (use.enabled !== (entity['enabled'] !== false)) return false;
  const config = entity['config'] ?? {};
  if (schema === undefined) return isDeepStrictEqual(config, use.config);
  const stored = (given: Json): Json => (validatePlugin(schema, { config: given }).stored as Fields | null)?.['config'] ?? null;
  return isDeepStrictEqual(stored(config), stored(use.config));
}

/** Changes fields of one use, or switches it on or off. `plugin` is the one that it must be of, where that is said. */
export function editOperation(id: string, plugin: string | undefined, given: Given): Operation {
  return {
    title: `configure --edit ${id}`,
    async steps(view) {
      const { store, uses } = await storeAndUses(view);
      const use = useById(view, uses, id);
      if (plugin !== undefined && plugin !== use.plugin)
        throw new Refusal(`${id} is a configuration of ${use.plugin}, not of ${plugin}.`);
      const outcome = await schemaOn(view, use.plugin);
      const { fields, place } = readGiven(use.plugin, given, outcome.schema);
      const before: Fields = { enabled: use.enabled, config: use.config };
      const entity = withGiven(before, fields);
      const kinds = use.on.map(({ kind }) => kind);
      const check = await checkStep(view, use.plugin, entity, kinds, outcome, place);
      if (fields.every(({ path, value }) => isDeepStrictEqual(valueAt(withRow(use, before), path), value)))
        return [check, nothingToChange(use)];
      const change: Edition = { kind: 'edit', plugin: use.plugin, use, fields, entity: entity as Sent, place };
      return [check, ...(await changeSteps(view, store, change))];
    },
  };
}

/** A use with the fields beside `config` that can be given. */
function withRow({ entity, declared }: ListedUse, fields: Fields): Fields {
  return { ...((entity?.row ?? declared?.row ?? {}) as Fields), ...fields };
}

function valueAt(value: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, name) => (typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Fields)[name] : undefined),
    value,
  );
}

function nothingToChange(use: ListedUse): Step {
  return skippedStep('configure', `${use.plugin} on ${scopeWords(use)} is so already: ${use.id}.`);
}

/** What is given, as fields of the entity: those of the file, then those of the command line. */
function readGiven(
  plugin: string,
  { words, file, enabled }: Given,
  schema: PluginSchema | undefined,
): { fields: GivenField[]; place: GivenPlace | undefined } {
  const read = file?.read(plugin, schema);
  const ofFile = Object.entries(read?.entity ?? {}).flatMap(([name, value]): GivenField[] =>
    name === 'config' && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value as Fields).map(([field, part]) => ({ path: ['config', field], value: part }))
      : [{ path: [name], value }],
  );
  const fields = [
    ...ofFile,
    ...givenFields(words, schema),
    ...(enabled === undefined ? [] : [{ path: ['enabled'], value: enabled }]),
  ];
  return { fields, place: file === undefined || read === undefined ? undefined : { file: file.name, lineOf: read.lineOf } };
}
