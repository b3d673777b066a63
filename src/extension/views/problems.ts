// The problems of a plugin: what the language server and the workspace check say about its files.
import * as vscode from 'vscode';
import type { Plugin } from '../../plugin/plugin';

/** Errors and warnings of ours in the plugin's modules and rockspec; hints and information are not problems. */
export function problemsOf(plugin: Plugin): vscode.Diagnostic[] {
  const files = new Set([...plugin.modules.values(), plugin.rockspec, plugin.handler, plugin.schema]);
  return [...files].flatMap((file) =>
    file === undefined
      ? []
      : vscode.languages
          .getDiagnostics(vscode.Uri.file(file))
          .filter(({ source, severity }) => source?.startsWith('Kong') === true && severity <= vscode.DiagnosticSeverity.Warning),
  );
}
