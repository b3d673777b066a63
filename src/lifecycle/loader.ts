// What Kong's plugin loader would say to the files on a node.
import { moduleCandidates } from '../kong/packagePath';
import { isAtLeast } from '../kong/versions';
import type { InstalledPlugin } from './installed';
import type { NodeView } from './view';

/** The loader's own words when it refuses a plugin; undefined when it loads, or when that cannot be known without running it. */
export function loaderVerdict(view: NodeView, name: string, plugin: InstalledPlugin | undefined): string | undefined {
  if (plugin?.handler === undefined) return notInstalled(view, name);
  if (plugin.schema === undefined) return `no configuration schema found for plugin: ${name}`;
  return undefined;
}

/** 2.3 and later no longer say where they looked (kong/tools/utils.lua and module.lua of the tags). */
function notInstalled(view: NodeView, name: string): string {
  const head = `${name} plugin is enabled but not installed;\n`;
  if (isAtLeast(view.version, '2.3')) return `${head}no plugin found`;
  const module = `kong.plugins.${name}.handler`;
  const searched = moduleCandidates(view.patterns, module).map((path) => `\tno file '${path}'`);
  return `${head}module '${module}' not found:\n${searched.join('\n')}`;
}
