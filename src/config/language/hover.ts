// What an editor tells of a name or value in a configuration: plugins, fields, and entities that are referred to.
import { isScalar } from 'yaml';
import { bundledPlugins } from '../../kong/bundledPlugins';
import { describePlugin } from '../../plugin/describe';
import { Lines } from '../../text/lines';
import type { Range } from '../../text/diagnostic';
import type { Schemas } from '../findSchema';
import { fieldMarkdown } from './fieldWords';
import { rootSlot, slotAt, type Slot, type UseAround } from './slots';
import { spanOf, spotAt, treeAt, type Tree } from './tree';

/** Something at a place of a configuration that is one of ours. */
export interface ConfigSpot {
  tree: Tree;
  slot: Slot;
  path: readonly (string | number)[];
  on: 'name' | 'value';
  /** The value as a text; undefined for anything else. */
  text: string | undefined;
  range: Range;
  offset: number;
}

/** What is at an offset; undefined where nothing is that a schema knows; `use` is for the document of one use. */
export async function configSpotAt(
  text: string,
  trees: readonly Tree[],
  offset: number,
  schemas: Schemas,
  use?: UseAround,
): Promise<ConfigSpot | undefined> {
  const found = treeAt(trees, offset);
  const spot = found && spotAt(found.tree, offset);
  const span = spot && spanOf(spot.scalar);
  if (found === undefined || spot === undefined || span === undefined) return undefined;
  const open = { tree: found.tree, schemas, use };
  if (found.index > 0 && rootSlot(open)?.kind !== 'manifest') return undefined;
  const slot = await slotAt(open, spot.path);
  if (slot === undefined) return undefined;
  const { value } = spot.scalar;
  const said = isScalar(spot.scalar) && typeof value === 'string' ? value : undefined;
  return {
    tree: found.tree,
    slot,
    path: spot.path,
    on: spot.on,
    text: said,
    range: new Lines(text).range(span.start, span.end),
    offset,
  };
}

/** The hover at a spot, as Markdown; undefined where there is nothing to say. */
export async function hoverConfig({ slot, on, text }: ConfigSpot, schemas: Schemas): Promise<string | undefined> {
  if (slot.kind === 'name' && on === 'value') return text === undefined ? undefined : pluginMarkdown(text, schemas);
  if (slot.kind === 'reference' && on === 'value')
    return text === undefined ? undefined : `One of the ${slot.collection ?? 'entities'} of this file.`;
  const title = slot.path.length === 0 ? slot.field.name : slot.path.join('.');
  const owner = slot.schema === undefined ? '' : `\n\nOf the plugin \`${slot.schema.name}\`.`;
  return `${fieldMarkdown(title, slot.field)}${owner}`;
}

/** What a plugin is: where it comes from, when it runs, what it can be configured with. */
async function pluginMarkdown(name: string, schemas: Schemas): Promise<string> {
  const plugin = schemas.pluginNamed(name);
  const kong = `Kong ${schemas.version.text}`;
  const outcome = await schemas.find(name);
  const config = outcome?.schema?.config;
  const parts = [`**${name}**`];
  if (plugin?.language === 'lua') {
    const { handler } = await describePlugin(plugin, schemas.version.text, { ...schemas.options, siblings: schemas.plugins });
    parts.push('A plugin of this workspace.');
    const facts = [
      handler?.version === undefined ? undefined : `version ${handler.version.value}`,
      handler?.priority === undefined ? undefined : `priority ${handler.priority.value}`,
      handler === undefined || handler.phases.length === 0
        ? undefined
        : `runs in ${handler.phases.map(({ value }) => value).join(', ')}`,
    ].filter((fact) => fact !== undefined);
    if (facts.length > 0) parts.push(`${facts.join('; ').replace(/^./, (first) => first.toUpperCase())}.`);
  } else if (plugin !== undefined) parts.push('A plugin of this workspace that runs in a plugin server.');
  else {
    const bundled = bundledPlugins(schemas.version);
    if (!bundled.has(name)) parts.push(`Neither in this workspace nor shipped with ${kong}.`);
    else {
      const priority = bundled.get(name);
      parts.push(`Ships with ${kong}${typeof priority === 'number' ? `; priority ${priority}` : ''}.`);
    }
  }
  if (config !== undefined) {
    const { fieldOf } = await import('../fieldOf');
    parts.push(fieldMarkdown('config', fieldOf('config', config)));
  } else if (outcome?.schema === undefined && outcome !== undefined)
    parts.push(`Its configuration is not known: ${outcome.reason}.`);
  return parts.join('\n\n');
}
