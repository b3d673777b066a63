// `kong-plugin lsp --stdio` as an editor starts it: the bundles, a process of its own, standard input and output.
import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type LogMessageParams,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node';

describe('kong-plugin lsp', function () {
  this.timeout(60_000);
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kong-plugin-lsp-'));
    await esbuild.build({
      entryPoints: { cli: 'src/cli/main.ts', server: 'src/server/main.ts' },
      outdir: dir,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
  });

  after(() => rm(dir, { recursive: true, force: true }));

  const start = (...args: string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [join(dir, 'cli.js'), 'lsp', ...args]);

  it('serves over standard input and output, and ends when told to', async () => {
    const child = start('--stdio');
    const exited = once(child, 'exit');
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    const published = new Promise<PublishDiagnosticsParams>((resolve) => {
      connection.onNotification('textDocument/publishDiagnostics', resolve);
    });
    connection.listen();
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification('initialized', {});
    const textDocument = { uri: 'file:///srv/x-1-1.rockspec', languageId: 'rockspec', version: 1, text: 'package = ' };
    await connection.sendNotification('textDocument/didOpen', { textDocument });
    assert.ok((await published).diagnostics.length > 0);
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    assert.deepEqual(await exited, [0, null]);
    connection.dispose();
  });

  it('ends with its client', async () => {
    const child = start('--stdio');
    const exited = once(child, 'exit');
    child.stdin.end();
    await exited;
  });

  it('ends with an error, in its log too, when its client frames a message wrongly', async () => {
    const child = start('--stdio');
    const exited = once(child, 'exit');
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    const logged = new Promise<LogMessageParams>((resolve) => {
      connection.onNotification('window/logMessage', resolve);
    });
    connection.listen();
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    child.stdin.write('Content-Length: many\r\n\r\n{}');
    assert.deepEqual(await exited, [1, null]);
    assert.match((await logged).message, /Content-Length is "many", which is no number/);
    assert.match(said, /can no longer read what its client sends/);
    connection.dispose();
  });

  it('answers a message that is no JSON with an error, and lives on', async () => {
    const child = start('--stdio');
    const exited = once(child, 'exit');
    child.stdin.write('Content-Length: 3\r\n\r\n{x}');
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    const refused = new Promise<LogMessageParams>((resolve) => {
      connection.onNotification('window/logMessage', resolve);
    });
    connection.listen();
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    assert.match((await refused).message, /is no JSON/);
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    assert.deepEqual(await exited, [0, null]);
    connection.dispose();
  });

  it('says what is missing without --stdio', async () => {
    const child = start();
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 2);
    assert.match(said, /--stdio/);
  });
});
