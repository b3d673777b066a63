// The ladder by palette: pack, install into the folder node, verify, disable, remove; a broken plugin is undone and explained.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { frameTexts, screenshot, waitFor } from '../driver';
import { answer, closeNotifications, inDialog, inWorkspace, notification, openOurViews, rowsWith, textWith } from '../window';

const conf = (): string => readFileSync(inWorkspace('node', 'kong.conf').fsPath, 'utf8');
const handler = (plugin: string): string => inWorkspace('node', 'share/lua/5.1/kong/plugins', plugin, 'handler.lua').fsPath;

describe('lifecycle', () => {
  before(async () => {
    await openOurViews();
    await rowsWith(/^folder:node/);
  });
  afterEach(closeNotifications);

  it('packs a rock beside the rockspec', async () => {
    const done = vscode.commands.executeCommand('kongPlugin.pack', { plugin: 'hello-header' });
    await answer(/Pack hello-header as/);
    await done;
    assert.match(await notification(/Packed/), /kong-plugin-hello-header-0\.1\.0-1\.all\.rock/);
    assert.ok(existsSync(inWorkspace('hello-header', 'kong-plugin-hello-header-0.1.0-1.all.rock').fsPath));
  });

  it('shows what is in the archive', async () => {
    await vscode.commands.executeCommand(
      'kongPlugin.inspectArchive',
      inWorkspace('hello-header', 'kong-plugin-hello-header-0.1.0-1.all.rock'),
    );
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /Nothing wrong with it/);
    assert.match(
      text,
      /lua\/kong\/plugins\/hello-header\/handler\.lua +→ +share\/lua\/5\.1\/kong\/plugins\/hello-header\/handler\.lua/,
    );
    await screenshot('inspect');
  });

  it('installs a rock on the node after showing the steps', async () => {
    const done = vscode.commands.executeCommand('kongPlugin.install', { plugin: 'hello-header' });
    await answer(/Install hello-header as/, 'Rock');
    await waitFor('the dialog', async () => ((await frameTexts('.monaco-dialog-box')).length > 0 ? true : undefined));
    await screenshot('step-preview');
    assert.match(await inDialog(/Install hello-header on folder:node/, 'Install'), /enable/);
    await done;
    await notification(/hello-header installed on folder:node/);
    assert.ok(existsSync(handler('hello-header')));
    assert.match(conf(), /^plugins = bundled,hello-header$/m);
    await rowsWith(/^hello-header.*0\.1\.0.*enabled/);
    await screenshot('installed');
  });

  it('says that nothing was done where nothing runs, and offers no such node', async () => {
    await vscode.commands.executeCommand('kongPlugin.reload', { node: 'folder:node' });
    await notification(/Nothing was done on folder:node: Kong does not run here/);
    await closeNotifications();
    await vscode.commands.executeCommand('kongPlugin.restart');
    await notification(/Only a Kong of this machine can be restarted/);
    await textWith('.notification-list-item .monaco-button', /Reload Kong/);
  });

  it('verifies it', async () => {
    await vscode.commands.executeCommand('kongPlugin.verify', { plugin: 'hello-header' });
    await notification(/hello-header verified on folder:node/);
  });

  it('undoes the installation of a plugin that Kong would not load, and explains it in the panel', async () => {
    const schema = inWorkspace('hello-header/kong/plugins/hello-header/schema.lua').fsPath;
    const healthy = readFileSync(schema, 'utf8');
    writeFileSync(schema, healthy.replace('type = "string"', 'type = "strng"'));
    const before = { conf: conf(), handler: readFileSync(handler('hello-header'), 'utf8') };
    const done = vscode.commands.executeCommand('kongPlugin.install', { plugin: 'hello-header' });
    await answer(/Install hello-header as/, 'Rock');
    await inDialog(/Install hello-header on folder:node/, 'Install');
    await done;
    await waitFor('the finding', async () => (await frameTexts('article.card')).find((card) => card.includes('hello-header')));
    assert.match(await notification(/Install hello-header on folder:node failed/), /put back/);
    assert.deepEqual({ conf: conf(), handler: readFileSync(handler('hello-header'), 'utf8') }, before);
    await screenshot('undone');
    writeFileSync(schema, healthy);
  });

  it('explains a plugin that cannot be packed with what Kong would say', async () => {
    const schema = inWorkspace('hello-header/kong/plugins/hello-header/schema.lua').fsPath;
    const healthy = readFileSync(schema, 'utf8');
    rmSync(schema);
    const done = vscode.commands.executeCommand('kongPlugin.install', { plugin: 'hello-header' });
    await answer(/Install hello-header as/, 'Rock');
    await done;
    await waitFor('the finding', async () =>
      (await frameTexts('article.card')).find((card) => card.includes('no-configuration-schema')),
    );
    writeFileSync(schema, healthy);
  });

  it('removes the plugin in the safe order', async () => {
    const done = vscode.commands.executeCommand('kongPlugin.remove', { plugin: 'hello-header' });
    const steps = await inDialog(/Remove hello-header from folder:node/, 'Remove');
    assert.match(steps, /out of use.*disable.*delete/);
    await done;
    await notification(/hello-header removed/);
    assert.equal(existsSync(handler('hello-header')), false);
    assert.match(conf(), /^plugins = bundled$/m);
  });
});
