// Rockspecs in the editor: problems appear, the light bulb mends them, and the language server comes back when it is killed.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { press, screenshot, texts, waitFor } from '../driver';
import { closeNotifications, goTo, inEachTheme, inWorkspace, notification, openOurViews, pressFor, textWith } from '../window';

const rockspec = (): vscode.Uri => inWorkspace('mistakes', 'kong-plugin-mistakes-0.1.0-1.rockspec');
const problems = (): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(rockspec()).filter(({ source }) => source?.startsWith('Kong Plugin'));

/** A diagnostic's code as text. */
const codeOf = ({ code }: vscode.Diagnostic): string => String(typeof code === 'object' ? code.value : code);

/** The first problem that has a fix, with the fix that is offered first. Which problem an action belongs to, this command of the editor does not say. */
async function fixable(): Promise<{ problem: vscode.Diagnostic; fix: vscode.CodeAction } | undefined> {
  for (const problem of problems()) {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      rockspec(),
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const [fix] = actions.filter(({ edit }) => edit !== undefined);
    if (fix !== undefined) return { problem, fix };
  }
  return undefined;
}

/** The language servers that this extension host has started. */
function servers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return args.includes('dist/server.js') && parent === String(process.pid) ? [Number(pid)] : [];
      } catch {
        // it ended while we looked
        return [];
      }
    });
}

describe('rockspec', () => {
  let editor: vscode.TextEditor;

  before(async () => {
    await openOurViews();
    editor = await vscode.window.showTextDocument(rockspec());
  });

  it('shows every problem at once, each at its place', async () => {
    const found = await waitFor('problems', () => (problems().length >= 4 ? problems() : undefined));
    const lines = new Set(found.map(({ range }) => range.start.line));
    assert.ok(lines.size >= 4, [...lines].join());
    assert.ok(found.every(({ range }) => range.end.line - range.start.line < 4));
    await waitFor('squiggles', async () => ((await texts('.squiggly-error')).length > 0 ? true : undefined));
    await inEachTheme((theme) => screenshot(`rockspec-${theme}`));
  });

  it('offers its fixes, explains and completes where one types', async () => {
    const text = editor.document.getText();
    const goToText = async (needle: string): Promise<void> => {
      editor = await goTo(rockspec(), editor.document.positionAt(text.indexOf(needle)));
    };
    await inEachTheme(async (theme) => {
      await goToText('Apache 2.0');
      await pressFor('Control+.', '.action-widget', /Write "Apache-2.0"/);
      await screenshot(`rockspec-light-bulb-${theme}`);
      await press('Escape');
      await goToText('license');
      await vscode.commands.executeCommand('editor.action.showHover');
      await textWith('.monaco-hover-content', /SPDX/);
      await screenshot(`rockspec-hover-${theme}`);
      await press('Escape');
      await goToText('license');
      await pressFor('Control+Space', '.suggest-widget', /homepage/);
      await screenshot(`rockspec-completion-${theme}`);
      await press('Escape');
    });
  });

  it('shows computed values and its outline', async () => {
    const healthy = inWorkspace('hello-header', 'kong-plugin-hello-header-0.1.0-1.rockspec');
    await vscode.window.showTextDocument(healthy);
    await textWith('.view-line', /= "kong\.plugins\.hello-header\.handler"/);
    await vscode.commands.executeCommand('outline.focus');
    await textWith('.part.sidebar .outline-pane', /kong-plugin-hello-header/);
    await inEachTheme((theme) => screenshot(`rockspec-outline-${theme}`));
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await openOurViews();
    editor = await vscode.window.showTextDocument(rockspec());
  });

  it('mends what has one right answer from the light bulb, each without bringing anything new', async () => {
    const mended: string[] = [];
    for (let next = await fixable(); next !== undefined; next = await fixable()) {
      const { problem, fix } = next;
      const known = new Set(problems().map(({ message }) => message));
      assert.ok(known.size < 20 && !mended.includes(problem.message), problem.message);
      assert.ok(fix.edit !== undefined && (await vscode.workspace.applyEdit(fix.edit)), fix.title);
      await waitFor(`"${fix.title}" to mend ${problem.message}`, () =>
        problems().some(({ message }) => message === problem.message) ? undefined : true,
      );
      for (const { message } of problems()) assert.ok(known.has(message), `"${fix.title}" brought: ${message}`);
      mended.push(problem.message);
    }
    assert.equal(mended.length, 5, mended.join('\n'));
    assert.deepEqual(problems().map(codeOf), ['rockspec/unknown-field']);
    await screenshot('rockspec-mended');
  });

  it('has an outline, hovers and completion', async () => {
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      rockspec(),
    );
    assert.ok(symbols.some(({ name }) => name.includes('build')));
    const text = editor.document.getText();
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      rockspec(),
      editor.document.positionAt(text.indexOf('package')),
    );
    assert.ok(hovers.length > 0);
    const completion = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      rockspec(),
      editor.document.positionAt(text.indexOf('"builtin"') + 1),
    );
    assert.ok(completion.items.some(({ label }) => (typeof label === 'string' ? label : label.label).includes('builtin')));
  });

  it('restarts the language server when it is killed, and says so', async () => {
    const [server] = servers();
    assert.ok(server, 'no language server runs');
    process.kill(server, 'SIGKILL');
    await notification(/stopped unexpectedly and was restarted/);
    await waitFor('a new server', () => (servers().some((pid) => pid !== server) ? true : undefined));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'nonsense = 1\n'));
    await waitFor('a problem in the new text', () => (problems().some(({ range }) => range.start.line === 0) ? true : undefined));
    await closeNotifications();
  });
});
