// The names the editor knows us by: views, context keys, items of trees.

export const EXTENSION_ID = 'kong-plugin-workbench.kong-plugin-workbench';
export const CATEGORY = 'Kong Plugin';

/** Ids of our views and of the containers they stand in. */
export const VIEWS = {
  plugins: 'kongPlugin.plugins',
  nodes: 'kongPlugin.nodes',
  troubleshooting: 'kongPlugin.troubleshooting',
} as const;
export const CONTAINERS = { activityBar: 'kongPlugin', panel: 'kongPluginTroubleshooting' } as const;

/** Keys we set for `when` clauses. */
export const CONTEXT = {
  /** Discovery has finished at least once. */
  discovered: 'kongPlugin.discovered',
  /** Nodes have been looked for at least once. */
  nodesKnown: 'kongPlugin.nodesKnown',
  /** Some plugin is watched. */
  watching: 'kongPlugin.watching',
  /** The panel shows a diagnosis with findings. */
  diagnosed: 'kongPlugin.diagnosed',
} as const;

/** What the names of development nodes' containers begin with. */
export const DEVELOPMENT_PREFIX = 'kong-dev-';

/** First words of `contextValue` of our tree items; more words behind them say what the item can do. */
export const ITEMS = { plugin: 'plugin', archive: 'archive', node: 'node', nodePlugin: 'nodePlugin', use: 'use' } as const;
