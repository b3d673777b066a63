// From a finding to its line and back: diagnostics, "Explain This", a log that grows, a start that would fail, the history, the themes.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { click, frameClick, frameTexts, press, screenshot, waitFor } from '../driver';
import { closeNotifications, inDialog, inWorkspace, openOurViews, rowsWith } from '../window';

const HANDLER = ['hello-header', 'kong', 'plugins', 'hello-header', 'handler.lua'] as const;
const start = (message: string): string => `2026/11/23 08:00:01 [error] 1#0: init_by_lua error: ${message}\n`;
const BROKEN = start(
  "/usr/local/share/lua/5.1/kong/tools/module.lua:29: error loading module 'kong.plugins.hello-header.handler':\n/usr/local/share/lua/5.1/kong/plugins/hello-header/handler.lua:2: attempt to index global 'settings' (a nil value)",
);
const ABSENT = start("on plugin 'ghost': ghost plugin is enabled but not installed;\nno plugin found");
const NO_SCHEMA = start('no configuration schema found for plugin: audit-log');

/** The cards' texts, once there are as many as are wanted and one matches. */
async function cards(count: number, wanted: RegExp): Promise<string[]> {
  return waitFor(`${count} cards with ${wanted.source}`, async () => {
    const found = await frameTexts('article.card');
    return found.length === count && found.some((card) => wanted.test(card)) ? found : undefined;
  });
}

async function diagnose(text: string): Promise<void> {
  writeFileSync(inWorkspace('logs', 'mine.log').fsPath, text);
  await vscode.commands.executeCommand('kongPlugin.diagnoseFile', inWorkspace('logs', 'mine.log'));
}

const ofLog = (): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(inWorkspace(...HANDLER)).filter(({ source }) => source === 'Kong log');

describe('troubleshooting', () => {
  before(async () => {
    await openOurViews();
    await rowsWith(/^folder:node/);
  });

  it('is one problem on its line with what the check says, and turns green once the file was changed and is right', async () => {
    const file = inWorkspace(...HANDLER).fsPath;
    const healthy = readFileSync(file, 'utf8');
    writeFileSync(file, `${healthy}\nlocal = 1\n`);
    const line = healthy.split('\n').length + 1;
    const words = `/usr/local/share/lua/5.1/kong/plugins/hello-header/handler.lua:${line}: '<name>' expected near '='`;
    try {
      await waitFor('the check to see it', () =>
        vscode.languages
          .getDiagnostics(inWorkspace(...HANDLER))
          .find(({ code }) => (typeof code === 'object' ? code.value : code) === 'kong/plugin-module-syntax-error'),
      );
      await diagnose(
        start(`error loading module 'kong.plugins.hello-header.handler' from file '${words.replace(/:.*/, '')}':\n\t${words}`),
      );
      const [card] = await cards(1, /plugin-module-syntax-error/);
      assert.match(card ?? '', /Open handler\.lua/);
      assert.equal(ofLog().length, 0, 'what the check says is not said twice');
      writeFileSync(file, healthy);
      await cards(1, /handler\.lua was changed and checked again: this is no longer in it\./);
      assert.equal((await frameTexts('article.card.mended')).length, 1);
    } finally {
      writeFileSync(file, healthy);
    }
  });

  it('marks the line of the workspace that a finding names', async () => {
    await diagnose(ABSENT + NO_SCHEMA + BROKEN);
    const found = await cards(3, /Open handler\.lua:2/);
    assert.ok(found.some((card) => card.includes('Documentation')));
    const [diagnostic] = await waitFor('the diagnostic', () => (ofLog().length === 1 ? ofLog() : undefined));
    assert.equal(diagnostic?.range.start.line, 1);
    assert.equal(diagnostic.code, 'plugin-module-runtime-error');
  });

  it('“Explain This” on the line selects its card', async () => {
    const document = await vscode.workspace.openTextDocument(inWorkspace(...HANDLER));
    const [diagnostic] = ofLog();
    assert.ok(diagnostic !== undefined);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      diagnostic.range,
    );
    const explain = actions.find(({ title }) => title.startsWith('Explain This'));
    assert.ok(explain?.command !== undefined);
    // even when another log was looked at since
    await diagnose(ABSENT);
    await cards(1, /ghost/);
    await vscode.commands.executeCommand(explain.command.command, ...((explain.command.arguments ?? []) as unknown[]));
    await cards(3, /plugin-module-runtime-error/);
    await waitFor('its card to be the selected one', async () => {
      const [selected, ...others] = await frameTexts('article.card[aria-current="true"]');
      return selected?.includes('plugin-module-runtime-error') === true && others.length === 0 ? true : undefined;
    });
  });

  it('forgets the mark when the file changes', async () => {
    assert.equal(ofLog().length, 1);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(inWorkspace(...HANDLER), new vscode.Position(0, 0), '-- changed\n');
    await vscode.workspace.applyEdit(edit);
    await waitFor('no diagnostic', () => (ofLog().length === 0 ? true : undefined));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('reopens a past diagnosis from the history, with its buttons', async () => {
    await diagnose(start("on plugin 'hello-header': hello-header plugin is enabled but not installed;\nno plugin found"));
    await cards(1, /hello-header/);
    await diagnose(NO_SCHEMA);
    await cards(1, /audit-log/);
    await frameClick('#history');
    // the first entry is what is shown, the second what was before
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await press(key);
    const [card] = await cards(1, /hello-header/);
    assert.match(card ?? '', /Install the plugin on/);
    assert.match((await frameTexts('.row.decisive')).join('\n'), /enabled but not installed/);
  });

  it('follows a node’s log: what comes is explained, also what came while the panel was hidden', async () => {
    const log = inWorkspace('node', 'logs', 'error.log').fsPath;
    mkdirSync(inWorkspace('node', 'logs').fsPath, { recursive: true });
    writeFileSync(log, '2026/11/23 08:00:00 [notice] 1#0: using the "epoll" event method\n');
    await vscode.commands.executeCommand('kongPlugin.followNode', { node: 'folder:node' });
    await waitFor('to follow', async () => ((await frameTexts('#follow[aria-pressed="true"]')).length === 1 ? true : undefined));
    appendFileSync(log, ABSENT);
    const [card] = await cards(1, /ghost/);
    assert.match(card ?? '', /Looked on this node: there is none of/);
    await screenshot('panel-following');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    appendFileSync(log, NO_SCHEMA);
    await vscode.commands.executeCommand('kongPlugin.troubleshooting.focus');
    await cards(2, /audit-log/);
    await frameClick('#follow');
    await waitFor('to rest', async () => ((await frameTexts('#follow[aria-pressed="false"]')).length === 1 ? true : undefined));
  });

  it('says of a remedy on a node where nothing runs that it was not yet seen to help', async () => {
    const log = inWorkspace('node', 'logs', 'error.log').fsPath;
    const absent = start("on plugin 'hello-header': hello-header plugin is enabled but not installed;\nno plugin found");
    writeFileSync(log, absent);
    await vscode.commands.executeCommand('kongPlugin.followNode', { node: 'folder:node' });
    await cards(1, /hello-header/);
    await frameClick('button[data-fix="install"]');
    await inDialog(/Install hello-header on folder:node/, 'Install');
    await cards(1, /Applied, not yet seen: no Kong runs here\. Its next start would no longer say it\./);
    assert.equal((await frameTexts('article.card.open')).length, 1);
    await screenshot('panel-not-yet-seen');
    appendFileSync(log, absent.replace('08:00:01', '09:00:01'));
    await cards(1, /hello-header/);
    await frameClick('#clear');
    const done = vscode.commands.executeCommand('kongPlugin.remove', { plugin: 'hello-header' });
    await inDialog(/Remove hello-header/, 'Remove');
    await done;
    await closeNotifications();
  });

  it('explains a start that would fail with the card of the failed start', async () => {
    const conf = inWorkspace('node', 'kong.conf').fsPath;
    const healthy = readFileSync(conf, 'utf8');
    writeFileSync(conf, `${healthy}\nplugins = bundled,ghost\n`);
    await vscode.commands.executeCommand('kongPlugin.refreshNodes');
    await rowsWith(/^folder:node.*next start fails/);
    await click('.part.sidebar .monaco-list-row:has-text("next start fails")');
    const [card] = await cards(1, /ghost/);
    assert.match(card ?? '', /plugin-enabled-not-installed/);
    assert.match((await frameTexts('#source')).join(''), /Next start of folder:node/);
    assert.match(card ?? '', /A prediction, nothing was started\. Kong would say:/);
    assert.doesNotMatch(card ?? '', /init_by_lua/);
    assert.deepEqual(await frameTexts('#rows .row'), []);
    await frameClick('.card .setting button');
    await waitFor('the line of the setting', () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.fsPath === conf && editor.document.lineAt(editor.selection.active).text.startsWith('plugins =')
        ? true
        : undefined;
    });
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    writeFileSync(conf, healthy);
    await vscode.commands.executeCommand('kongPlugin.refreshNodes');
  });

  for (const [name, theme] of [
    ['light', 'Default Light Modern'],
    ['dark', 'Default Dark Modern'],
    ['high-contrast', 'Default High Contrast'],
  ] as const) {
    it(`is drawn in the colours of the theme: ${name}`, async () => {
      const settings = vscode.workspace.getConfiguration('workbench');
      await settings.update('colorTheme', theme, vscode.ConfigurationTarget.Workspace);
      try {
        await diagnose(ABSENT + NO_SCHEMA + BROKEN);
        await cards(3, /ghost/);
        await screenshot(`workbench-three-${name}`);
        await diagnose('2026/11/23 08:00:00 [notice] 1#0: using the "epoll" event method\n');
        await waitFor('a healthy log', async () =>
          (await frameTexts('#summary')).join('').includes('Nothing wrong') ? true : undefined,
        );
        await screenshot(`workbench-healthy-${name}`);
        await frameClick('#clear');
        await waitFor('the empty page', async () => ((await frameTexts('#empty h2')).join('') === '' ? undefined : true));
        await screenshot(`workbench-empty-${name}`);
      } finally {
        await settings.update('colorTheme', undefined, vscode.ConfigurationTarget.Workspace);
      }
    });
  }
});
