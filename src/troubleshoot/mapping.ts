// From the module that Kong names to the file of the workspace.
import { sep } from 'node:path';
import type { Finding } from './finding';
import { moduleOfFile } from '../lua/moduleName';

/** What is needed of a plugin on disk: its name and its modules' files. */
export interface PluginFiles {
  name: string;
  /** Module name (`kong.plugins.x.handler`) to absolute path. */
  modules: ReadonlyMap<string, string>;
}

/** The finding with the path of the workspace's file, when one of the plugins has that module. */
export function mapToWorkspace(finding: Finding, plugins: readonly PluginFiles[]): Finding {
  if (finding.file === null) return finding;
  const modules = [moduleOfFile(finding.file), finding.module ?? ''];
  for (const plugin of plugins) {
    for (const module of modules) {
      const path = plugin.modules.get(module);
      if (path !== undefined && path.split(sep).at(-1) === finding.file.split('/').at(-1)) return { ...finding, file: path };
    }
  }
  return finding;
}
