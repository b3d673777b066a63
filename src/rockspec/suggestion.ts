// What completion gives, and what it asks of the world around the text.
import type { KongVersion } from '../kong/versions';
import type { Range } from '../text/diagnostic';

export type SuggestionKind = 'field' | 'value' | 'module' | 'file' | 'folder' | 'rock';

/** One suggestion: `insertText` takes the place of `range`; as a snippet, `$0` is where the cursor goes and `$`, `}` and `\` are escaped. */
export interface Suggestion {
  label: string;
  kind: SuggestionKind;
  insertText: string;
  snippet: boolean;
  range: Range;
  detail: string | undefined;
  documentation: string | undefined;
  /** What the typed text is compared with. */
  filterText: string;
  /** Suggestions are shown in this order. */
  rank: number;
}

/** What completion asks of the world around the text. */
export interface CompletionWorld {
  kong: KongVersion;
  /** Files below the rockspec's folder, relative to it, with forward slashes. */
  files: () => Promise<readonly string[]>;
  /** Folders below the rockspec's folder, likewise. */
  folders: () => Promise<readonly string[]>;
}
