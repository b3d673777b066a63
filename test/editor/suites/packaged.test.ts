// The packaged .vsix, not the source folder: what a user gets.
import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';

describe('packaged extension', () => {
  const extension = vscode.extensions.getExtension('kong-plugin-workbench.kong-plugin-workbench');

  it('is installed from the package and activates', async () => {
    assert.ok(extension, 'the extension is not installed');
    assert.ok(extension.extensionPath.includes(`${path.sep}extensions${path.sep}`), extension.extensionPath);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
