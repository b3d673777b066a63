// What a plugin on disk is: the type that discovery returns and every other room reads.

/** A Lua plugin, or one that an external plugin server runs. */
export type PluginLanguage = 'lua' | 'go' | 'javascript' | 'python';

/** A plugin found in a folder. All paths are absolute. */
export interface Plugin {
  /** The name Kong knows it by: `<name>` of `kong.plugins.<name>.handler`. */
  name: string;
  language: PluginLanguage;
  /** The folder that holds handler.lua (or the plugin server's main file). */
  dir: string;
  /** The folder its rockspec is in or, without one, the folder above `kong/plugins`. */
  root: string;
  handler: string | undefined;
  schema: string | undefined;
  rockspec: string | undefined;
  /** Module name (`kong.plugins.x.handler`) to file, for every Lua module of the plugin. */
  modules: ReadonlyMap<string, string>;
}

/** What the loader of one Kong version would do with a plugin. */
export interface LoadVerdict {
  verdict: 'loads' | 'fails' | 'unknown';
  /** Kong's own words when it fails; why it cannot be known when unknown; empty when it loads. */
  message: string;
}
