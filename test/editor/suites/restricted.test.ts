// Restricted Mode: looking works, and what starts programs or changes nodes says why it does not.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { screenshot } from '../driver';
import { closeNotifications, notification, openOurViews, rowsWith } from '../window';

describe('restricted mode', () => {
  before(async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await openOurViews();
  });
  afterEach(closeNotifications);

  it('lists plugins', async () => {
    await rowsWith(/^hello-header/);
    await screenshot('restricted');
  });

  for (const [name, said] of [
    ['install', /Install on Node….*Restricted Mode/],
    ['addNode', /Add Node….*Restricted Mode/],
    ['chooseTargetNode', /Choose Target Node….*Restricted Mode/],
    ['refreshNodes', /Refresh Nodes.*Restricted Mode/],
  ] as const) {
    it(`refuses ${name} and says why`, async () => {
      await vscode.commands.executeCommand(`kongPlugin.${name}`, { plugin: 'hello-header' });
      await notification(said);
    });
  }
});
