// A folder without a plugin: the view offers the next step, and a new plugin made from the palette appears and has no problem.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { press, screenshot, texts, waitFor } from '../driver';
import { answer, closeNotifications, inEachTheme, notification, openOurViews, rowsWith, textWith } from '../window';

describe('empty folder', () => {
  before(openOurViews);
  afterEach(closeNotifications);

  it('says what a plugin is and offers to make one', async () => {
    await waitFor('the welcome text', async () =>
      (await texts('.part.sidebar .welcome-view-content')).find((text) => text.includes('No Kong plugin in this workspace')),
    );
    await inEachTheme((theme) => screenshot(`empty-folder-${theme}`));
  });

  it('pack says that there is no plugin', async () => {
    await vscode.commands.executeCommand('kongPlugin.pack');
    await notification(/There is no Lua plugin in this workspace/);
  });

  it('shows its log, also where the editor writes none', async () => {
    await vscode.commands.executeCommand('kongPlugin.showLog');
    await textWith('.part.panel .view-lines, .part.editor .view-lines', /Found.0.plugins/);
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('makes a plugin that has no problem', async () => {
    const done = vscode.commands.executeCommand('kongPlugin.newPlugin');
    await answer(/What Kong will know it by/, 'rate-guard');
    await answer(/which phases/);
    await answer(/SPDX/);
    await done;
    const rows = await rowsWith(/^rate-guard/);
    assert.ok(!rows.some((row) => row.includes('problem')), rows.join('\n'));
    assert.match(vscode.window.activeTextEditor?.document.uri.path ?? '', /rate-guard\/handler\.lua$/);
    await press('Escape');
    await screenshot('new-plugin');
  });
});
