// Restricted Mode: looking works, and what starts programs or changes nodes says why it does not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { frameClick, frameTexts, screenshot, waitFor } from '../driver';
import { closeNotifications, inWorkspace, notification, openOurViews, rowsWith } from '../window';

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

  it('explains a log, and refuses the buttons of its card that change a node', async () => {
    const conf = (): string => readFileSync(inWorkspace('node', 'kong.conf').fsPath, 'utf8');
    const before = conf();
    await vscode.env.clipboard.writeText(
      "init_by_lua error: on plugin 'hello-header': hello-header plugin is enabled but not installed;\nno plugin found",
    );
    await vscode.commands.executeCommand('kongPlugin.diagnoseClipboard');
    for (const [fix, said] of [
      ['install', /“Install hello-header”.*Restricted Mode/],
      ['disable-on-node', /“Disable hello-header”.*Restricted Mode/],
    ] as const) {
      const button = `button[data-fix="${fix}"]:not([disabled])`;
      await waitFor(button, async () => ((await frameTexts(button)).length > 0 ? true : undefined));
      await frameClick(button);
      await notification(said);
    }
    assert.equal(conf(), before);
    await screenshot('restricted-panel');
  });

  it('refuses the log of a node to the panel', async () => {
    await frameClick('#clear');
    await waitFor('the empty page', async () => ((await frameTexts('#empty h2')).join('') === '' ? undefined : true));
    await frameClick('button[data-from="node"]');
    await notification(/Diagnose Node Log….*Restricted Mode/);
  });
});
