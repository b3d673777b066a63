// Several folders side by side: each plugin is found and checked as if it were alone.
import * as vscode from 'vscode';
import { waitFor } from '../driver';
import { openOurViews, rowsWith } from '../window';

describe('a workspace of several folders', () => {
  it('is looked through without a click', async () => {
    await waitFor('problems', () =>
      Promise.resolve(vscode.languages.getDiagnostics().some(([, found]) => found.length > 0) ? true : undefined),
    );
  });

  it('lists the plugins of all its folders', async () => {
    await openOurViews();
    await rowsWith(/^hello-header/);
    await rowsWith(/^mistakes.*problems/);
  });
});
