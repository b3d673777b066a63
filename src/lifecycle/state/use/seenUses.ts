// The uses of plugins on a node as people look at them: what each is applied to, and where its configuration differs from the defaults.
import { isDeepStrictEqual } from 'node:util';
import type { Field } from '../../../config/fieldOf';
import type { Json } from '../../../config/luaTables';
import type { Node } from '../../../node/node';
import { messageAndNext } from '../../../system/userError';
import { findUses } from '../inUse';
import { viewNode, type NodeView } from '../view';
import { listUses, type ListedUse } from './listUses';
import { schemaOn } from './schemaOn';

/** What is in use on a node, as far as it can be seen. */
export interface SeenUses {
  uses: ListedUse[];
  /** Why some of them could not be seen. */
  unseen: string | undefined;
}

/** A field of a configuration that has another value than it would have by itself. */
export interface Difference {
  /** `limit.minute`. */
  field: string;
  value: Json;
}

/** The uses of one plugin on a node, or of all. Throws UserError when the node cannot be reached. */
export async function seeUses(view: NodeView, plugin: string | undefined, signal: AbortSignal | undefined): Promise<SeenUses> {
  const found = await findUses(view, signal);
  const uses = await listUses(view, found, plugin, signal);
  if (found.known) return { uses, unseen: undefined };
  if (found.refusal !== undefined) return { uses, unseen: messageAndNext(found.refusal) };
  const unseen =
    found.declarativeError === undefined
      ? 'Neither the Admin API nor a declarative file tells what is in use here.'
      : `${found.declarativePath ?? 'The declarative configuration'} cannot be read: ${found.declarativeError}.`;
  return { uses, unseen };
}

/** A use, and where its configuration differs from the defaults; undefined where the schema is not known. */
export type ComparedUse = ListedUse & { differences: Difference[] | undefined };

/** As seeUses, with what differs from the defaults; all plugins in one look. */
export async function seeComparedUses(
  node: Node,
  signal?: AbortSignal,
): Promise<Omit<SeenUses, 'uses'> & { uses: ComparedUse[] }> {
  const { fieldOf } = await import('../../../config/fieldOf');
  const view = await viewNode(node, { signal });
  const { uses, unseen } = await seeUses(view, undefined, signal);
  const names = [...new Set(uses.map(({ plugin }) => plugin))];
  const known = await Promise.all(
    names.map(async (name): Promise<[string, Field | undefined]> => {
      const { schema } = await schemaOn(view, name);
      return [name, schema?.config === undefined ? undefined : fieldOf('config', schema.config)];
    }),
  );
  const fields = new Map(known);
  const compared = uses.map((use) => {
    const config = fields.get(use.plugin);
    const stored = use.entity?.row['config'] ?? use.config;
    return { ...use, differences: config === undefined ? undefined : differencesIn(config, stored, []) };
  });
  return { uses: compared, unseen };
}

/** The values in a configuration that are others than its schema would put there. What is null says nothing where nothing would stand there. */
function differencesIn(field: Field, value: Json, path: readonly string[]): Difference[] {
  const isRecord = field.type === 'record' && typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord) {
    const preset = field.preset ?? null;
    return isDeepStrictEqual(value, preset) || (isEmpty(value) && isEmpty(preset)) ? [] : [{ field: path.join('.'), value }];
  }
  return Object.entries(value).flatMap(([name, part]) => {
    const own = field.fields.find((one) => one.name === name);
    if (own === undefined) return part === null ? [] : [{ field: [...path, name].join('.'), value: part }];
    return differencesIn(withPreset(own, field.preset, name), part, [...path, name]);
  });
}

/** A record's default is a default of each of its fields. */
function withPreset(field: Field, around: Json | undefined, name: string): Field {
  if (typeof around !== 'object' || around === null || Array.isArray(around) || !Object.hasOwn(around, name)) return field;
  return { ...field, preset: (around as Readonly<Record<string, Json>>)[name] };
}

/** Lua writes an empty list as an empty object. */
const isEmpty = (value: Json): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** What a use is applied to as the end of a sentence: `on service orders`, `global`. */
export function scopeSentence({ on }: Pick<ListedUse, 'on'>): string {
  return on.length === 0 ? 'global' : `on ${on.map(({ kind, name }) => `${kind.replace('_', ' ')} ${name}`).join(' and ')}`;
}
