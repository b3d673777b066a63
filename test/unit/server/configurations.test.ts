// Declarative configurations through the protocol: which documents are some, what is said of them while plugins change, and the features.
import assert from 'node:assert/strict';
import type { CodeAction, TextDocumentEdit, TextEdit } from 'vscode-languageserver';
import { applyEdits } from '../../../src/text/edits';
import { askerOf, type Asker } from './asking';
import { startClient, type TestClient } from './client';
import { createProject, PLUGIN_FILES, type Project } from './project';

const SCHEMA = 'kong/plugins/demo/schema.lua';

/** A schema whose configuration has this field. */
const schema = (field: string): string => `return {
  name = "demo",
  fields = {
    { config = { type = "record", fields = { { ${field} = { type = "string", one_of = { "a", "b" } } } } } },
  },
}
`;

const CONFIG =
  '_format_version: "3.0"\nservices:\n- name: one\n  host: example.com\nplugins:\n- name: demo\n  service: one\n  config:\n';

describe('server: declarative configurations', () => {
  let project: Project;
  let client: TestClient;
  let asker: Asker;
  const uri = (): string => project.uri('kong.yml');

  before(async () => {
    project = await createProject({ ...PLUGIN_FILES, [SCHEMA]: schema('mode') });
    client = await startClient({ folders: [project.uri('')] });
    await client.open(uri(), CONFIG, 'yaml');
    asker = askerOf(client, uri());
  });

  after(async () => {
    client.dispose();
    await project.remove();
  });

  const isSaid =
    (...codes: string[]) =>
    ({ diagnostics }: { diagnostics: readonly { code?: unknown }[] }): boolean =>
      JSON.stringify(diagnostics.map(({ code }) => code)) === JSON.stringify(codes);

  it('are checked as they are written, and again as the schema of a plugin changes', async () => {
    await asker.ask('textDocument/hover', `${CONFIG}    mood: a|\n`);
    const { diagnostics } = await client.waitForDiagnostics(uri(), isSaid('config/unknown-field'));
    assert.deepEqual(
      diagnostics.map(({ message, source }) => [message, source]),
      [['unknown field', 'Kong Plugin, Kong']],
    );
    const before = client.published.length;
    await client.open(project.uri(SCHEMA), schema('mood'), 'lua');
    await client.waitForDiagnostics(uri(), isSaid(), before);
    await client.close(project.uri(SCHEMA));
    await client.waitForDiagnostics(uri(), isSaid('config/unknown-field'), before);
  });

  it('have completion, hovers, an outline, definitions and references', async () => {
    assert.deepEqual(await asker.labels(`${CONFIG}    |`), ['mode']);
    assert.equal(await asker.taken(`${CONFIG}    mode: |`, 'b'), `${CONFIG}    mode: b`);
    assert.deepEqual(await asker.labels(CONFIG.replace('service: one', 'service: |')), ['one']);
    assert.match(await asker.hover(`${CONFIG}    mo|de: a`), /one of .*a.*b/);
    const { answer: tree } = await asker.ask('textDocument/documentSymbol', `${CONFIG}|`);
    assert.deepEqual(
      tree.map(({ name, children }) => [name, children?.map((child) => child.name)]),
      [
        ['services', ['one']],
        ['plugins', ['demo']],
      ],
    );
    const { answer: field } = await asker.ask('textDocument/definition', `${CONFIG}    mo|de: a`);
    assert.deepEqual(
      field.map(({ targetUri, targetRange }) => [targetUri, targetRange.start.line]),
      [[project.uri(SCHEMA), 3]],
    );
    const { answer: plugin } = await asker.ask('textDocument/definition', CONFIG.replace('name: demo', 'name: de|mo'));
    assert.deepEqual(
      plugin.map(({ targetUri }) => targetUri),
      [project.uri(SCHEMA), project.uri('kong/plugins/demo/handler.lua')],
    );
    const { answer: uses } = await asker.ask('textDocument/references', CONFIG.replace('name: one', 'name: o|ne'), {
      context: { includeDeclaration: true },
    });
    assert.deepEqual(
      uses.map(({ uri: where, range }) => [where, range.start.line]),
      [
        [uri(), 2],
        [uri(), 6],
      ],
    );
  });

  it('have fixes', async () => {
    const wrong = `${CONFIG}    mod: a\n`;
    await asker.ask('textDocument/hover', `${wrong}|`);
    const at = { line: 8, character: 5 };
    const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: uri() },
      range: { start: at, end: at },
      context: { diagnostics: [] },
    });
    assert.deepEqual(
      actions.map(({ title }) => title),
      ['Rename to mode'],
    );
    const edits = (actions[0]?.edit?.documentChanges ?? []).flatMap((change) => (change as TextDocumentEdit).edits as TextEdit[]);
    assert.equal(applyEdits(wrong, edits), wrong.replace('mod:', 'mode:'));
  });

  it('are told from other YAML and JSON, of which nothing is said until it is one', async () => {
    const other = project.uri('other.yaml');
    const compose = project.uri('compose/kong.yml');
    const count = client.published.length;
    await client.open(other, 'services:\n  web: { image: kong }\n', 'yaml');
    await client.open(compose, 'services:\n  web: { image: kong }\n', 'yaml');
    await client.open(project.uri('package.json'), '{ "plugins": [] }', 'json');
    const place = { textDocument: { uri: other }, position: { line: 0, character: 0 } };
    for (const method of ['completion', 'hover', 'definition', 'documentSymbol']) {
      assert.equal(await client.connection.sendRequest(`textDocument/${method}`, place), null, method);
    }
    await client.change(other, 2, '_format_version: 3\n');
    await client.waitForDiagnostics(other, isSaid('config/format-version'), count);
    await client.change(other, 3, 'services:\n  web: { image: kong }\n');
    await client.waitForDiagnostics(other, isSaid(), count);
    const named = new Set(client.published.slice(count).map((params) => params.uri));
    assert.deepEqual([named.has(compose), named.has(project.uri('package.json'))], [false, false]);
  });

  it('that are bad are told of in one sentence', async () => {
    const levels = Array.from(
      { length: 7 },
      (_, i) => `a${i}: &a${i} [${Array.from({ length: 9 }, () => (i === 0 ? 'x' : `*a${i - 1}`)).join(', ')}]`,
    );
    const bad: readonly (readonly [what: string, text: string, code: string])[] = [
      ['bomb', `_format_version: "3.0"\n${levels.join('\n')}\nb: [${'*a6, '.repeat(9)}*a6]\n`, 'config/yaml'],
      ['cycle', '_format_version: "3.0"\nplugins: &a\n- *a\n', 'config/yaml'],
      ['tabs', '_format_version: "3.0"\nplugins:\n\t- name: acl\n', 'config/yaml'],
      ['large', `_format_version: "3.0"\n# ${'x'.repeat(5_000_000)}\n`, 'config/too-large'],
      ['two', '_format_version: "3.0"\n---\n_format_version: "3.0"\n', 'config/more-documents'],
      ['twice', '_format_version: "3.0"\nplugins: []\nplugins: []\n', 'config/twice'],
    ];
    for (const [what, text, code] of bad) {
      const file = project.uri(`${what}.yaml`);
      await client.open(file, text, 'yaml');
      const { diagnostics } = await client.waitForDiagnostics(file, () => true);
      assert.deepEqual(
        diagnostics.map((one) => one.code),
        [code],
        what,
      );
      const answer = await client.connection.sendRequest('textDocument/completion', {
        textDocument: { uri: file },
        position: { line: 1, character: 0 },
      });
      assert.ok(answer === null || Array.isArray(answer));
      await client.close(file);
    }
    assert.deepEqual(client.logged, []);
  });
});
