// No folder open: every empty state and every command says what to do next.
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../../src/contributions/names';
import { WALKTHROUGH } from '../../../src/contributions/walkthrough';
import { screenshot, texts, waitFor } from '../driver';
import { closeNotifications, notification, openOurViews } from '../window';

describe('no folder open', () => {
  before(openOurViews);
  afterEach(closeNotifications);

  it('offers to open a folder', async () => {
    await waitFor('the welcome text', async () =>
      (await texts('.part.sidebar .welcome-view-content')).find((text) => text.includes('Open the folder of a Kong plugin')),
    );
    await screenshot('no-folder');
  });

  it('gets started with a walkthrough', async () => {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${EXTENSION_ID}#${WALKTHROUGH.id}`);
    for (const { title } of WALKTHROUGH.steps) {
      await waitFor(title, async () => (await texts('.gettingStartedContainer')).find((text) => text.includes(title)));
    }
    await screenshot('walkthrough');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  for (const command of ['checkWorkspace', 'pack', 'bumpVersion']) {
    it(`${command} says that no folder is open`, async () => {
      await vscode.commands.executeCommand(`kongPlugin.${command}`);
      await notification(/No folder is open/);
    });
  }

  it('newPlugin asks for a folder', async () => {
    const done = vscode.commands.executeCommand('kongPlugin.newPlugin');
    await waitFor('the folder dialog', async () =>
      (await texts('.quick-input-widget')).find((text) => text.includes('Which folder gets the plugin?')),
    );
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await done;
  });
});
