// The server goes on serving, whatever it is given.
import assert from 'node:assert/strict';
import type { Hover } from 'vscode-languageserver';
import { startClient, type TestClient } from './client';

const URI = 'file:///srv/x-1-1.rockspec';
const POSITION = { line: 0, character: 2 };
const RANGE = { start: POSITION, end: { line: 100_000, character: 0 } };

/** Everything that can be asked of a rockspec. */
const REQUESTS: readonly (readonly [method: string, params: object])[] = [
  ['textDocument/completion', { position: POSITION }],
  ['textDocument/hover', { position: POSITION }],
  ['textDocument/definition', { position: POSITION }],
  ['textDocument/documentSymbol', {}],
  ['textDocument/documentLink', {}],
  ['textDocument/foldingRange', {}],
  ['textDocument/inlayHint', { range: RANGE }],
  ['textDocument/codeAction', { range: RANGE, context: { diagnostics: [], only: ['quickfix', 'source'] } }],
];

function garbage(length: number): string {
  let seed = 42;
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    bytes[i] = (seed >> 8) % 256;
  }
  return bytes.toString('utf8');
}

const HOSTILE: Readonly<Record<string, () => string>> = {
  'an empty file': () => '',
  '5 MB of garbage': () => garbage(5_000_000),
  '5 MB of brackets': () => '{['.repeat(2_500_000),
  '5 MB on one line': () => `package = "${'x'.repeat(5_000_000)}"`,
  'an endless loop': () => 'package = "x"\nwhile true do end',
  'endless recursion': () => 'local function f() return f() .. f() end\npackage = f()',
  '3,000 nested tables': () => `build = ${'{'.repeat(3000)}${'}'.repeat(3000)}`,
  'a string bomb': () => 'package = ("x"):rep(1e9)',
  'a table bomb': () => 'build = {}\nfor i = 1, 1e9 do build["m" .. i] = {} end',
  'a table that holds itself': () => 'build = {}\nbuild.build = build\nbuild.modules = build',
  'lone surrogates and nulls': () => 'package = "\ud800\0\udfff"\r\r\n\n\rversion = "1-1"',
};

describe('server: resilience', function () {
  // The budget of the evaluator is one of steps, not of time: on a busy machine it takes a while to use up.
  this.timeout(60_000);
  let client: TestClient;

  beforeEach(async () => {
    client = await startClient();
  });

  afterEach(() => client.dispose());

  for (const [what, text] of Object.entries(HOSTILE)) {
    it(`checks and answers for ${what}`, async () => {
      await client.open(URI, text());
      await client.waitForDiagnostics(URI, () => true);
      for (const [method, params] of REQUESTS) {
        await client.connection.sendRequest(method, { textDocument: { uri: URI }, ...params });
      }
      assert.deepEqual(client.logged, []);
    });
  }

  it('answers a request it cannot understand with an error, logs it with its stack, and lives on', async () => {
    await client.open(URI, 'package = "x"');
    await assert.rejects(client.connection.sendRequest('textDocument/hover', { textDocument: { uri: URI } }));
    assert.match(client.logged.join('\n'), /TypeError.*\n\s+at /);
    const hover = await client.connection.sendRequest<Hover>('textDocument/hover', {
      textDocument: { uri: URI },
      position: POSITION,
    });
    assert.ok(hover);
  });

  it('has nothing to say about a document that is not open', async () => {
    for (const [method, params] of REQUESTS) {
      assert.equal(await client.connection.sendRequest(method, { textDocument: { uri: URI }, ...params }), null);
    }
  });

  it('keeps up with typing in a file full of modules', async () => {
    const lines = Array.from({ length: 700 }, (_, i) => `["kong.plugins.x.m${i}"] = "kong/plugins/x/m${i}.lua",`);
    const text = (version: number): string => `package = "x${version}"\nbuild = { modules = {\n${lines.join('\n')}\n} }\n`;
    await client.open(URI, text(1));
    const start = performance.now();
    for (let version = 2; version <= 40; version++) {
      await client.change(URI, version, text(version));
      await client.connection.sendRequest('textDocument/hover', { textDocument: { uri: URI }, position: POSITION });
    }
    await client.waitForDiagnostics(URI, ({ version }) => version === 40);
    assert.ok(performance.now() - start < 10_000, 'under 250 ms an edit, on a busy machine');
  });
});
