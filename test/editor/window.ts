// The window as the suites want it: our side bar open, nothing else in the way; rows and notifications as text.
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../src/contributions/names';
import { click, press, texts, type, waitFor } from './driver';

const VIEW_ROWS = '.part.sidebar .monaco-list-row';

/** Activates the extension, closes what the editor opens by itself and shows our views. */
export async function openOurViews(): Promise<void> {
  await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  await vscode.commands.executeCommand('workbench.view.extension.kongPlugin');
}

/** What the rows of the side bar say, blanks folded, once one of them matches. */
export async function rowsWith(wanted: RegExp): Promise<string[]> {
  return waitFor(`a row ${wanted.source}`, async () => {
    const rows = (await texts(VIEW_ROWS)).map((row) => row.replace(/\s+/g, ' ').trim());
    return rows.some((row) => wanted.test(row)) ? rows : undefined;
  });
}

/**
 * Opens a row of the side bar whose label begins so; a click that only selects it is followed by the key that opens it. That key is not pressed again
 * before the window had time to show what it did: on an open row it goes on to the first child, and opens that.
 */
export async function expand(label: string): Promise<void> {
  const row = `${VIEW_ROWS}[aria-label^="${label}"]`;
  const what = `${label} to open`;
  await click(row);
  await waitFor(what, async () => {
    const opened = waitFor(what, async () => (await texts(`${row}[aria-expanded="true"]`)).length > 0 || undefined, 5);
    return opened.catch(() => press('ArrowRight').then(() => undefined));
  });
}

/** The path of a file of the workspace that is open. */
export function inWorkspace(...parts: string[]): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('no folder is open');
  return vscode.Uri.joinPath(folder.uri, ...parts);
}

/** Does something once in a dark and once in a light window; afterwards the window is as it was. */
export async function inEachTheme(act: (theme: 'dark' | 'light') => Promise<unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('workbench');
  const themes = {
    dark: { name: 'Default Dark Modern', kind: vscode.ColorThemeKind.Dark, selector: '.monaco-workbench.vs-dark' },
    light: { name: 'Default Light Modern', kind: vscode.ColorThemeKind.Light, selector: '.monaco-workbench.vs' },
  };
  for (const theme of ['dark', 'light'] as const) {
    const { name, kind, selector } = themes[theme];
    await settings.update('colorTheme', name, vscode.ConfigurationTarget.Global);
    await waitFor(`the ${theme} theme`, async () =>
      vscode.window.activeColorTheme.kind === kind && (await texts(selector)).length > 0 ? true : undefined,
    );
    await act(theme);
  }
  await settings.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
}

/** The text of what is on the screen in places that match, once it matches. */
export async function textWith(selector: string, wanted: RegExp): Promise<string> {
  return waitFor(`${selector} with ${wanted.source}`, async () => {
    const found = (await texts(selector)).map((text) => text.replace(/\s+/g, ' '));
    return found.find((text) => wanted.test(text));
  });
}

/** Opens a file with the cursor at a place, and waits until the window shows it there. */
export async function goTo(uri: vscode.Uri, place: vscode.Position): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(uri, { selection: new vscode.Range(place, place) });
  await textWith('.statusbar-item', new RegExp(`Ln ${place.line + 1}, Col ${place.character + 1}(?!\\d)`));
  return editor;
}

/** Presses keys until what they open is on the screen and says something: a window that is busy may not take the first. */
export async function pressFor(keys: string, selector: string, wanted: RegExp): Promise<void> {
  const what = `${keys} to open ${selector} with ${wanted.source}`;
  await waitFor(what, async () => {
    await press(keys);
    const opened = waitFor(what, async () => (await texts(selector)).some((text) => wanted.test(text)) || undefined, 4);
    return opened.catch(() => undefined);
  });
}

/** Waits for a quick pick or input box that says something, types into it and accepts. */
export async function answer(wanted: RegExp, text = ''): Promise<void> {
  const widget = '.quick-input-widget';
  await textWith(widget, wanted);
  await waitFor('the focus in the input', async () => ((await texts(`${widget} input:focus`)).length > 0 ? true : undefined));
  if (text !== '') {
    await type(text);
    await waitFor(`${text} to be chosen`, async () => {
      if ((await texts(`${widget} .monaco-list-row`)).length === 0) return true;
      const chosen = await texts(`${widget} .monaco-list-row.focused`);
      return chosen.some((row) => row.includes(text)) || undefined;
    });
  }
  await press('Enter');
}

/** Waits for a modal dialog that says something and presses one of its buttons; returns what it said. */
export async function inDialog(wanted: RegExp, button: string): Promise<string> {
  const said = await textWith('.monaco-dialog-box', wanted);
  await click(`.monaco-dialog-box .monaco-button:has-text("${button}")`);
  return said;
}

/** Waits for a notification and returns what it says. */
export async function notification(wanted: RegExp): Promise<string> {
  await vscode.commands.executeCommand('notifications.showList');
  return textWith('.notification-list-item-message', wanted);
}

/** Closes every notification. */
export async function closeNotifications(): Promise<void> {
  await vscode.commands.executeCommand('notifications.clearAll');
}
