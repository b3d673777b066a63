// The packaged .vsix, not the source folder: what a user gets.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { screenshot } from '../driver';
import { textWith } from '../window';

describe('packaged extension', () => {
  const extension = vscode.extensions.getExtension('kong-plugin-workbench.kong-plugin-workbench');

  it('is installed from the package and activates', async () => {
    assert.ok(extension, 'the extension is not installed');
    assert.ok(extension.extensionPath.includes(`${path.sep}extensions${path.sep}`), extension.extensionPath);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('opens its walkthrough once by itself, and nothing there collects usage data', async () => {
    const shown = await textWith('.gettingStartedContainer', /Get started with Kong plugins/);
    assert.match(shown, /See your plugins/);
    await vscode.commands.executeCommand('workbench.action.openWalkthrough');
    const all = await textWith('.gettingStartedContainer .gettingStartedSlideCategories', /Walkthroughs/);
    assert.doesNotMatch(all, /collects usage data/);
    await screenshot('walkthrough');
  });

  it('brings the licences of all that it is made of, and says what that is', async () => {
    assert.ok(extension, 'the extension is not installed');
    const notices = await readFile(path.join(extension.extensionPath, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    const bill = JSON.parse(await readFile(path.join(extension.extensionPath, 'dist/bom.cdx.json'), 'utf8')) as {
      components: { name: string; version: string }[];
    };
    assert.ok(bill.components.length > 10, `${bill.components.length} packages`);
    for (const { name, version } of bill.components) assert.ok(notices.includes(`\n${name} ${version} (`), name);
  });
});
