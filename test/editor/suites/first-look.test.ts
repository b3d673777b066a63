// The first minute: a workspace with a plugin that has faults is opened, and nothing is clicked.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../../src/contributions/names';
import { screenshot, texts, waitFor } from '../driver';
import { inWorkspace } from '../window';

describe('first look', () => {
  it('finds what is wrong with the plugins of the workspace', async () => {
    const schema = inWorkspace('mistakes', 'kong', 'plugins', 'mistakes', 'schema.lua');
    await waitFor('the problems of a file that is not open', () =>
      Promise.resolve(vscode.languages.getDiagnostics(schema).length > 0 ? true : undefined),
    );
    assert.equal(vscode.extensions.getExtension(EXTENSION_ID)?.isActive, true);
    assert.ok(vscode.workspace.textDocuments.every(({ uri }) => uri.fsPath !== schema.fsPath));
  });

  it('shows how many on the icon of its views', async () => {
    await waitFor('the badge', async () => {
      const badges = await texts('.activitybar .action-item:has([aria-label^="Kong Plugin"]) .badge-content');
      return badges.some((text) => Number(text) > 0) ? true : undefined;
    });
    await screenshot('first-look');
  });
});
