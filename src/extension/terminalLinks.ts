// In a terminal, Kong's own error messages become links that open the explanation.
import * as vscode from 'vscode';
import type { Troubleshooting } from './panel/troubleshooting';

/** What Kong and nginx begin a decisive line with; the troubleshooter decides what it means. */
const KONG_ERROR =
  /init_by_lua error:|init_worker_by_lua error:|(plugin is (in use but not enabled|enabled but not installed))|no configuration schema found for plugin|error loading plugin schemas|^Error: .*kong|nginx: \[(emerg|error)\]/;
/** A terminal can show lines of any length; the link covers the part people see. */
const MAX_LINE = 4_000;

class KongLink extends vscode.TerminalLink {
  constructor(
    start: number,
    length: number,
    readonly text: string,
  ) {
    super(start, length, 'Explain this in Kong Troubleshooting');
  }
}

/** Underlines Kong's messages in every terminal. */
export function registerTerminalLinks(troubleshooting: Troubleshooting): vscode.Disposable {
  const provider: vscode.TerminalLinkProvider<KongLink> = {
    provideTerminalLinks({ line }) {
      const text = line.slice(0, MAX_LINE);
      const match = KONG_ERROR.exec(text);
      return match === null ? [] : [new KongLink(match.index, match[0].length, text)];
    },
    handleTerminalLink: async ({ text }) => {
      await troubleshooting.diagnoseText(text, 'Terminal');
      await troubleshooting.explain(() => true);
    },
  };
  return vscode.window.registerTerminalLinkProvider(provider);
}
