// What Kong refuses in a declarative file beside its plugins: the format, and keys that no version of Kong knows.
// Sources: kong/db/declarative/init.lua, kong/db/schema/others/declarative_config.lua and kong/db/schema/entities/*.lua of the tags.
import { isAlias, isMap, isScalar, isSeq, type Document, type Node as YamlNode, type YAMLMap } from 'yaml';
import { isAtLeast, type KongVersion } from '../versions';

/** Keys at the top that are no entities. `_workspace` is what exports of several workspaces have. */
const TOP = ['_format_version', '_transform', '_comment', '_ignore', '_workspace'];

/** Every field that some version of Kong, also Kong Enterprise, has in an entity that people write by hand. */
const FIELDS: Readonly<Record<string, string>> = {
  services:
    'name url protocol host port path retries connect_timeout write_timeout read_timeout enabled client_certificate tls_verify tls_verify_depth tls_sans ca_certificates',
  routes:
    'name protocols methods hosts paths headers snis sources destinations service https_redirect_status_code regex_priority strip_path path_handling preserve_host request_buffering response_buffering expression priority',
  consumers: 'username custom_id username_lower type',
  plugins: 'name instance_name config protocols enabled service route consumer consumer_group run_on ordering condition partials',
};
const COMMON = 'id tags created_at updated_at ws_id _comment _ignore';

/** Collections of Kong itself and of the plugins that come with it. Plugins of one's own may bring more. */
const COLLECTIONS =
  'services routes consumers plugins upstreams targets certificates snis ca_certificates vaults vaults_beta key_sets keys consumer_groups filter_chains tags workspaces parameters clustering_data_planes cluster_ca partials degraphql_routes graphql_ratelimiting_cost_decoration files documents developers applications application_instances groups rbac_roles rbac_users admins licenses event_hooks acls basicauth_credentials hmacauth_credentials jwt_secrets jwt_signer_jwks keyauth_credentials keyauth_enc_credentials mtls_auth_credentials oauth2_credentials oauth2_tokens oauth2_authorization_codes oic_issuers oic_jwks acme_storage sessions ratelimiting_metrics response_ratelimiting_metrics consumer_group_consumers consumer_group_plugins header_cert_auth_credentials custom_plugins';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));
const collections = words(COLLECTIONS);
const fields = new Map(Object.entries(FIELDS).map(([kind, list]) => [kind, words(`${list} ${COMMON}`)]));

/** How unknown keys are judged. */
export interface DeclarativeRules {
  version: KongVersion;
  /** A plugin may bring collections of its own: then no key is unknown that could be one. */
  mayHaveMore: boolean;
}

/** What Kong says of a file that is well-formed YAML, as the lines of its error; none when it takes it, as far as that is known here. */
export function declarativeProblems(document: Document, { version, mayHaveMore }: DeclarativeRules): string[] {
  const root = resolved(document, document.contents);
  if (root === null || root === undefined || (isScalar(root) && root.value === null))
    return ['failed parsing declarative configuration'];
  if (!isMap(root)) return isSeq(root) ? [] : ['failed parsing declarative configuration: expected an object'];
  const format = formatProblem(root.get('_format_version'), version);
  const unknown = keysOf(root)
    .filter((key) => !TOP.includes(key) && !collections.has(key) && !mayHaveMore)
    .map((key) => `in '${key}': unknown field`);
  const inEntities = [...fields.keys()].flatMap((kind) => entityProblems(document, kind, root.get(kind, true), mayHaveMore, ''));
  return [...(format === undefined ? [] : [`in '_format_version': ${format}`]), ...unknown, ...inEntities];
}

function formatProblem(format: unknown, version: KongVersion): string | undefined {
  if (format === undefined || format === null) return 'required field missing';
  if (typeof format !== 'string') return 'expected a string';
  const known = ['1.1', ...(isAtLeast(version, '2.1') ? ['2.1'] : []), ...(isAtLeast(version, '3.0') ? ['3.0'] : [])];
  if (known.includes(format)) return undefined;
  return known.length === 1 ? `value must be ${known[0] ?? ''}` : `expected one of: ${known.join(', ')}`;
}

/** The lines about one list of entities, and those below them, as Kong nests them (pretty_print_error). */
function entityProblems(document: Document, kind: string, node: unknown, mayHaveMore: boolean, indent: string): string[] {
  const list = resolved(document, node);
  const known = fields.get(kind);
  if (!isSeq(list) || known === undefined) return [];
  const entries = list.items.flatMap((item, index) => {
    const entity = resolved(document, item);
    if (!isMap(entity)) return [];
    const inner = `${indent}    `;
    const lines = keysOf(entity).flatMap((key) => {
      if (fields.has(key)) return entityProblems(document, key, entity.get(key, true), mayHaveMore, inner);
      return known.has(key) || collections.has(key) || mayHaveMore ? [] : [`${inner}in '${key}': unknown field`];
    });
    return lines.length === 0 ? [] : [`${indent}  - in entry ${index + 1} of '${kind}':`, ...lines];
  });
  return entries.length === 0 ? [] : [`${indent}in '${kind}':`, ...entries];
}

/** The node that an alias stands for. */
function resolved(document: Document, node: unknown): YamlNode | null | undefined {
  return isAlias(node) ? node.resolve(document) : (node as YamlNode | null | undefined);
}

/** The names of a map's own keys; what a merge brings is not looked at. */
function keysOf(map: YAMLMap): string[] {
  return map.items.flatMap(({ key }) =>
    isScalar(key) && typeof key.value === 'string' && key.value !== '<<' ? [key.value] : [],
  );
}
