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
