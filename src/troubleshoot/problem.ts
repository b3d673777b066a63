// Problems that are known without a log: what one message of Kong's says in the catalogue's terms, when it is known where it stands.
import type { EntryId } from './catalogue';
import type { Where } from './catalogue/entry';
import { firstPluginPlace, namedModules, type NamedPlace } from './frames';
import { catalogueMatcher } from './match';

/** What a message tells: words for the prose of its entry, by the names of the entry's placeholders. */
export type Words = Readonly<Record<string, string>>;

/** The file that Kong's own words name. */
export interface NamedFile {
  module: string | null;
  /** Relative to a root of the search path: `kong/plugins/x/handler.lua`. */
  file: string | null;
  line: number | null;
}

/** One message in the catalogue's terms. */
export interface Told {
  id: EntryId;
  words: Words;
  /** The form of the message, as the catalogue writes it; missing when the id was known without it. */
  form?: string | undefined;
  named?: NamedFile | undefined;
}

/** A problem of a start that was not tried: what Kong would say, and what that means. */
export interface KnownProblem extends Told {
  plugin: string | null;
  /** Everything Kong would say, of which this is a part. */
  said: string;
}

/** What a message says that stands at `where`: the most telling entry of the catalogue; undefined when none knows it. */
export function recognise(text: string, where: Where | null): Told | undefined {
  const match = catalogueMatcher().matchText(text, where);
  if (match === undefined) return undefined;
  const { id, words, message, place, module } = match;
  return { id, words, form: message.text, named: place === null ? undefined : named(place, module) };
}

/** The file of a plugin that a text names, as an error of its code does. */
export function placeNamed(text: string): NamedFile | undefined {
  const place = firstPluginPlace(text, namedModules(text));
  return place === null ? undefined : named(place, place.module);
}

function named({ file, line, core }: NamedPlace, module: string | null): NamedFile | undefined {
  return core ? undefined : { module, file, line };
}
