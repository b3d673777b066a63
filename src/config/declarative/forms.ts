// The forms of a file that says how plugins are used: what Kong loads, what decK syncs, and manifests of the ingress controller.
import type { Json } from '../luaTables';

/** Kinds of manifests that configure a plugin. */
export const MANIFESTS: readonly string[] = ['KongPlugin', 'KongClusterPlugin'];

/** Names at the top of a file beside its lists of entities. */
export const FILE_KEYS: readonly string[] = ['_format_version', '_transform', '_comment', '_ignore'];

/** Names that only a file of decK has at its top. */
export const DECK_KEYS: readonly string[] = [
  ...['_info', '_workspace', '_konnect', '_plugin_configs', 'consumer_groups', 'partials', '_vaults'],
];

/** Whether the names at the top of a file are those of decK. */
export const isDeckFile = (names: readonly string[]): boolean => DECK_KEYS.some((key) => names.includes(key));

/** Whether what `kind` says is a manifest of a plugin. */
export const isManifestKind = (kind: Json | undefined): boolean => MANIFESTS.some((one) => one === kind);

/** The values of `_format_version` that a Kong of this major version takes. */
export function knownFormats(major: number): string[] {
  return major < 3 ? ['1.1', '2.1'] : ['1.1', '2.1', '3.0'];
}
