// A configuration as the tree of its entities.
import { isMap } from 'yaml';
import { Lines } from '../../text/lines';
import type { Range } from '../../text/diagnostic';
import type { Schemas } from '../findSchema';
import { listsOf, type EntityPlace, type ListPlace } from './entityTree';
import { rootSlot } from './slots';
import { solid, spanOf, textIn, type Tree } from './tree';

/** One symbol of a file. */
export interface ConfigSymbol {
  name: string;
  detail: string;
  kind: 'list' | 'entity' | 'plugin';
  range: Range;
  selection: Range;
  children: ConfigSymbol[];
}

/** The lists and entities of a file, or the plugins of manifests. */
export function configSymbols(text: string, trees: readonly Tree[], schemas: Schemas): ConfigSymbol[] {
  const lines = new Lines(text);
  const manifests = trees.flatMap((tree) => manifestSymbol(lines, tree, schemas));
  const [first] = trees;
  if (manifests.length > 0 || first === undefined) return manifests;
  return listsOf({ tree: first, schemas }).map((list) => listSymbol(lines, list));
}

function manifestSymbol(lines: Lines, tree: Tree, schemas: Schemas): ConfigSymbol[] {
  const root = solid(tree, tree.contents);
  const span = spanOf(root);
  if (!isMap(root) || span === undefined || rootSlot({ tree, schemas })?.kind !== 'manifest') return [];
  const metadata = solid(tree, root.get('metadata', true));
  const range = lines.range(span.start, span.end);
  const plugin = textIn(tree, root, 'plugin') ?? '';
  const name = textIn(tree, metadata, 'name') ?? (plugin || 'KongPlugin');
  return [{ name, detail: plugin, kind: 'plugin', range, selection: { start: range.start, end: range.start }, children: [] }];
}

function listSymbol(lines: Lines, { collection, name, whole, entities }: ListPlace): ConfigSymbol {
  return {
    name: collection,
    detail: String(entities.length),
    kind: 'list',
    range: lines.range(whole.start, whole.end),
    selection: lines.range(name.start, name.end),
    children: entities.flatMap((entity, i) => entitySymbol(lines, whole, entity, i)),
  };
}

/** What stands where an anchor is, outside of its list, is told without a place of its own: an outline holds what is in it. */
function entitySymbol(lines: Lines, within: ListPlace['whole'], entity: EntityPlace, place: number): ConfigSymbol[] {
  const span = spanOf(entity.map);
  if (span === undefined || span.start < within.start || span.end > within.end) return [];
  const range = lines.range(span.start, span.end);
  const name = entity.name;
  const isInside = name !== undefined && name.span.start >= span.start && name.span.end <= span.end;
  return [
    {
      name: name?.text || entity.id || `${entity.collection} ${place + 1}`,
      detail: entity.references.map((reference) => reference.name.text).join(', '),
      kind: entity.collection === 'plugins' ? 'plugin' : 'entity',
      range,
      selection: isInside ? lines.range(name.span.start, name.span.end) : { start: range.start, end: range.start },
      children: entity.lists
        .filter((list) => list.whole.start >= span.start && list.whole.end <= span.end)
        .map((list) => listSymbol(lines, list)),
    },
  ];
}
