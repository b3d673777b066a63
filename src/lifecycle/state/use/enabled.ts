// Whether a node has the plugins of a configuration in its list: without that Kong refuses the configuration.
import { isBundledPlugin } from '../../../kong/bundledPlugins';
import { shellWord } from '../../../text/shellWord';
import { Refusal } from '../../failure';
import { enabledOn } from '../status';
import type { NodeView } from '../view';

/** Throws a Refusal for plugins that are not enabled. */
export function refuseDisabled(view: NodeView, plugins: readonly string[]): void {
  const enabled = enabledOn(view);
  const isThere = (plugin: string): boolean =>
    enabled.has(plugin) || (enabled.has('bundled') && isBundledPlugin(plugin, view.version));
  const missing = plugins.filter((plugin) => !isThere(plugin));
  if (missing.length === 0) return;
  throw new Refusal(`${missing.join(', ')} is not enabled on this node, so Kong would refuse its configuration.`, {
    next: `First: \`kong-plugin install DIR --node ${shellWord(view.node.id)}\``,
  });
}
