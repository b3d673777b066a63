// Where YAML and JSON of a deployment name a plugin: declarative files, KongPlugin manifests, Helm values.
import { isMap, isPair, isScalar, isSeq, visit, type Pair, type Scalar } from 'yaml';
import { yamlDocuments } from '../text/yaml';

/** A stretch of the text that is the plugin's name. */
export interface NamedPlace {
  start: number;
  end: number;
}

/** Keys whose value is a plugin's name wherever they stand in a manifest. */
const NAME_KEYS = new Set(['pluginName']);
const MANIFESTS = /^Kong(?:Cluster)?Plugin$/;

/** The places where a file names a plugin; none in a text that cannot be read. */
export function pluginNamesIn(text: string, plugin: string): NamedPlace[] {
  if (!text.includes(plugin)) return [];
  const found: NamedPlace[] = [];
  for (const document of yamlDocuments(text)) {
    if (document.errors.length > 0) return found;
    const isManifest = isMap(document.contents) && MANIFESTS.test(String(document.contents.get('kind')));
    visit(document, {
      Pair(_, pair) {
        const key = isScalar(pair.key) ? String(pair.key.value) : '';
        if (key === 'plugins') for (const place of namedIn(pair, plugin, text)) found.push(place);
        else if (NAME_KEYS.has(key) || (key === 'plugin' && isManifest)) found.push(...scalarPlace(pair.value, plugin, text));
      },
    });
  }
  return found;
}

/** `plugins:` as a list of entities with a name, as a list of names, or as one text with commas. */
function namedIn({ value }: Pair, plugin: string, text: string): NamedPlace[] {
  if (isScalar(value)) return listPlaces(value, plugin, text);
  if (!isSeq(value)) return [];
  return value.items.flatMap((item) => {
    if (!isMap(item)) return scalarPlace(item, plugin, text);
    const name = item.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === 'name');
    return scalarPlace(name?.value, plugin, text);
  });
}

function scalarPlace(node: unknown, plugin: string, text: string): NamedPlace[] {
  return isScalar(node) && node.value === plugin ? listPlaces(node, plugin, text) : [];
}

/** The name among the words of a scalar, as it is written there. */
function listPlaces({ value, range }: Scalar, plugin: string, text: string): NamedPlace[] {
  if (typeof value !== 'string' || range === null || range === undefined) return [];
  if (!value.split(',').some((word) => word.trim() === plugin)) return [];
  const [start, end] = range;
  const pattern = new RegExp(`(?<![\\w.-])${plugin.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&')}(?![\\w.-])`, 'g');
  return [...text.slice(start, end).matchAll(pattern)].map(({ index, 0: word }) => ({
    start: start + index,
    end: start + index + word.length,
  }));
}
