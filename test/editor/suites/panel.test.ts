// Explain: the log of a failed start becomes findings in the panel and on the source line.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { frameClick, frameTexts, screenshot, waitFor } from '../driver';
import { inWorkspace, openOurViews } from '../window';

/** The texts of the panel's cards, once there is one that matches. */
async function cardsWith(wanted: RegExp): Promise<string[]> {
  return waitFor(`a card ${wanted.source}`, async () => {
    const cards = await frameTexts('article.card');
    return cards.some((card) => wanted.test(card)) ? cards : undefined;
  });
}

describe('troubleshooting panel', () => {
  before(openOurViews);

  it('opens empty and says how to feed it', async () => {
    await vscode.commands.executeCommand('kongPlugin.troubleshooting.focus');
    await waitFor('the empty page', async () => {
      const texts = await frameTexts('#empty h2');
      return texts.includes('What did Kong say?') || undefined;
    });
    await screenshot('panel-empty');
  });

  for (const [file, finding] of [
    ['not-installed.log', 'plugin-enabled-not-installed'],
    ['no-schema.log', 'no-configuration-schema'],
    ['in-use-not-enabled.log', 'plugin-in-use-not-enabled'],
  ] as const) {
    it(`explains ${file}`, async () => {
      await vscode.commands.executeCommand('kongPlugin.diagnoseFile', inWorkspace('logs', file));
      const cards = await cardsWith(new RegExp(finding));
      assert.equal(cards.length, 1, cards.join('\n'));
      await waitFor('the focus on the card', async () => ((await frameTexts('article:focus')).length > 0 ? true : undefined));
      await screenshot(`panel-${finding}`);
    });
  }

  it('explains what is on the clipboard', async () => {
    await vscode.env.clipboard.writeText(
      'init_by_lua error: plugin is in use but not enabled: audit plugin is in use but not enabled',
    );
    await vscode.commands.executeCommand('kongPlugin.diagnoseClipboard');
    await cardsWith(/audit/);
  });

  it('explains the selection of an editor', async () => {
    const document = await vscode.workspace.openTextDocument({
      content: 'init_by_lua error: no configuration schema found for plugin: rate-guard',
    });
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('kongPlugin.diagnoseSelection');
    await cardsWith(/rate-guard/);
  });

  it('clears', async () => {
    await frameClick('#clear');
    await waitFor('the empty page', async () => ((await frameTexts('#empty h2')).join('') === '' ? undefined : true));
  });
});
