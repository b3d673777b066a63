// Asking the server at a cursor in a text: what the tests of language features share.
import assert from 'node:assert/strict';
import type {
  CompletionItem,
  DocumentSymbol,
  Hover,
  InlayHint,
  Location,
  LocationLink,
  SignatureHelp,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { applyEdits } from '../../../src/text/edits';
import { marked } from '../rockspec-language/marked';
import type { TestClient } from './client';

/** What a request answers. */
export interface Answers {
  'textDocument/completion': CompletionItem[];
  'textDocument/hover': Hover | null;
  'textDocument/signatureHelp': SignatureHelp | null;
  'textDocument/definition': LocationLink[];
  'textDocument/references': Location[];
  'textDocument/prepareRename': { placeholder: string } | null;
  'textDocument/rename': WorkspaceEdit;
  'textDocument/inlayHint': InlayHint[];
  'textDocument/documentSymbol': DocumentSymbol[];
}

/** Questions about one open document. */
export interface Asker {
  /** Makes a text the document's, and asks at the `|` in it. */
  ask: <M extends keyof Answers>(method: M, source: string, extra?: object) => Promise<{ text: string; answer: Answers[M] }>;
  /** The labels that are offered. */
  labels: (source: string) => Promise<string[]>;
  /** The text with a suggestion taken. */
  taken: (source: string, label: string) => Promise<string>;
  /** What a hover says; empty for none. */
  hover: (source: string) => Promise<string>;
}

/** Asks about a document that is open in its first version. */
export function askerOf(client: TestClient, uri: string): Asker {
  let version = 1;
  const ask: Asker['ask'] = async (method, source, extra = {}) => {
    const { text, position } = marked(source);
    await client.change(uri, ++version, text);
    return { text, answer: await client.connection.sendRequest(method, { textDocument: { uri }, position, ...extra }) };
  };
  return {
    ask,
    labels: async (source) => (await ask('textDocument/completion', source)).answer.map(({ label }) => label),
    taken: async (source, label) => {
      const { text, answer } = await ask('textDocument/completion', source);
      const edit = answer.find((item) => item.label === label)?.textEdit;
      assert.ok(edit !== undefined && 'range' in edit, `no suggestion ${label} in ${source}`);
      return applyEdits(text, [edit]);
    },
    hover: async (source) => {
      const { answer } = await ask('textDocument/hover', source);
      return answer === null ? '' : JSON.stringify(answer.contents);
    },
  };
}
