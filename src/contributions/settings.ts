// The settings, as data; package.json is held against it by a test.

/** A setting as package.json declares it (a JSON schema with a scope). */
export interface SettingContribution {
  type: string | readonly string[];
  default: unknown;
  markdownDescription: string;
  scope?: 'machine-overridable' | 'resource' | 'window' | 'application';
  pattern?: string;
  patternErrorMessage?: string;
  items?: object;
  additionalProperties?: object | boolean;
  enum?: readonly string[];
}

/** How a node is named: what `--node` of the command line takes. */
const NODE_PATTERN = '^(local|(local|folder|docker|compose):.+)$';
const nodeId = {
  type: 'string',
  pattern: NODE_PATTERN,
  patternErrorMessage: 'Write folder:DIR, local, local:PATH-OF-KONG.CONF, docker:CONTAINER or compose:PROJECT/SERVICE.',
} as const;

const settings = {
  'kongPlugin.kong': {
    type: 'string',
    default: '3.9',
    pattern: '^\\d+\\.\\d+(\\.\\d+){0,2}$',
    patternErrorMessage: 'A Kong version, for example 3.9 or 2.8.5.',
    scope: 'resource',
    markdownDescription: 'The Kong version that rockspecs, handlers and schemas are checked for.',
  },
  'kongPlugin.luarocks': {
    type: 'string',
    default: '',
    pattern: '^(\\d+\\.\\d+(\\.\\d+)?)?$',
    patternErrorMessage: 'A LuaRocks version, for example 3.11.1, or empty.',
    scope: 'resource',
    markdownDescription: 'The LuaRocks version whose verdict the checks repeat. Empty: the one inside the chosen Kong.',
  },
  'kongPlugin.checks': {
    type: 'object',
    additionalProperties: { type: 'string', enum: ['error', 'warning', 'info', 'hint', 'off'] },
    default: {},
    scope: 'resource',
    markdownDescription:
      'Another severity for single checks, by the code that stands behind a message: `{"kong/conf-unread": "off"}`. What LuaRocks or Kong refuse stays as it is. The comment `-- kong-plugin: ignore kong/conf-unread` silences one line.',
  },
  'kongPlugin.inlayHints.enabled': {
    type: 'boolean',
    default: true,
    scope: 'resource',
    markdownDescription: 'Show the evaluated key or value where a rockspec computes it.',
  },
  'kongPlugin.nodes': {
    type: 'array',
    items: nodeId,
    default: [],
    scope: 'resource',
    markdownDescription:
      'Kong nodes besides the containers that are found by themselves: `folder:DIR` (relative to the workspace folder), `local`, `local:PATH-OF-KONG.CONF`, `docker:CONTAINER`, `compose:PROJECT/SERVICE`.',
  },
  'kongPlugin.clusters': {
    type: 'object',
    additionalProperties: { type: 'array', items: nodeId },
    default: {},
    scope: 'resource',
    markdownDescription:
      'Named groups of nodes that are changed together, one after the other: `{"staging": ["docker:kong-1", "docker:kong-2"]}`.',
  },
  'kongPlugin.targetNode': {
    type: 'string',
    default: '',
    scope: 'resource',
    markdownDescription: 'The node (or the name of a cluster) that commands offer first and the status bar shows.',
  },
  'kongPlugin.adminApi': {
    type: 'object',
    additionalProperties: { type: 'string', pattern: '^https?://' },
    default: {},
    scope: 'resource',
    markdownDescription:
      'Where the Admin API of a node answers, when it cannot be derived: `{"docker:kong": "http://127.0.0.1:8001"}`. Its token is kept in the secret storage: run [Set Admin API Token…](command:kongPlugin.setAdminToken).',
  },
  'kongPlugin.unverifiedAdminApis': {
    type: 'array',
    items: { type: 'string' },
    default: [],
    scope: 'application',
    markdownDescription:
      'Admin APIs, as `host` or `host:port`, whose certificate is not verified. Others must have one that the system, or the authority in the variable `KONG_ADMIN_CA`, has signed; this machine’s own address and a container’s published port need none.',
  },
  'kongPlugin.docker.path': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    markdownDescription: 'The Docker (or Podman) program. Empty: `docker` on the PATH, else `podman`.',
  },
  'kongPlugin.development.image': {
    type: 'string',
    default: 'kong:3.9',
    scope: 'machine-overridable',
    markdownDescription: 'The image that *Start Development Node* starts: an official Kong image, or one made from it.',
  },
  'kongPlugin.development.database': {
    type: 'string',
    enum: ['off', 'postgres'],
    default: 'off',
    scope: 'resource',
    markdownDescription: 'Whether a development node keeps its configuration in memory (`off`) or in a Postgres of its own.',
  },
  'kongPlugin.development.postgresImage': {
    type: 'string',
    default: 'postgres:16',
    scope: 'machine-overridable',
    markdownDescription: 'The image of that Postgres.',
  },
  'kongPlugin.development.config': {
    type: 'string',
    default: '',
    scope: 'resource',
    markdownDescription:
      'A declarative configuration that a development node without database starts with, relative to the workspace folder.',
  },
  'kongPlugin.development.environment': {
    type: 'object',
    additionalProperties: { type: 'string' },
    default: {},
    scope: 'resource',
    markdownDescription: 'More variables for a development node: `{"KONG_LOG_LEVEL": "debug"}`.',
  },
  'kongPlugin.trace.server': {
    type: 'string',
    enum: ['off', 'messages', 'verbose'],
    default: 'off',
    scope: 'window',
    markdownDescription: 'What of the conversation with the language server is written to the log.',
  },
} as const satisfies Record<string, SettingContribution>;

export type SettingId = keyof typeof settings;
export const SETTINGS: Readonly<Record<SettingId, SettingContribution>> = settings;

/** Settings of a workspace that are ignored until it is trusted: they name programs to start and places to write to. */
export const RESTRICTED_SETTINGS: readonly SettingId[] = [
  'kongPlugin.docker.path',
  'kongPlugin.nodes',
  'kongPlugin.clusters',
  'kongPlugin.targetNode',
  'kongPlugin.adminApi',
  'kongPlugin.development.image',
  'kongPlugin.development.postgresImage',
  'kongPlugin.development.environment',
];
