// What the parts of a configuration mean, in words, where no schema says it.
import { MANIFESTS } from '../declarative/forms';
import type { Json } from '../luaTables';

/** Names at the top of a file beside its lists. */
export const FILE_WORDS: Readonly<Record<string, string>> = {
  _format_version: 'How the file is to be read. A text: in YAML it stands in quotes.',
  _transform: 'Whether Kong hashes passwords and the like as it reads them; `false` for a file in which they are hashed already.',
  _comment: 'Left out by Kong.',
  _ignore: 'Left out by Kong: a place for what anchors stand for.',
  _info: 'What decK selects by: tags and defaults.',
  _workspace: 'The workspace that decK syncs to.',
  _konnect: 'The control plane of Konnect that decK syncs to.',
  _plugin_configs: 'Configurations that plugins of the file share by `_config`.',
};

/** Lists of entities. */
export const COLLECTION_WORDS: Readonly<Record<string, string>> = {
  services: 'What requests are sent on to. Routes and plugins may stand in a service.',
  routes: 'Which requests go to which service.',
  consumers: 'Who sends requests. Credentials and plugins may stand in a consumer.',
  consumer_groups: 'Consumers that plugins apply to together.',
  plugins:
    'Plugins with their configuration. At the top they work on every request unless they refer to a service, route or consumer.',
  upstreams: 'Names of hosts behind which requests are balanced over targets.',
  targets: 'The addresses of an upstream.',
  certificates: 'Certificates with their keys.',
  ca_certificates: 'Certificates that others are verified by.',
  snis: 'Names of hosts that a certificate is shown for.',
  vaults: 'Where secrets are, for references such as `{vault://env/name}`.',
  keys: 'Keys for signatures and encryption.',
  key_sets: 'Sets of keys.',
  filter_chains: 'Filters of WebAssembly on a service or route.',
};

/** What the document of one use says on top. */
export const HEAD_WORDS = {
  node: 'The node that it is applied on.',
  plugin: 'The plugin that is configured.',
  scope: 'What it is applied to: `global`, or one service, route, consumer or group of consumers: `service:NAME`.',
  id: 'The configuration of that node that is changed, by its id.',
} as const;

/** Fields of a KongPlugin manifest beside those that all plugins have. */
export const MANIFEST_WORDS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  apiVersion: { type: 'string', one_of: ['configuration.konghq.com/v1'], description: 'The version of the resource.' },
  kind: {
    type: 'string',
    one_of: [...MANIFESTS],
    description: 'KongClusterPlugin counts in all namespaces.',
  },
  metadata: { type: 'any', description: 'The name of the resource, as annotations of others refer to it.' },
  plugin: { type: 'string', required: true, description: 'The name of the plugin.' },
  configFrom: { type: 'any', description: 'A secret that holds the configuration, in place of `config`.' },
  configPatches: { type: 'any', description: 'Parts of the configuration that come from secrets.' },
  disabled: { type: 'boolean', description: 'Whether the plugin is switched off.' },
  ordering: { type: 'any', description: 'Plugins before or after which this one runs (Enterprise).' },
  run_on: { type: 'string', description: 'Which of two nodes runs the plugin, in a mesh.' },
};
