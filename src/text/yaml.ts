// YAML as everything here reads it: as libyaml takes it, and refused before anything goes down into a text that is nested too deep. The composer of
// `yaml` calls itself once a level, and where a pattern is compiled at the end of the stack, V8 ends the process instead of throwing.
import { Composer, Document, parseDocument, Parser, YAMLParseError, type CST } from 'yaml';

/** A configuration is never this deep. */
export const MOST_DEPTH = 200;

/** The dialect; YAML 1.2 without. */
interface Options {
  version?: '1.1';
  schema?: 'yaml-1.1';
  merge?: boolean;
}

/** The documents of a text; none where there is none. Of equal keys the last counts. A text that is too deep is one document with that error. */
export function yamlDocuments(text: string, options: Options = {}): Document.Parsed[] {
  const all = { ...options, uniqueKeys: false, logLevel: 'silent', prettyErrors: false } as const;
  const tokens = [...new Parser().parse(text)];
  const deep = tooDeep(tokens);
  if (deep === undefined) return [...new Composer(all).compose(tokens)];
  const document = parseDocument('', all);
  document.errors.push(
    new YAMLParseError([deep, deep + 1], 'IMPOSSIBLE', `What begins here is nested more than ${MOST_DEPTH} levels deep`),
  );
  return [document];
}

/** Data as a document to be written: texts that a reader of YAML 1.1, as Kong's is, would take for something else (yes, on, 1:20) are quoted. */
export function writtenDocument(data: unknown): Document {
  return new Document(data, { version: '1.1', schema: 'yaml-1.1' });
}

/** The first document of a text, as libyaml reads it; an empty one where there is none. */
export function firstDocument(text: string): Document.Parsed {
  return yamlDocuments(text)[0] ?? parseDocument('');
}

/** Where the first collection stands that has too many around it. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MOST_DEPTH) return token.offset;
    const inside = (below: CST.Token | null | undefined): void => {
      if (below) open.push({ token: below, depth: depth + 1 });
    };
    if (token.type === 'document') inside(token.value);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      inside(key);
      inside(value);
    }
  }
  return undefined;
}
