// A session of a client with the language server, told by the words of a text: some name a file, some ask, a number says where, any other is typed there.
import type { Position } from 'vscode-languageserver';
import { startClient, type TestClient } from '../unit/server/client';

const FOLDER = 'file:///w/demo';
/** Files that a session may be about, by the word that names them. */
const FILES: Readonly<Record<string, string>> = {
  rockspec: 'kong-plugin-demo-1.0.0-1.rockspec',
  handler: 'kong/plugins/demo/handler.lua',
  schema: 'kong/plugins/demo/schema.lua',
  conf: 'kong.conf',
  notes: 'notes.txt',
};
/** What may be asked at a place, by the word that asks for it. */
const QUESTIONS: Readonly<Record<string, (at: Position) => [method: string, params: object]>> = {
  complete: (position) => ['textDocument/completion', { position }],
  hover: (position) => ['textDocument/hover', { position }],
  define: (position) => ['textDocument/definition', { position }],
  refer: (position) => ['textDocument/references', { position, context: { includeDeclaration: true } }],
  rename: (position) => ['textDocument/rename', { position, newName: 'other' }],
  sign: (position) => ['textDocument/signatureHelp', { position }],
  outline: () => ['textDocument/documentSymbol', {}],
  fold: () => ['textDocument/foldingRange', {}],
  hints: (at) => ['textDocument/inlayHint', { range: { start: { line: 0, character: 0 }, end: at } }],
  lenses: () => ['textDocument/codeLens', {}],
  links: () => ['textDocument/documentLink', {}],
  fix: (at) => ['textDocument/codeAction', { range: { start: at, end: at }, context: { diagnostics: [] } }],
};
/** Words of sessions, beside those of the files in them. */
export const SESSION_WORDS: readonly string[] = [
  ...Object.keys(FILES),
  ...Object.keys(QUESTIONS),
  ...['close', 'watch', 'cut', '0', '1', '2', '5', '-1', '3000000000'],
];

/** Plays the session and gives the answers in their order. Throws what the server logs: an error of its own. */
export async function sessionAnswers(text: string): Promise<unknown> {
  const client = await startClient({ folders: [FOLDER] });
  try {
    const session = new Session(client);
    for (const word of text.split(/[ \n]/)) await session.hear(word);
    await session.end();
    if (client.logged.length > 0) throw new Error(client.logged.join('\n'));
    return session.answers;
  } finally {
    client.dispose();
  }
}

class Session {
  readonly answers: unknown[] = [];
  readonly #versions = new Map<string, number>();
  #uri = '';
  #at: Position = { line: 0, character: 0 };
  #number = 0;

  constructor(private readonly client: TestClient) {}

  async hear(word: string): Promise<void> {
    const { connection } = this.client;
    const [file, ask] = [own(FILES, word), own(QUESTIONS, word)];
    if (file !== undefined) await this.#turnTo(`${FOLDER}/${file}`);
    else if (ask !== undefined) {
      const [method, params] = ask(this.#at);
      const request = connection.sendRequest(method, { textDocument: { uri: this.#uri }, ...params });
      this.answers.push(await request.catch((error: unknown) => String(error)));
    } else if (word === 'close') {
      this.#versions.delete(this.#uri);
      await this.client.close(this.#uri);
    } else if (word === 'watch') {
      await connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: this.#uri, type: 1 }] });
    } else if (/^-?\d+$/.test(word)) {
      this.#at = { line: Math.max(0, this.#number), character: Math.max(0, Number(word)) };
      this.#number = Number(word);
    } else if (word === 'cut') await this.#replace({ line: this.#at.line, character: this.#at.character + 3 }, '');
    else await this.#replace(this.#at, word.replaceAll('\\n', '\n').replaceAll('_', ' '));
  }

  /** Closes what is open, and waits until the server has heard all of it. */
  async end(): Promise<void> {
    for (const uri of this.#versions.keys()) await this.client.close(uri);
    await this.client.connection.sendRequest('shutdown');
  }

  async #turnTo(uri: string): Promise<void> {
    this.#uri = uri;
    if (this.#versions.has(uri)) return;
    this.#versions.set(uri, 1);
    await this.client.open(uri, '', uri.endsWith('.lua') ? 'lua' : uri.endsWith('.rockspec') ? 'rockspec' : 'plaintext');
  }

  async #replace(end: Position, text: string): Promise<void> {
    const version = this.#versions.get(this.#uri);
    if (version === undefined) return;
    this.#versions.set(this.#uri, version + 1);
    await this.client.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.#uri, version: version + 1 },
      contentChanges: [{ range: { start: this.#at, end }, text }],
    });
  }
}

function own<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
