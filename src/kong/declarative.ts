// A declarative configuration (kong.yml) read for one question: which plugins does it use, and where.
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml';

/** One use of a plugin in a declarative file. */
export interface DeclaredPlugin {
  name: string;
  /** The kind of entity it is written under, or refers to; empty means global. */
  scopes: string[];
  /** One-based line of its entry. */
  line: number;
  /** The entry as plain data. */
  row: unknown;
}

/** What a declarative file says; `error` is set when it cannot be read, and then nothing is known. */
export interface Declared {
  plugins: DeclaredPlugin[];
  error: string | undefined;
}

const OWNERS: Readonly<Record<string, string>> = {
  services: 'service',
  routes: 'route',
  consumers: 'consumer',
  consumer_groups: 'consumer_group',
};
const REFERENCES = Object.values(OWNERS);
/** A file of this size holds more aliases than entities; YAML of such files is refused rather than expanded. */
const MAX_ALIASES = 1000;

/** Reads YAML or JSON; never throws. */
export function readDeclarative(text: string): Declared {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const [problem] = document.errors;
  if (problem !== undefined) return { plugins: [], error: problem.message.split('\n', 1)[0] ?? problem.message };
  const plugins: DeclaredPlugin[] = [];
  let error: string | undefined;
  visit(document, {
    Pair(_, pair, path) {
      if (!isScalar(pair.key) || pair.key.value !== 'plugins' || !isSeq(pair.value)) return undefined;
      const owners = path.flatMap((node) => (isPair(node) && isScalar(node.key) ? [OWNERS[String(node.key.value)]] : []));
      // A list called "plugins" inside a configuration is not a list of plugins.
      if (owners.includes(undefined)) return undefined;
      const owner = owners.at(-1);
      for (const item of pair.value.items) {
        if (!isMap(item)) continue;
        const name = item.get('name');
        if (typeof name !== 'string') continue;
        const referred = REFERENCES.filter((kind) => item.get(kind) !== undefined && item.get(kind) !== null);
        plugins.push({
          name,
          scopes: [...new Set([...(owner === undefined ? [] : [owner]), ...referred])],
          line: lines.linePos(item.range?.[0] ?? 0).line,
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
  return { plugins, error };

  function plain(item: YAMLMap): unknown {
    try {
      return item.toJS(document, { maxAliasCount: MAX_ALIASES });
    } catch {
      return null;
    }
  }
}
