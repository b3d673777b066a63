// What an editor gets for a rockspec, over the protocol.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type {
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  LocationLink,
  ShowDocumentParams,
  TextEdit,
} from 'vscode-languageserver';
import { applyEdits } from '../../../src/text/edits';
import { startClient, type TestClient } from './client';
import { createProject, PLUGIN_FILES, ROCKSPEC, ROCKSPEC_NAME, type Project } from './project';

/** The position of the first `needle` in a text, `offset` characters further. */
function at(text: string, needle: string, offset = 0): { line: number; character: number } {
  const before = text.slice(0, text.indexOf(needle) + offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

describe('server: rockspec', () => {
  let project: Project;
  let client: TestClient;
  let uri: string;
  let settings: Record<string, unknown>;

  beforeEach(async () => {
    project = await createProject(PLUGIN_FILES);
    uri = project.uri(ROCKSPEC_NAME);
    settings = {};
    client = await startClient({ settings: () => settings, folders: [project.uri('')] });
  });

  afterEach(async () => {
    client.dispose();
    await project.remove();
  });

  const ask = async <R>(method: string, params: object = {}, of = uri): Promise<R> =>
    client.connection.sendRequest<R>(method, { textDocument: { uri: of }, ...params });
  const codes = (params: { diagnostics: { code?: unknown }[] }): unknown[] => params.diagnostics.map(({ code }) => code);

  it('that is right has no diagnostics', async () => {
    await client.open(uri, ROCKSPEC);
    const { diagnostics } = await client.waitForDiagnostics(uri, () => true);
    assert.deepEqual(diagnostics, []);
  });

  it('shows every problem at its own place', async () => {
    const text = ROCKSPEC.replace('summary', 'sumary').replace('version = package_version .. "-1"', 'version = package_version');
    await client.open(uri, text);
    const { diagnostics } = await client.waitForDiagnostics(uri, (params) => params.diagnostics.length >= 2);
    assert.ok(diagnostics.some(({ range }) => range.start.line === at(text, 'sumary').line));
    assert.ok(diagnostics.some(({ range }) => range.start.line === at(text, 'version = package').line));
    assert.ok(diagnostics.every(({ range }) => range.end.line - range.start.line < 3));
  });

  it('follows module files that come and go on disk', async () => {
    await client.open(uri, ROCKSPEC);
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length === 0);
    const schema = 'kong/plugins/demo/schema.lua';
    await rm(project.path(schema));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: project.uri(schema), type: 3 }],
    });
    const missing = await client.waitForDiagnostics(uri, (params) => params.diagnostics.length > 0);
    assert.deepEqual(codes(missing), ['rockspec/file-missing']);
    const since = client.published.length;
    await project.write(schema, PLUGIN_FILES[schema] ?? '');
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: project.uri(schema), type: 1 }],
    });
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length === 0, since);
  });

  it('follows an unsaved handler', async () => {
    await client.open(uri, ROCKSPEC);
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length === 0);
    await client.open(project.uri('kong/plugins/demo/handler.lua'), 'return { PRIORITY = 1000, VERSION = "9.9.9" }\n', 'lua');
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length > 0);
  });

  it('goes by the file on disk again when its editor closes', async () => {
    const handler = 'kong/plugins/demo/handler.lua';
    await client.open(uri, ROCKSPEC);
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length === 0);
    await client.open(project.uri(handler), 'return { PRIORITY = 1000, VERSION = "9.9.9" }\n', 'lua');
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length > 0);
    let since = client.published.length;
    await client.close(project.uri(handler));
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length === 0, since);
    since = client.published.length;
    await client.open(project.uri(handler), PLUGIN_FILES[handler] ?? '', 'lua');
    await project.write(handler, 'return { PRIORITY = 1000, VERSION = "8.8.8" }\n');
    await client.close(project.uri(handler));
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length > 0, since);
  });

  it('is checked for the Kong of the settings, and again when they change', async () => {
    const text = ROCKSPEC.replace('rockspec_format = "3.0"', 'rockspec_format = "3.1"');
    await client.open(uri, text);
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length > 0);
    const since = client.published.length;
    settings = { kong: 'HEAD' };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length === 0, since);
  });

  it('is checked for the default Kong, with a word about it, when the setting names none', async () => {
    settings = { kong: 'newest' };
    const told = new Promise<string>((resolve) => {
      client.connection.onNotification('window/showMessage', ({ message }: { message: string }) => resolve(message));
    });
    await client.open(uri, ROCKSPEC);
    await client.waitForDiagnostics(uri, (params) => params.diagnostics.length === 0);
    assert.match(await told, /"newest".*Checking for Kong 3\.9/);
  });

  it('offers the fixes at the cursor as edits of this version', async () => {
    const text = ROCKSPEC.replace('summary', 'sumary');
    await client.open(uri, text);
    const range = { start: at(text, 'sumary'), end: at(text, 'sumary') };
    const actions = await ask<CodeAction[]>('textDocument/codeAction', { range, context: { diagnostics: [] } });
    const fix = actions.find(({ kind }) => kind === 'quickfix');
    assert.ok(fix, JSON.stringify(actions));
    const [change] = fix.edit?.documentChanges ?? [];
    assert.ok(change !== undefined && 'textDocument' in change);
    assert.deepEqual(change.textDocument, { uri, version: 1 });
    assert.equal(fix.diagnostics?.length, 1);
  });

  it('offers to fix all when asked for source actions', async () => {
    const text = ROCKSPEC.replace('summary', 'sumary').replace('"Apache-2.0"', '"Apache 2.0"');
    await client.open(uri, text);
    const range = { start: at(text, 'local'), end: at(text, 'local') };
    const actions = await ask<CodeAction[]>('textDocument/codeAction', {
      range,
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    assert.deepEqual(
      actions.map(({ kind }) => kind),
      ['source.fixAll.kongPlugin'],
    );
  });

  it('has no problem left when everything safe is fixed at once', async () => {
    const text = ROCKSPEC.replace('summary', 'sumary')
      .replace('"Apache-2.0"', '"Apache 2.0"')
      .replace('"git+https://', '"https://')
      .replace('"lua >= 5.1"', '"lua => 5.1", "lua-cjson =< 2.1"')
      .replace('"builtin"', '"buildin"');
    await client.open(uri, text);
    const { diagnostics } = await client.waitForDiagnostics(uri, (params) => params.diagnostics.length > 0);
    assert.equal(diagnostics.length, 6, JSON.stringify(diagnostics));
    const range = { start: at(text, 'local'), end: at(text, 'local') };
    const [action] = await ask<CodeAction[]>('textDocument/codeAction', {
      range,
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    const [change] = action?.edit?.documentChanges ?? [];
    assert.ok(change !== undefined && 'edits' in change);
    const since = client.published.length;
    const edits = change.edits.filter((edit): edit is TextEdit => 'newText' in edit);
    await client.change(uri, 2, applyEdits(text, edits));
    const after = await client.waitForDiagnostics(uri, (params) => params.version === 2, since);
    assert.deepEqual(after.diagnostics, []);
  });

  it('completes while it does not parse', async () => {
    const text = 'package = "x"\ndescription = {\n  li\nbuild = {';
    await client.open(uri, text);
    const items = await ask<CompletionItem[]>('textDocument/completion', { position: at(text, 'li', 2) });
    assert.ok(items.some(({ label }) => label === 'license'));
    assert.ok(!items.some(({ label }) => label === 'package'));
  });

  it('completes modules from the files on disk', async () => {
    const text = 'build = { modules = {  } }';
    await client.open(uri, text);
    const items = await ask<CompletionItem[]>('textDocument/completion', { position: at(text, '  }', 1) });
    const handler = items.find(({ label }) => label === 'kong.plugins.demo.handler');
    assert.ok(handler?.textEdit);
    assert.equal(handler.textEdit.newText, '["kong.plugins.demo.handler"] = "kong/plugins/demo/handler.lua",');
  });

  it('explains a field and shows its value', async () => {
    await client.open(uri, ROCKSPEC);
    const hover = await ask<Hover>('textDocument/hover', { position: at(ROCKSPEC, 'package = ') });
    assert.match(JSON.stringify(hover.contents), /Name of the rock.*kong-plugin-demo/s);
  });

  it('has an outline', async () => {
    await client.open(uri, ROCKSPEC);
    const symbols = await ask<DocumentSymbol[]>('textDocument/documentSymbol');
    assert.deepEqual(
      symbols.map(({ name }) => name),
      'plugin_name package_version rockspec_format package version source description dependencies build'.split(' '),
    );
    const modules = symbols.at(-1)?.children?.[1];
    assert.deepEqual(
      modules?.children?.map(({ name }) => name),
      ['kong.plugins.demo.handler', 'kong.plugins.demo.schema'],
    );
  });

  it('links modules to the files that are there', async () => {
    await rm(project.path('kong/plugins/demo/schema.lua'));
    await client.open(uri, ROCKSPEC);
    const links = await ask<DocumentLink[]>('textDocument/documentLink');
    assert.deepEqual(
      links.map(({ target }) => target),
      [project.uri('kong/plugins/demo/handler.lua'), 'https://github.com/example/kong-plugin-demo'],
    );
  });

  it('leads from a module to its file and from a local to its declaration', async () => {
    await client.open(uri, ROCKSPEC);
    const [file] = await ask<LocationLink[]>('textDocument/definition', { position: at(ROCKSPEC, '/handler.lua"', 3) });
    assert.equal(file?.targetUri, project.uri('kong/plugins/demo/handler.lua'));
    const [local] = await ask<LocationLink[]>('textDocument/definition', { position: at(ROCKSPEC, '.. plugin_name', 5) });
    assert.equal(local?.targetUri, uri);
    assert.deepEqual(local.targetRange.start, at(ROCKSPEC, 'plugin_name'));
  });

  it('leads back from a Lua file to its line', async () => {
    const handler = project.uri('kong/plugins/demo/handler.lua');
    await client.open(handler, 'return {}\n', 'lua');
    const [lens] = await ask<CodeLens[]>('textDocument/codeLens', {}, handler);
    assert.equal(lens?.command?.title, `kong.plugins.demo.handler in ${ROCKSPEC_NAME}`);
    const shown = new Promise<ShowDocumentParams>((resolve) => {
      client.connection.onRequest('window/showDocument', (params: ShowDocumentParams) => {
        resolve(params);
        return { success: true };
      });
    });
    await client.connection.sendRequest('workspace/executeCommand', lens.command);
    const { uri: target, selection } = await shown;
    assert.equal(target, uri);
    assert.equal(selection?.start.line, at(ROCKSPEC, '/handler.lua').line);
  });

  it('has hints where it computes, unless they are turned off', async () => {
    await client.open(uri, ROCKSPEC);
    const range = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };
    const hints = await ask<InlayHint[]>('textDocument/inlayHint', { range });
    assert.deepEqual(
      hints.map(({ label }) => label),
      [
        '= "kong-plugin-demo"',
        '= "0.1.0-1"',
        '= "0.1.0"',
        '= "kong.plugins.demo.handler"',
        '= "kong/plugins/demo/handler.lua"',
        '= "kong.plugins.demo.schema"',
        '= "kong/plugins/demo/schema.lua"',
      ],
    );
    settings = { inlayHints: { enabled: false } };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    assert.deepEqual(await ask<InlayHint[]>('textDocument/inlayHint', { range }), []);
  });

  it('folds its tables', async () => {
    await client.open(uri, ROCKSPEC);
    const folds = await ask<FoldingRange[]>('textDocument/foldingRange');
    const build = at(ROCKSPEC, 'build = {').line;
    assert.ok(folds.some(({ startLine, endLine }) => startLine === build && endLine === build + 5));
  });
});
