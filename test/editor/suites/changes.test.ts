// Changes to plugins: a rename, a bump and an upgrade are previewed and made as they are shown; a problem goes when it is mended.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { click, screenshot, texts, waitFor } from '../driver';
import { answer, closeNotifications, inDialog, inWorkspace, notification, openOurViews, rowsWith } from '../window';

const PREVIEW = '.bulk-edit-panel';
const inPlugin = (...parts: string[]): string => inWorkspace('hello-header', ...parts).fsPath;

/** Waits for the refactor preview and presses one of its buttons. */
async function inPreview(button: 'Apply' | 'Discard'): Promise<void> {
  await waitFor('the preview', async () => ((await texts(`${PREVIEW} .monaco-list-row`)).length > 0 ? true : undefined));
  await click(`${PREVIEW} .monaco-button:has-text("${button}")`);
}

describe('changes', () => {
  before(async () => {
    await openOurViews();
    await rowsWith(/^hello-header/);
  });
  afterEach(closeNotifications);

  it('withdraws the problem of a file that was mended while it was open', async () => {
    const handler = inPlugin('kong/plugins/hello-header/handler.lua');
    const healthy = readFileSync(handler, 'utf8');
    await vscode.window.showTextDocument(vscode.Uri.file(handler));
    writeFileSync(handler, `${healthy}x = = 1\n`);
    await rowsWith(/^hello-header.*problem/);
    await vscode.commands.executeCommand('kongPlugin.checkWorkspace');
    writeFileSync(handler, healthy);
    await waitFor('the problem to go', async () =>
      (await rowsWith(/^hello-header/)).some((row) => /^hello-header.*problem/.test(row)) ? undefined : true,
    );
    await vscode.commands.executeCommand('kongPlugin.checkWorkspace');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const rows = await rowsWith(/^mistakes.*problems/);
    assert.ok(!rows.some((row) => /^hello-header.*problem/.test(row)), rows.join('\n'));
    assert.deepEqual(vscode.languages.getDiagnostics(vscode.Uri.file(handler)), []);
  });

  it('sets up the Lua language server when that is agreed to, and undo takes it all back', async () => {
    const luarc = inWorkspace('.luarc.json');
    const types = inWorkspace('.kong-types').fsPath;
    const done = vscode.commands.executeCommand('kongPlugin.setUpLuaServer');
    await inDialog(/Set up the Lua language server for Kong/, 'Set Up');
    await done;
    await notification(/The Lua language server knows Kong/);
    assert.deepEqual((JSON.parse(readFileSync(luarc.fsPath, 'utf8')) as Record<string, unknown>)['workspace.library'], [
      '.kong-types',
    ]);
    assert.match(readFileSync(`${types}/kong.lua`, 'utf8'), /function kong\.request\.get_header\(name\) end/);
    assert.match(readFileSync(`${types}/plugins/hello-header.lua`, 'utf8'), /---@class kong\.plugins\.hello-header\.Config/);
    await vscode.window.showTextDocument(luarc);
    await vscode.commands.executeCommand('undo');
    await waitFor('the files to go', () => (existsSync(luarc.fsPath) || existsSync(`${types}/kong.lua`) ? undefined : true));
    assert.ok(!existsSync(`${types}/plugins/hello-header.lua`));
  });

  it('says nothing when a preview is discarded, and changes nothing', async () => {
    const done = vscode.commands.executeCommand('kongPlugin.renamePlugin', { plugin: 'hello-header' });
    await answer(/Rename hello-header/, 'good-morning');
    await inPreview('Discard');
    await done;
    // whatever there was to say has been said before this
    await vscode.commands.executeCommand('kongPlugin.checkWorkspace');
    await notification(/checked/);
    const said = await texts('.notification-list-item-message');
    assert.ok(!said.some((text) => text.includes('change')), said.join('\n'));
    assert.ok(existsSync(inPlugin('kong/plugins/hello-header/handler.lua')));
  });

  it('renames everything that the preview shows', async () => {
    const done = vscode.commands.executeCommand('kongPlugin.renamePlugin', { plugin: 'hello-header' });
    await answer(/Rename hello-header/, 'good-morning');
    await waitFor('the preview', async () => ((await texts(`${PREVIEW} .monaco-list-row`)).length > 0 ? true : undefined));
    await screenshot('rename-preview');
    await inPreview('Apply');
    await done;
    // The version is that in the name of its rockspec, which is found again after the folder.
    await rowsWith(/^good-morning.*0\.1\.0/);
    assert.match(readFileSync(inPlugin('kong/plugins/good-morning/schema.lua'), 'utf8'), /name = "good-morning"/);
    assert.ok(!existsSync(inPlugin('kong/plugins/hello-header/handler.lua')));
  });

  it('bumps the version in every place', async () => {
    const done = vscode.commands.executeCommand('kongPlugin.bumpVersion', { plugin: 'good-morning' });
    await answer(/Bump good-morning/, '0.2.0');
    await inPreview('Apply');
    await done;
    await rowsWith(/^good-morning.*0\.2\.0/);
    assert.match(readFileSync(inPlugin('kong/plugins/good-morning/handler.lua'), 'utf8'), /VERSION = "0\.2\.0"/);
    assert.ok(existsSync(inPlugin('kong-plugin-good-morning-0.2.0-1.rockspec')));
  });

  it('upgrades a handler of an older Kong as the preview shows, and takes it back with Undo', async () => {
    const handler = inPlugin('kong/plugins/good-morning/handler.lua');
    const old =
      'local Base = require "kong.plugins.base_plugin"\nlocal H = Base:extend()\nH.PRIORITY = 1\nH.VERSION = "0.2.0"\nreturn H\n';
    writeFileSync(handler, old);
    await vscode.window.showTextDocument(vscode.Uri.file(handler));
    const done = vscode.commands.executeCommand('kongPlugin.upgradePlugin', { plugin: 'good-morning' });
    await answer(/Upgrade good-morning to which Kong/, 'Kong 3.9');
    await inPreview('Apply');
    await done;
    assert.match(readFileSync(handler, 'utf8'), /^local H = \{\}\nH\.PRIORITY = 1\n/);
    await vscode.window.showTextDocument(vscode.Uri.file(handler));
    await vscode.commands.executeCommand('undo');
    await waitFor('the old text', () =>
      Promise.resolve(vscode.window.activeTextEditor?.document.getText() === old ? true : undefined),
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
