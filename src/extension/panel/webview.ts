// The webview that the troubleshooting page lives in: its policy, its messages, its files.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { panelHtml } from './html';
import { type FromPage, isFromPage, type ToPage } from './messages';

/** Fills a webview with the page and hands over what the page says; returns the way to answer. */
export function openPage(
  webview: vscode.Webview,
  extension: vscode.Uri,
  onMessage: (message: FromPage) => void,
): (message: ToPage) => void {
  const file = (...parts: string[]): vscode.Uri => vscode.Uri.joinPath(extension, ...parts);
  webview.options = { enableScripts: true, localResourceRoots: [file('dist'), file('media')] };
  webview.onDidReceiveMessage((message: unknown) => {
    if (isFromPage(message)) onMessage(message);
  });
  webview.html = panelHtml({
    script: webview.asWebviewUri(file('dist', 'panel.js')).toString(),
    style: webview.asWebviewUri(file('media', 'panel.css')).toString(),
    cspSource: webview.cspSource,
    nonce: randomBytes(18).toString('base64'),
  });
  return (message) => void webview.postMessage(message);
}
