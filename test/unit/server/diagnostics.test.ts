// Diagnostics over the protocol: published while typing, withdrawn when there is nothing to say any more.
import assert from 'node:assert/strict';
import { startClient, type TestClient } from './client';

const CONF = 'file:///srv/kong.conf';

describe('server: diagnostics', () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startClient();
  });

  afterEach(() => client.dispose());

  it('are published for an open document with its version', async () => {
    await client.open(CONF, 'plugin = bundled\n', 'kongconf');
    const { version, diagnostics } = await client.waitForDiagnostics(CONF, (params) => params.diagnostics.length > 0);
    assert.equal(version, 1);
    assert.equal(diagnostics[0]?.code, 'kong.conf/unknown-setting');
  });

  it('follow edits, and the last text wins', async () => {
    await client.open(CONF, 'plugin = bundled\n', 'kongconf');
    for (let version = 2; version < 30; version++) await client.change(CONF, version, 'plugin = bundled\n'.repeat(version));
    await client.change(CONF, 30, 'plugins = bundled\n');
    const last = await client.waitForDiagnostics(CONF, (params) => params.version === 30);
    assert.deepEqual(last.diagnostics, []);
  });

  it('check only the last of many quick edits', async () => {
    await client.open(CONF, 'plugin = bundled\n', 'kongconf');
    for (let version = 2; version <= 50; version++) await client.change(CONF, version, 'plugin = bundled\n'.repeat(version));
    await client.waitForDiagnostics(CONF, (params) => params.version === 50);
    assert.ok(client.published.length < 10, `${client.published.length} publications for 50 edits`);
  });

  it('are withdrawn when the document closes', async () => {
    await client.open(CONF, 'plugin = bundled\n', 'kongconf');
    await client.waitForDiagnostics(CONF, (params) => params.diagnostics.length > 0);
    await client.close(CONF);
    await client.waitForDiagnostics(CONF, (params) => params.diagnostics.length === 0);
  });

  it('are withdrawn when the file is deleted while it is open', async () => {
    await client.open(CONF, 'plugin = bundled\n', 'kongconf');
    await client.waitForDiagnostics(CONF, (params) => params.diagnostics.length > 0);
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: CONF, type: 3 }] });
    await client.waitForDiagnostics(CONF, (params) => params.diagnostics.length === 0);
  });

  it('say nothing of a document of another scheme or kind', async () => {
    await client.open('git:/srv/kong.conf?HEAD', 'plugin = bundled\n', 'plaintext');
    await client.open('file:///srv/notes.txt', 'plugin = bundled\n', 'plaintext');
    await client.open(CONF, 'plugin = bundled\n', 'plaintext');
    await client.waitForDiagnostics(CONF, (params) => params.diagnostics.length > 0);
    assert.ok(client.published.every((params) => params.uri === CONF || params.diagnostics.length === 0));
  });
});

describe('server: workspace', () => {
  it('understands incremental edits', async () => {
    const client = await startClient();
    await client.open(CONF, 'plugins = bundled\nlog_level = debug\n', 'kongconf');
    await client.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: CONF, version: 2 },
      contentChanges: [
        { range: { start: { line: 1, character: 12 }, end: { line: 1, character: 17 } }, text: 'warning' },
        { range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } }, text: '' },
      ],
    });
    const { diagnostics } = await client.waitForDiagnostics(CONF, ({ version }) => version === 2);
    assert.deepEqual(
      diagnostics.map(({ range }) => range),
      [{ start: { line: 0, character: 12 }, end: { line: 0, character: 19 } }],
    );
    client.dispose();
  });

  it('asks for the settings of each folder of its own', async () => {
    const asked: unknown[] = [];
    const client = await startClient({ folders: ['file:///srv/a', 'file:///srv/b'] });
    client.connection.onRequest('workspace/configuration', ({ items }: { items: { scopeUri?: string }[] }) => {
      asked.push(...items.map(({ scopeUri }) => scopeUri));
      return items.map(({ scopeUri }) => ({ kong: scopeUri?.includes('/b/') ? 'HEAD' : '3.9' }));
    });
    const text = 'rockspec_format = "3.1"\npackage = "x"\nversion = "1-1"\nsource = { url = "git+https://e.com/x" }\n';
    const name = (folder: string): string => `file:///srv/${folder}/x-1-1.rockspec`;
    const codesOf = async (folder: string): Promise<unknown[]> => {
      await client.open(name(folder), text);
      return (await client.waitForDiagnostics(name(folder), () => true)).diagnostics.map(({ code }) => code);
    };
    assert.notDeepEqual(await codesOf('a'), await codesOf('b'));
    assert.deepEqual(asked, [name('a'), name('b')]);
    client.dispose();
  });

  it('lives on what a client pushes that cannot be asked', async () => {
    const client = await startClient({ capabilities: {}, initializationOptions: { kong: 'HEAD' } });
    const uri = 'file:///srv/x-1-1.rockspec';
    await client.open(uri, 'rockspec_format = "3.1"\npackage = "x"\nversion = "1-1"\nsource = { url = "git+https://e.com/x" }\n');
    const head = await client.waitForDiagnostics(uri, () => true);
    const since = client.published.length;
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { kongPlugin: { kong: '3.9' } } });
    const newer = await client.waitForDiagnostics(uri, () => true, since);
    assert.ok(newer.diagnostics.length > head.diagnostics.length);
    client.dispose();
  });
});
