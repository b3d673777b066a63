// Who checks what: one line per kind of file.
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { asChosen } from '../text/chosen';
import type { Diagnostic } from '../text/diagnostic';
import type { KongVersion } from '../kong/versions';
import type { Configurations } from './configurations';
import type { DocumentKind } from './documents';
import type { Plugins } from './plugins';
import type { Rockspecs } from './rockspecs';
import type { Settings } from './settings';

/** One document to check. */
export interface CheckInput {
  document: TextDocument;
  path: string;
  settings: Settings & { kongVersion: KongVersion };
  rockspecs: Rockspecs;
  plugins: Plugins;
  configurations: Configurations;
  /** Aborted when a newer text makes the result worthless. */
  signal: AbortSignal;
}

type Checker = (input: CheckInput) => Promise<Diagnostic[]>;

const pluginFile: Checker = ({ path, settings, plugins, signal }) => plugins.check(path, settings.kong, signal);

/** Kinds without a line have no diagnostics. The engine is loaded with the first file that needs it. */
const CHECKERS: Partial<Record<DocumentKind, Checker>> = {
  rockspec: async ({ document, settings, rockspecs }) => {
    const { checkRead } = await import('../rockspec/check');
    return checkRead(rockspecs.of(document), { ...settings, files: rockspecs.filesOf(document) });
  },
  kongconf: async ({ document, path }) => (await import('../kong/confChecks')).checkKongConf(document.getText(), path),
  handler: pluginFile,
  schema: pluginFile,
  lua: pluginFile,
  config: ({ document, settings, configurations }) => configurations.check(document, settings.kongVersion),
};

/** The diagnostics of one document; none for a kind of file that nobody checks. */
export async function checkDocument(kind: DocumentKind, input: CheckInput): Promise<Diagnostic[]> {
  const found = (await CHECKERS[kind]?.(input)) ?? [];
  return asChosen(found, input.document.getText(), input.settings.checks);
}
