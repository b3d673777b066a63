// A declarative configuration (kong.yml) read for one question: which plugins does it use, and where.
import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Document,
  type Node as YamlNode,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { Lines } from '../../text/lines';
import { isAtLeast, type KongVersion } from '../versions';
import { declarativeProblems, type DeclarativeRules } from './checks';
import { firstDocument } from '../../text/yaml';
import { own } from '../../text/own';

/** One use of a plugin in a declarative file. */
export interface DeclaredPlugin {
  name: string;
  /** The kind of entity it is written under, or refers to; empty means global. */
  scopes: string[];
  /** What that is, by kind. */
  on: DeclaredTarget[];
  /** Where the entry stands. */
  path: DeclaredStep[];
  /** One-based line of its entry. */
  line: number;
  /** The entry as plain data. */
  row: unknown;
}

/** A way into a declarative file: the name of a field, or a place in a list, counted from 0. */
export type DeclaredStep = string | number;

/** What an entry is applied to. */
export interface DeclaredTarget {
  kind: string;
  /** How the file refers to it, or what names the entity that the entry stands in; undefined where nothing does. */
  key: string | undefined;
  /** The id that this entity has in the file. */
  id: string | undefined;
  /** Whether the entry stands in it. */
  isParent: boolean;
}

/** What a declarative file says; `error` is set when it cannot be read, and then nothing is known. */
export interface Declared {
  plugins: DeclaredPlugin[];
  error: string | undefined;
  /** What Kong refuses in a file that can be read, in the lines of its error; looked for when the rules are given. */
  refused: string[];
}

const OWNERS: Readonly<Record<string, string>> = {
  services: 'service',
  routes: 'route',
  consumers: 'consumer',
  consumer_groups: 'consumer_group',
};
const REFERENCES = Object.values(OWNERS);
/** What names an entity of its kind. */
const NAMES: Readonly<Record<string, string>> = { consumer: 'username' };
/** A file of this size holds more aliases than entities; YAML of such files is refused rather than expanded. */
export const MAX_ALIASES = 1000;

/** Reads YAML or JSON; never throws. */
export function readDeclarative(text: string, rules?: DeclarativeRules): Declared {
  const document = firstDocument(text);
  const lines = new Lines(text);
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, character } = lines.position(problem.pos[0]);
    const { message } = problem;
    return {
      plugins: [],
      refused: [],
      error: `${line + 1}:${character + 1}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    };
  }
  const plugins: DeclaredPlugin[] = [];
  const stepsTo = pathReader();
  let error: string | undefined;
  visit(document, {
    Pair(_, pair, path) {
      if (!isScalar(pair.key) || pair.key.value !== 'plugins' || !isSeq(pair.value)) return undefined;
      const owners = path.flatMap((node) => (isPair(node) && isScalar(node.key) ? [own(OWNERS, String(node.key.value))] : []));
      // A list called "plugins" inside a configuration is not a list of plugins.
      if (owners.includes(undefined)) return undefined;
      const owner = owners.at(-1);
      const parent = owner === undefined ? undefined : parentOf(owner, path.at(-1));
      const steps = [...stepsTo(path), 'plugins'];
      for (const [i, item] of pair.value.items.entries()) {
        if (!isMap(item)) continue;
        const name = item.get('name');
        if (typeof name !== 'string') continue;
        const referred = REFERENCES.filter((kind) => item.get(kind) !== undefined && item.get(kind) !== null);
        const references = referred.filter((kind) => kind !== owner).map((kind) => reference(kind, item.get(kind)));
        plugins.push({
          name,
          scopes: [...new Set([...(owner === undefined ? [] : [owner]), ...referred])],
          on: [...(parent === undefined ? [] : [parent]), ...references],
          path: [...steps, i],
          line: lines.position(item.range?.[0] ?? 0).line + 1,
          row: plain(item),
        });
      }
      return undefined;
    },
  });
  try {
    // Anchors are only followed when data is made of the document; a bomb of them shows here.
    document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause);
  }
  return { plugins, error, refused: rules === undefined || error !== undefined ? [] : declarativeProblems(document, rules) };

  function plain(item: YAMLMap): unknown {
    try {
      return item.toJS(document, { maxAliasCount: MAX_ALIASES });
    } catch {
      return null;
    }
  }
}

type Ancestor = Document | YamlNode | Pair;

/** Tells where what a visitor is at stands, by what is around it. */
function pathReader(): (path: readonly Ancestor[]) => DeclaredStep[] {
  const places = new Map<YAMLSeq, Map<unknown, number>>();
  const placesIn = (list: YAMLSeq): Map<unknown, number> => {
    const known = places.get(list) ?? new Map(list.items.map((item, i) => [item, i]));
    places.set(list, known);
    return known;
  };
  return (path) =>
    path.flatMap((node, i): DeclaredStep[] => {
      if (isPair(node) && isScalar(node.key)) return [String(node.key.value)];
      const place = isSeq(node) ? placesIn(node).get(path[i + 1]) : undefined;
      return place === undefined ? [] : [place];
    });
}

/** The entity that a list of plugins stands in. */
function parentOf(kind: string, map: Ancestor | undefined): DeclaredTarget {
  const text = (field: string): string | undefined => {
    const value = isMap(map) ? map.get(field) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const id = text('id');
  return { kind, key: text(own(NAMES, kind) ?? 'name') ?? id, id, isParent: true };
}

/** What an entry refers to: a text, or an object with the id or name. */
function reference(kind: string, value: unknown): DeclaredTarget {
  const written = isMap(value) ? (value.get('id') ?? value.get('name')) : value;
  return { kind, key: typeof written === 'string' ? written : undefined, id: undefined, isParent: false };
}

/** The text without the entries of a plugin; what is left keeps its comments and order. Emptied lists go with their last entry. */
export function withoutDeclared(text: string, plugin: string): string {
  const cuts = declaredRanges(text, plugin);
  return cuts.reduceRight((left, { start, end, text: put }) => left.slice(0, start) + put + left.slice(end), text);
}

/** The stretches of a declarative file that hold a plugin's entries: whole lines in block style, the entry and its comma in flow style. */
function declaredRanges(text: string, plugin: string): { start: number; end: number; text: string }[] {
  const document = firstDocument(text);
  const cuts: { start: number; end: number; text: string }[] = [];
  visit(document, {
    Pair(_, pair, path) {
      if (!isScalar(pair.key) || pair.key.value !== 'plugins' || !isSeq(pair.value)) return undefined;
      if (path.some((node) => isPair(node) && (!isScalar(node.key) || own(OWNERS, String(node.key.value)) === undefined)))
        return undefined;
      const items = pair.value.items.filter(isMap);
      const going = items.filter((item) => item.get('name') === plugin);
      const range = pair.value.range;
      if (going.length === 0 || !range) return undefined;
      if (going.length === pair.value.items.length) {
        // An empty list is valid everywhere, and keeps the key's place.
        const [start, end] = range;
        const block = pair.value.flow !== true;
        const keyEnd = pair.key.range?.[1] ?? start;
        cuts.push(
          block ? { start: text.indexOf(':', keyEnd) + 1, end: blockEnd(text, end), text: ' []\n' } : { start, end, text: '[]' },
        );
        return undefined;
      }
      for (const item of going) {
        const [start, end] = item.range ?? [0, 0];
        if (pair.value.flow === true) {
          const after = /^\s*,\s*/.exec(text.slice(end))?.[0].length ?? 0;
          const before = after > 0 ? 0 : (/,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0);
          cuts.push({ start: start - before, end: end + after, text: '' });
        } else cuts.push({ start: text.lastIndexOf('\n', text.lastIndexOf('-', start)) + 1, end: blockEnd(text, end), text: '' });
      }
      return undefined;
    },
  });
  return cuts.sort((a, b) => a.start - b.start);
}

/** The end of the line on which a block entry's last value stands. */
export function blockEnd(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const newline = text.indexOf('\n', end);
  return newline < 0 ? text.length : newline + 1;
}

/** The newest format that a Kong reads (kong/db/declarative/init.lua of the tags); in an older one Kong 3 takes paths for another kind. */
export function newestFormat(version: KongVersion): string {
  return isAtLeast(version, '3.0') ? '3.0' : isAtLeast(version, '2.1') ? '2.1' : '1.1';
}

/** The text with that `_format_version`: in place of the one that is there, or first in the file. */
export function withFormatVersion(text: string, format: string): string {
  const written = /(^[ \t]*|[{,]\s*)(["']?_format_version["']?[ \t]*:[ \t]*)("[^"\n]*"|'[^'\n]*'|[^\s,#}]*)/m.exec(text);
  if (written !== null) {
    const [, lead = '', key = '', value = ''] = written;
    const start = written.index + lead.length + key.length;
    return `${text.slice(0, start)}${key.endsWith(':') ? ' ' : ''}"${format}"${text.slice(start + value.length)}`;
  }
  const object = /^\s*\{/.exec(text);
  if (object !== null) {
    const isEmpty = /^\s*\}/.test(text.slice(object[0].length));
    return `${object[0]}"_format_version": "${format}"${isEmpty ? '' : ', '}${text.slice(object[0].length)}`;
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const head = /^(?:(?:%|#)[^\n]*\n|[^\S\n]*\n)*---[^\n]*\n/.exec(text)?.[0] ?? '';
  return `${head}_format_version: "${format}"${newline}${text.slice(head.length)}`;
}
