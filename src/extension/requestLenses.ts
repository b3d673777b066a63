// Above each request of an .http file: a click that sends it.
import * as vscode from 'vscode';
import { commandLink } from './ourCommands';

const FILES: vscode.DocumentFilter = { scheme: 'file', pattern: '**/*.{http,rest}' };

/** Offers the clicks, in every file whose name ends as those of saved requests do. */
export function registerRequestLenses(): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(FILES, {
    async provideCodeLenses(document) {
      const { readHttpFile } = await import('../lifecycle/trial/httpFile');
      const { requests } = readHttpFile(document.getText(), process.env);
      return requests.map(({ line }) => {
        const link = commandLink('kongPlugin.tryRequest', 'Try Request', { file: document.uri.fsPath, line });
        return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), link);
      });
    },
  });
}
