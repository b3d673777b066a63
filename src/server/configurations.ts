// Open declarative configurations: which documents are some, the schemas around them, and what is wrong with them.
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { CheckWishes } from '../config/declarative/check';
import { isConfiguration } from '../config/declarative/looksLike';
import type { KnownItems } from '../config/declarative/entities';
import type { MadeSchemas, Schemas } from '../config/findSchema';
import type { Tree } from '../config/language/tree';
import type { KongVersion } from '../kong/versions';
import type { Diagnostic } from '../text/diagnostic';
import { documentKind, pathOf } from './documents';
import type { Plugins } from './plugins';

/** Larger texts are checked by the command line alone: they would be read anew with every key. */
const MOST_CHARACTERS = 1_000_000;

/** What was found out about one document. */
interface Known {
  version: number;
  isOurs: boolean;
  trees: Tree[] | undefined;
  items: KnownItems | undefined;
}

/** The configurations among the open documents. */
export class Configurations {
  readonly #known = new WeakMap<TextDocument, Known>();
  readonly #made: MadeSchemas = new Map();

  constructor(private readonly plugins: Plugins) {}

  /** Whether a document is a configuration: told by its name and a look for words, once per version. */
  isOne(document: TextDocument): boolean {
    return documentKind(document) === 'config' && this.#of(document).isOurs;
  }

  /** Whether a document is one, or was with the text before: what was said of it has to go then. */
  concerns(document: TextDocument): boolean {
    if (documentKind(document) !== 'config') return false;
    const before = this.#known.get(document)?.isOurs ?? false;
    return this.isOne(document) || before;
  }

  /** Whether a text is so large that only the command line looks at it. */
  isTooLarge(document: TextDocument): boolean {
    return document.getText().length > MOST_CHARACTERS;
  }

  /** The syntax trees of a document, once per version. */
  async trees(document: TextDocument): Promise<Tree[]> {
    const known = this.#of(document);
    const { treesOf } = await import('../config/language/tree');
    return (known.trees ??= treesOf(document.getText()));
  }

  /** The schemas of the plugins around a document. */
  async schemas(document: TextDocument, kong: KongVersion): Promise<Schemas> {
    const { Schemas } = await import('../config/findSchema');
    const plugins = await this.plugins.around(pathOf(document.uri) ?? '');
    return new Schemas(plugins, kong, { ...this.plugins.reading, made: this.#made });
  }

  /** What is wrong with a document. */
  async check(document: TextDocument, kong: KongVersion, fixes?: CheckWishes['fixes']): Promise<Diagnostic[]> {
    if (!this.isOne(document)) return [];
    if (this.isTooLarge(document)) return [tooLarge()];
    const [{ checkConfiguration }, { KnownItems }] = await Promise.all([
      import('../config/declarative/check'),
      import('../config/declarative/entities'),
    ]);
    const schemas = await this.schemas(document, kong);
    const known = this.#of(document);
    known.items ??= new KnownItems();
    return checkConfiguration(document.getText(), schemas, { known: known.items, ...(fixes && { fixes }) });
  }

  #of(document: TextDocument): Known {
    const before = this.#known.get(document);
    if (before?.version === document.version) return before;
    const isOurs = isConfiguration(pathOf(document.uri) ?? '', document.getText());
    const known: Known = { version: document.version, isOurs, trees: undefined, items: before?.items };
    this.#known.set(document, known);
    return known;
  }
}

function tooLarge(): Diagnostic {
  const start = { line: 0, character: 0 };
  const message = 'This file is too large to be checked while it is being written: `kong-plugin check` reads it.';
  return { code: 'config/too-large', severity: 'info', message, range: { start, end: start }, enforcedBy: [] };
}
