// The modules that a plugin's code may require: its own, those of its Kong, and those of the workspace's plugins that its rockspec depends on.
import { kongModuleNames } from '../kong/kongModules';
import type { KongVersion } from '../kong/versions';
import type { Plugin } from './plugin';

/** A module and where it comes from, for people. */
export interface RequirableModule {
  name: string;
  from: string;
}

/** Gives what may be written where a name is `begun`; with `foreignOnly` none of the workspace. `dependencies` are names of rocks. */
export function requirable(
  plugin: Plugin,
  { version, siblings, dependencies }: { version: KongVersion; siblings: readonly Plugin[]; dependencies: readonly string[] },
  foreignOnly: boolean,
): (begun: string) => RequirableModule[] {
  return (begun) => {
    const found = new Map<string, string>();
    const add = (names: Iterable<string>, from: string): void => {
      for (const name of names) if (name.startsWith(beginning(begun)) && !found.has(name)) found.set(name, from);
    };
    if (!foreignOnly) {
      add(plugin.modules.keys(), 'this plugin');
      for (const sibling of siblings) {
        if (dependencies.includes(`kong-plugin-${sibling.name}`)) add(sibling.modules.keys(), `the plugin ${sibling.name}`);
      }
    }
    add(kongModuleNames(version), `Kong ${version.text}`);
    return [...found].map(([name, from]) => ({ name, from }));
  };
}

/** What a name certainly begins with: clients compare the rest by themselves, and more freely. */
function beginning(begun: string): string {
  return begun.slice(0, begun.lastIndexOf('.') + 1);
}
