// In a terminal Kong's error messages are links to their explanation. The terminal is the extension API's, so that no shell is needed.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { follow, frameTexts, screenshot, texts, waitFor } from '../driver';
import { openOurViews } from '../window';

const LINE = 'init_by_lua error: no configuration schema found for plugin: audit-log';

describe('terminal', () => {
  let terminal: vscode.Terminal;

  before(async () => {
    await openOurViews();
    // text that is painted by the GPU cannot be read from the page
    await vscode.workspace
      .getConfiguration('terminal.integrated')
      .update('gpuAcceleration', 'off', vscode.ConfigurationTarget.Workspace);
    const written = new vscode.EventEmitter<string>();
    terminal = vscode.window.createTerminal({
      name: 'kong',
      pty: { onDidWrite: written.event, open: () => written.fire(`${LINE}\r\n`), close: () => undefined },
    });
    terminal.show();
  });
  after(() => terminal.dispose());

  it('opens the explanation of a message that is followed', async () => {
    const row = '.xterm-rows > div:has-text("no configuration schema")';
    await waitFor('the message', async () => ((await texts(row)).length > 0 ? true : undefined));
    const cards = await waitFor('the card', async () => {
      const found = await frameTexts('article.card');
      if (found.length > 0) return found;
      // links are looked for when the mouse comes; once followed the panel stands where the terminal stood
      if ((await texts(row)).length > 0) await follow(row);
      return undefined;
    });
    await screenshot('terminal-link');
    assert.match(cards.join('\n'), /Plugin has no configuration schema[^]*audit-log/);
  });
});
