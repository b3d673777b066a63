// The syntax tree of a configuration as one points into it, whole or half written: what stands at an offset, what a name leads to.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  visit,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { yamlDocuments } from '../../text/yaml';
import type { Span, Step } from '../declarative/yamlText';

/** One document of a text; it may have errors. */
export type Tree = Document.Parsed;

/** Something that an offset is in or at the end of. */
export interface Spot {
  /** The way to it: to the value, also when the offset is on its name. */
  path: Step[];
  on: 'name' | 'value';
  scalar: Scalar;
  /** The map or list that it stands in. */
  around: YAMLMap | YAMLSeq | undefined;
}

/** Every document of a text, in the dialect that Kong reads. */
export function treesOf(text: string): Tree[] {
  return yamlDocuments(text, { version: '1.1', schema: 'yaml-1.1', merge: true });
}

/** The document that an offset is in, and its place among the others. */
export function treeAt(trees: readonly Tree[], offset: number): { tree: Tree; index: number } | undefined {
  const index = trees.findLastIndex(({ range }) => range[0] <= offset);
  const tree = trees[Math.max(0, index)];
  return tree && { tree, index: Math.max(0, index) };
}

const targets = new WeakMap<Tree, Map<unknown, Node>>();

/** What each alias of a document stands for: the last anchor of its name before it. */
function targetsOf(tree: Tree): Map<unknown, Node> {
  const known = targets.get(tree);
  if (known !== undefined) return known;
  const found = new Map<unknown, Node>();
  const anchors = new Map<string, Node>();
  visit(tree, {
    Node: (_, node) => {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (target !== undefined) found.set(node, target);
      else if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  targets.set(tree, found);
  return found;
}

/** What a node is, or what an alias stands for; undefined for what is nothing. */
export function solid(tree: Tree, node: unknown): Scalar | YAMLMap | YAMLSeq | undefined {
  const target = isAlias(node) ? targetsOf(tree).get(node) : node;
  return isScalar(target) || isMap(target) || isSeq(target) ? target : undefined;
}

/** The name of a pair; undefined when it has none that is a text or number. */
export function nameOf({ key }: Pair): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** Where a node stands; undefined for one that stands nowhere. */
export function spanOf(node: unknown): Span | undefined {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : undefined;
}

/** The pair that counts for a name: the last one, or one that a merge brings. */
export function pairNamed(tree: Tree, map: YAMLMap, name: string, seen = new Set<YAMLMap>()): Pair | undefined {
  const own = map.items.findLast((pair) => nameOf(pair) === name);
  if (own !== undefined || seen.has(map) || seen.size > MOST_MERGES) return own;
  seen.add(map);
  for (const pair of map.items) {
    if (nameOf(pair) !== '<<') continue;
    const merged = solid(tree, pair.value);
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const other = solid(tree, source);
      const found = isMap(other) ? pairNamed(tree, other, name, seen) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** More maps than this are not merged into one. */
const MOST_MERGES = 50;

/** The text that a map has under a name; undefined where it has none. */
export function textIn(tree: Tree, map: unknown, name: string): string | undefined {
  const value = isMap(map) ? solid(tree, pairNamed(tree, map, name)?.value) : undefined;
  return isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
}

/** What stands at the end of a path; aliases on the way are followed. */
export function nodeAt(tree: Tree, path: readonly Step[]): Scalar | YAMLMap | YAMLSeq | undefined {
  let node = solid(tree, tree.contents);
  for (const step of path) {
    if (isSeq(node) && typeof step === 'number') node = solid(tree, node.items[step]);
    else if (isMap(node)) node = solid(tree, pairNamed(tree, node, String(step))?.value);
    else return undefined;
  }
  return node;
}

/** The name or value that an offset is in or at the end of; undefined where there is none. */
export function spotAt(tree: Tree, offset: number): Spot | undefined {
  const path: Step[] = [];
  let node: Node | null | undefined = tree.contents;
  let around: Spot['around'];
  while (isMap(node) || isSeq(node)) {
    around = node;
    if (isSeq(node)) {
      const items = node.items as readonly unknown[];
      const i = items.findLastIndex((item) => (spanOf(item)?.start ?? Infinity) <= offset);
      if (i < 0) return undefined;
      path.push(i);
      node = items[i] as Node;
      continue;
    }
    const pair: Pair | undefined = node.items.findLast(({ key }) => (spanOf(key)?.start ?? Infinity) <= offset);
    const name = pair && nameOf(pair);
    if (pair === undefined || name === undefined) return undefined;
    path.push(name);
    if (isScalar(pair.key) && offset <= (spanOf(pair.key)?.end ?? -1)) return { path, on: 'name', scalar: pair.key, around };
    node = pair.value as Node | null;
  }
  const span = spanOf(node);
  if (!isScalar(node) || span === undefined || offset < span.start || offset > span.end) return undefined;
  return { path, on: 'value', scalar: node, around };
}
