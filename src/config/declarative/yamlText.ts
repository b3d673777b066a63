// A YAML or JSON text as plain data with the place of every part of it. Bombs, cycles and doubled keys are told, never followed.
import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { MOST_DEPTH, yamlDocuments } from '../../text/yaml';
import type { Json } from '../luaTables';

/** A stretch of the text. */
export interface Span {
  start: number;
  end: number;
}

/** Something wrong with the text itself. */
export interface TextProblem extends Span {
  message: string;
  /** Whether a reader refuses the text for it. */
  isFatal: boolean;
}

/** A part of the data: a field name, or a place in a list, counted from 0. */
export type Step = string | number;

/** One document of a text. */
export interface YamlPart {
  document: Document.Parsed;
  data: Json;
  problems: TextProblem[];
  /** Where a part stands: its name, when it has one, and its value. The nearest part that is there when it is not. */
  placeOf: (path: readonly Step[]) => { name: Span | undefined; value: Span };
  /** Where the document begins. */
  start: number;
}

/** More parts than this are no configuration: aliases of aliases make them. */
const MAX_PARTS = 2_000_000;

/** Reads every document of a text. Never throws for what is in it. */
export function readYaml(text: string): YamlPart[] {
  // Kong's reader knows YAML 1.1: yes, no, on and off are booleans there.
  return yamlDocuments(text, { version: '1.1', schema: 'yaml-1.1', merge: true }).map(partOf);
}

function partOf(document: Document.Parsed): YamlPart {
  const problems: TextProblem[] = document.errors.map(({ message, pos }) => ({
    message,
    start: pos[0],
    end: pos[1],
    isFatal: true,
  }));
  const reader = new Reader(document, problems);
  const data = problems.length > 0 ? null : reader.readAll();
  return {
    document,
    data,
    problems,
    start: document.range[0],
    placeOf: (path) => reader.place(path),
  };
}

/** And none is this deep. */
const MAX_DEPTH = MOST_DEPTH;

/** Raised where reading goes on for too long. */
class TooMuch extends Error {
  constructor(readonly node: unknown) {
    super('too much');
  }
}

class Reader {
  readonly #open = new Set<Node>();
  /** What each alias stands for: the last anchor of its name before it. */
  readonly #targets = new Map<Node, Node>();
  /** The pairs of the maps that were asked for a place. */
  readonly #pairs = new Map<YAMLMap, Map<string, Pair>>();
  #parts = 0;

  constructor(
    readonly document: Document.Parsed,
    readonly problems: TextProblem[],
  ) {}

  readAll(): Json {
    const anchors = new Map<string, Node>();
    visit(this.document, {
      Node: (_, node) => {
        const target = isAlias(node) ? anchors.get(node.source) : undefined;
        if (target !== undefined) this.#targets.set(node, target);
        else if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
      },
    });
    try {
      return this.read(this.document.contents);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      this.#tell(error.node, 'The aliases in this file stand for more than could be read.', true);
      return null;
    }
  }

  read(node: unknown): Json {
    const source = this.#resolve(node, true);
    if (source === undefined) return null;
    if (++this.#parts > MAX_PARTS || this.#open.size > MAX_DEPTH) throw new TooMuch(node);
    if (isScalar(source)) return scalarValue(source.value, source.source);
    if (this.#open.has(source)) {
      this.#tell(node, 'This alias stands for something that it is part of itself.', true);
      return null;
    }
    this.#open.add(source);
    const value = isMap(source) ? this.#map(source.items) : isSeq(source) ? source.items.map((item) => this.read(item)) : null;
    this.#open.delete(source);
    return value;
  }

  #map(items: readonly Pair[]): Json {
    const fields = new Map<string, Json>();
    for (const { key, value } of items) {
      const name = nameOf(key);
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN') this.#merge(value, fields);
      else {
        if (fields.has(name)) this.#tell(key, `"${name}" stands here twice; the last one counts.`, false);
        fields.set(name, this.read(value));
      }
    }
    return Object.fromEntries(fields);
  }

  /** What a merge brings does not replace what is there. */
  #merge(value: unknown, fields: Map<string, Json>): void {
    const read = this.read(value);
    for (const source of Array.isArray(read) ? (read as Json[]) : [read]) {
      if (typeof source !== 'object' || source === null) continue;
      for (const [name, part] of Object.entries(source)) if (!fields.has(name)) fields.set(name, part);
    }
  }

  #resolve(node: unknown, tells = false): Node | undefined {
    if (isAlias(node)) {
      const source = this.#targets.get(node);
      if (source === undefined && tells) this.#tell(node, `There is no anchor "${node.source}" before this.`, true);
      return source;
    }
    return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
  }

  #tell(node: unknown, message: string, isFatal: boolean): void {
    this.problems.push({ ...spanOf(node, { start: 0, end: 0 }), message, isFatal });
  }

  /** The pair that counts for a name: the last one. */
  #pair(map: YAMLMap, name: string): Pair | undefined {
    const known = this.#pairs.get(map) ?? new Map(map.items.map((item) => [nameOf(item.key), item]));
    this.#pairs.set(map, known);
    return known.get(name);
  }

  place(path: readonly Step[]): { name: Span | undefined; value: Span } {
    let node: unknown = this.document.contents;
    let place: { name: Span | undefined; value: Span } = {
      name: undefined,
      value: firstLine(spanOf(node, { start: 0, end: 0 })),
    };
    for (const step of path) {
      const source = this.#resolve(node);
      if (isSeq(source) && typeof step === 'number') {
        node = source.items[step];
        if (node === undefined) return place;
        place = { name: undefined, value: spanOf(node, place.value) };
      } else if (isMap(source)) {
        const pair = this.#pair(source, String(step));
        if (pair === undefined) return place;
        node = pair.value;
        const name = spanOf(pair.key, place.value);
        place = { name, value: spanOf(node, name) };
      } else return place;
    }
    return place;
  }
}

const firstLine = ({ start }: Span): Span => ({ start, end: start });

function spanOf(node: unknown, otherwise: Span): Span {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : otherwise;
}

function nameOf(key: unknown): string {
  if (!isScalar(key)) return '';
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** A scalar as JSON: dates and the like stay the texts they are. */
function scalarValue(value: unknown, source: string | undefined): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return value;
  return source ?? null;
}
