// See: the example workspace's plugins and its node are listed, and everything package.json promises is registered.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS } from '../../../src/contributions/commands';
import { screenshot } from '../driver';
import { expand, inEachTheme, openOurViews, rowsWith } from '../window';

describe('see', () => {
  before(openOurViews);

  it('registers exactly the commands of the table', async () => {
    const viewCommands = /\.(plugins|nodes|troubleshooting)\./;
    const registered = (await vscode.commands.getCommands(true)).filter(
      (id) => id.startsWith('kongPlugin.') && !viewCommands.test(id),
    );
    assert.deepEqual(registered.sort(), Object.keys(COMMANDS).sort());
  });

  it('lists the plugins of the workspace with their versions', async () => {
    const rows = await rowsWith(/hello-header/);
    assert.ok(
      rows.some((row) => /^hello-header ?0\.1\.0/.test(row)),
      rows.join('\n'),
    );
    assert.ok(
      rows.some((row) => row.startsWith('mistakes')),
      rows.join('\n'),
    );
  });

  it('counts the problems of a plugin whose files are not open', async () => {
    const rows = await rowsWith(/^mistakes.*problems/);
    assert.ok(!rows.some((row) => /^hello-header.*problem/.test(row)), rows.join('\n'));
  });

  it('shows what a plugin is made of', async () => {
    await expand('Kong plugin hello-header');
    const rows = await rowsWith(/handler\.lua/);
    assert.ok(rows.some((row) => row.includes('schema.lua')) && rows.some((row) => row.includes('.rockspec')), rows.join('\n'));
  });

  it('shows a broken plugin with its problems', async () => {
    await expand('Kong plugin mistakes');
    await rowsWith(/^schema\.lua ?1 config field/);
    await inEachTheme((theme) => screenshot(`tree-broken-${theme}`));
  });

  it('lists the node of the settings and marks it as the target', async () => {
    const rows = await rowsWith(/^folder:node/);
    assert.ok(
      rows.some((row) => /^folder:node.*target/.test(row)),
      rows.join('\n'),
    );
    await inEachTheme((theme) => screenshot(`tree-${theme}`));
  });
});
