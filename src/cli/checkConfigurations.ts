// Declarative configurations and manifests among what `check` is given: which files they are, and what is wrong with them.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FolderTree } from '../plugin/folderTree';
import type { Plugin } from '../plugin/plugin';
import { asChosen, type Choices } from '../text/chosen';
import type { FileDiagnostics } from '../text/diagnostic';
import type { Io } from './io';

/** The files of a tree that are Kong's by what they say of themselves, sorted; large ones and those that cannot be read are left out. */
export async function configurationsIn(tree: FolderTree): Promise<string[]> {
  const { isConfiguration, mayBeConfiguration } = await import('../config/declarative/looksLike');
  const { readFromDisk } = await import('../plugin/pluginCode');
  const paths = [...tree].flatMap(([dir, { files }]) => files.filter(mayBeConfiguration).map((name) => join(dir, name)));
  const found: string[] = [];
  for (const path of paths.sort()) {
    const bytes = await readFromDisk(path);
    if (bytes !== undefined && isConfiguration(path, Buffer.from(bytes).toString('utf8'))) found.push(path);
  }
  return found;
}

/** How configurations are checked: for which Kong, and with these texts in place of those on disk. */
export interface ConfigurationOptions {
  kong: string;
  choices: Choices;
  texts: ReadonlyMap<string, string>;
  /** Whether their fixes are looked for. */
  fixes: boolean;
}

/** What is wrong with configurations, by the schemas of these plugins and those beside the files. Throws what reading a file does. */
export async function checkConfigurations(
  paths: readonly string[],
  plugins: readonly Plugin[],
  { kong, choices, texts, fixes }: ConfigurationOptions,
  io: Io,
): Promise<FileDiagnostics[]> {
  if (paths.length === 0) return [];
  const { checkConfiguration } = await import('../config/declarative/check');
  const { Schemas } = await import('../config/findSchema');
  const { parseKongVersion } = await import('../kong/versions');
  const { discoverPlugins } = await import('../plugin/discovery');
  const roots = [...new Set([io.cwd, ...paths.map((path) => dirname(path))])];
  const known = plugins.length > 0 ? plugins : await discoverPlugins(roots, { signal: io.signal });
  const schemas = new Schemas(known, parseKongVersion(kong));
  const results: FileDiagnostics[] = [];
  for (const path of paths) {
    io.signal.throwIfAborted();
    const text = texts.get(path) ?? (await readFile(path, 'utf8'));
    const wishes = fixes ? { fixes: { path, isWanted: () => true } } : {};
    results.push({ path, diagnostics: asChosen(await checkConfiguration(text, schemas, wishes), text, choices) });
  }
  return results;
}
