// The table of broken states: nodes that are broken on purpose, with what is predicted and said of each, and what cures it.
import type { EntryId } from '../../src/troubleshoot/catalogue';
import type { RemedyKind } from '../../src/troubleshoot/remedyKinds';
import { ENTRYPOINT, FORMAT } from '../equipment/underTest';
import { HERE, NAME, type Broken } from './brokenNode';

/** One state: what the next start would say of it, what a log or a look says, and what becomes of it. */
export interface BrokenState extends Broken {
  /** What the card must be about, first of all. */
  id: EntryId;
  /** What the next start is predicted to say; the card's id unless something else is given, null for what only the start itself can show. */
  predicted?: EntryId | null;
  /** The button; none where only a person can mend it. */
  fix?: RemedyKind;
  /** What a person is told to do. */
  person?: RegExp;
  /** The remedy takes the plugin away: Kong serves without it. */
  gone?: boolean;
  /** Why only the test node can be broken like this; it is left out with another image. */
  ownWays?: string;
}

const SCHEMA = `{ name = "${NAME}", fields = { { config = { type = "record", fields = { { says = { type = "string" } } } } } } }`;
const ACCESS = 'function H:access(conf)\n  kong.response.set_header("x-says", conf.says)\nend\n';
const handler = (table: string, rest = ACCESS, end = 'return H\n'): string => `local H = ${table}\n\n${rest}\n${end}`;
const GOOD = '{ PRIORITY = 1000, VERSION = "0.1.0" }';

const MISSING_ROCK: BrokenState = {
  id: 'plugin-module-missing-dependency',
  fix: 'add-rock-dependency',
  handler: handler(GOOD, `local greeting = require "greeting.words"\n${ACCESS}`),
  asRoot: [
    'mkdir -p /srv/rocks /srv/greeting-1.0/greeting && cd /srv',
    "echo 'return {}' > greeting-1.0/greeting/words.lua && tar czf greeting-1.0.tar.gz greeting-1.0",
    `printf '%s' 'package = "greeting" version = "1.0-1" source = { url = "file:///srv/greeting-1.0.tar.gz", dir = "greeting-1.0" } build = { type = "builtin", modules = { ["greeting.words"] = "greeting/words.lua" } }' > rocks/greeting-1.0-1.rockspec`,
    `echo 'commands = {} modules = {} repository = { greeting = { ["1.0-1"] = { { arch = "rockspec" } } } }' | tee rocks/manifest > rocks/manifest-5.1`,
    'config=$(luarocks config config_files.system.file) && mkdir -p "$(dirname "$config")"',
    `echo 'rocks_servers = { "/srv/rocks" }' > "$config"`,
  ].join('; '),
};

/** The test node's database is a file. */
const DATABASE_FILE = '/var/lib/test-postgres/127.0.0.1.kong.json';
/** Why another image cannot be brought there. */
const OLDER_DATABASE = 'only the test node’s database, a file, can be made one of an older Kong';

const DECLARED = `plugins = bundled,${NAME}\ndeclarative_config = /etc/kong/kong.yml\n`;

const unmigrated = (migrations: string): string =>
  JSON.stringify({ services: [], routes: [], consumers: [], plugins: [], migrations });

/** A Kong that is not the first process and was killed: another process has the number in its pid file by now. */
const KILLED: Partial<BrokenState> = {
  command: ['sh', '-c', 'trap "" TERM QUIT; kong start; exit $?'],
  asKong: 'echo 1 > /usr/local/kong/pids/nginx.pid',
};

export const BROKEN_STATES: readonly BrokenState[] = [
  { id: 'no-configuration-schema', fix: 'write-schema', schema: null },
  { id: 'no-configuration-schema', fix: 'write-schema', schema: null, reload: true },
  { id: 'no-configuration-schema', fix: 'reinstall', without: ['schema.lua'] },
  { id: 'no-configuration-schema', fix: 'write-schema', schema: null, kong: '2.8.5' },
  { id: 'handler-returned-nothing', fix: 'add-return', handler: handler(GOOD, ACCESS, '') },
  { id: 'handler-returned-nothing', fix: 'add-return', handler: handler(GOOD, ACCESS, ''), reload: true },
  { id: 'handler-returned-nothing', fix: 'add-return', handler: handler(GOOD, ACCESS, ''), kong: '2.8.5' },
  { id: 'schema-returned-nothing', fix: 'add-return', schema: `local schema = ${SCHEMA}\n` },
  { id: 'handler-bad-priority', fix: 'add-priority', handler: handler('{ VERSION = "0.1.0" }') },
  { id: 'handler-bad-priority', fix: 'add-priority', handler: handler('{ PRIORITY = "10", VERSION = "0.1.0" }'), reload: true },
  { id: 'handler-bad-version', fix: 'add-version', handler: handler('{ PRIORITY = 1000 }') },
  {
    id: 'handler-response-and-filter',
    fix: 'move-filter-to-response',
    handler: handler(
      GOOD,
      'function H:response(conf)\nend\n\nfunction H:header_filter(conf)\nend\n\nfunction H:body_filter(conf)\nend\n',
    ),
  },
  {
    id: 'handler-response-and-filter',
    fix: 'move-filter-to-response',
    handler: handler(GOOD, 'function H:response(conf)\nend\n\nfunction H:header_filter(conf)\nend\n'),
    kong: '2.8.5',
  },
  {
    id: 'base-plugin-removed',
    fix: 'replace-base-plugin',
    handler:
      'local BasePlugin = require "kong.plugins.base_plugin"\nlocal H = BasePlugin:extend()\nH.PRIORITY = 5\nH.VERSION = "0.1.0"\nfunction H:new()\n  H.super.new(self, "x")\nend\nfunction H:access(conf)\n  H.super.access(self)\nend\nreturn H\n',
  },
  {
    id: 'schema-missing-name',
    fix: 'add-schema-name',
    schema: `return ${SCHEMA.replace(/name = "\w+", /, '')}\n`,
  },
  {
    id: 'schema-unknown-attribute',
    fix: 'mend-schema',
    schema: `return ${SCHEMA.replace('type = "string"', 'type = "string", enum = { "hello" }')}\n`,
  },
  {
    id: 'daos-not-array',
    fix: 'daos-to-array',
    files: {
      'daos.lua':
        'local typedefs = require "kong.db.schema.typedefs"\nreturn {\n  things = { name = "things", primary_key = { "id" }, fields = { { id = typedefs.uuid } } },\n}\n',
    },
  },
  {
    id: 'plugin-module-syntax-error',
    fix: 'reinstall',
    asKong: `printf 'return {{' > /tmp/x`,
    asRoot: `printf 'return {{\\n' > ${HERE}/handler.lua`,
  },
  // what is on the node is spoilt, the workspace is right
  { id: 'schema-field-unknown-type', fix: 'reinstall', asRoot: `sed -i 's/"string"/"strng"/' ${HERE}/schema.lua` },
  { id: 'schema-field-missing-type', fix: 'reinstall', asRoot: `sed -i 's/type = "string", //' ${HERE}/schema.lua` },
  { id: 'plugin-module-runtime-error', fix: 'reinstall', asRoot: `sed -i '1i local x = nil + 1' ${HERE}/handler.lua` },
  {
    id: 'schema-default-invalid',
    fix: 'reinstall',
    asRoot: `sed -i 's/default = "hello"/default = 5/' ${HERE}/schema.lua`,
    reload: true,
  },
  { id: 'plugin-enabled-not-installed', fix: 'install', place: null },
  { id: 'plugin-enabled-not-installed', fix: 'install', place: null, reload: true },
  { id: 'plugin-enabled-not-installed', fix: 'install', place: null, kong: '2.8.5' },
  { id: 'plugin-enabled-not-installed', fix: 'disable-on-node', place: null, gone: true },
  {
    id: 'plugin-enabled-not-installed',
    fix: 'repair-lua-package-path',
    place: `/opt/mine/kong/plugins/${NAME}`,
    conf: `plugins = bundled,${NAME}\nlua_package_path = /opt/mine/kong/plugins/?.lua;;\n`,
  },
  {
    id: 'plugin-enabled-not-installed',
    fix: 'repair-lua-package-path',
    place: `/srv/elsewhere/kong/plugins/${NAME}`,
    conf: `plugins = bundled,${NAME}\nlua_package_path = "/srv/elsewhere/?.lua;;"\n`,
  },
  {
    id: 'plugin-file-unreadable',
    fix: 'make-readable',
    asRoot: `chown root ${HERE}/handler.lua && chmod 600 ${HERE}/handler.lua`,
  },
  { id: 'plugin-file-unreadable', fix: 'make-readable', asRoot: `chown root ${HERE} && chmod 700 ${HERE}`, reload: true },
  { id: 'plugins-setting-malformed', fix: 'repair-plugins-setting', conf: `plugins = "bundled,${NAME}"\n` },
  { id: 'plugins-setting-malformed', fix: 'repair-plugins-setting', conf: `plugins = bundled;${NAME}\n` },
  { id: 'plugins-setting-malformed', fix: 'repair-plugins-setting', conf: `plugins = bundled ${NAME}\n`, reload: true },
  { id: 'plugin-name-is-not-rock-name', fix: 'use-plugin-name', conf: `plugins = bundled,kong-plugin-${NAME}\n` },
  { id: 'plugin-name-is-not-rock-name', fix: 'use-plugin-name', conf: `plugins = bundled,kong-plugin-${NAME}\n`, place: null },
  {
    id: 'plugin-enabled-not-installed',
    fix: 'repair-lua-package-path',
    place: `/opt/mine/kong/plugins/${NAME}`,
    conf: `plugins = bundled,${NAME}\n`,
    kong: '2.8.5',
  },
  {
    id: 'lua-path-without-pattern',
    fix: 'repair-lua-package-path',
    place: `/opt/mine/kong/plugins/${NAME}`,
    conf: `plugins = bundled,${NAME}\nlua_package_path = /opt/mine\n`,
  },
  {
    id: 'luarocks-module-not-listed',
    fix: 'list-modules-in-rockspec',
    handler: handler(GOOD, `local util = require "kong.plugins.${NAME}.util"\n${ACCESS}`),
    files: { 'util.lua': 'return {}\n' },
    without: ['util.lua'],
  },
  { ...MISSING_ROCK, reload: true },
  MISSING_ROCK,
  {
    id: 'plugin-in-use-not-enabled',
    fix: 'enable-on-node',
    database: 'bootstrapped',
    uses: NAME,
    conf: 'plugins = bundled\n',
  },
  {
    id: 'plugin-in-use-not-enabled',
    fix: 'remove-in-use-entities',
    database: 'bootstrapped',
    uses: NAME,
    conf: 'plugins = bundled\n',
    gone: true,
  },
  {
    id: 'plugins-without-bundled',
    fix: 'repair-plugins-setting',
    database: 'bootstrapped',
    uses: 'key-auth',
    conf: `plugins = ${NAME}\n`,
  },
  {
    id: 'migrations-needs-bootstrap',
    fix: 'run-migrations-bootstrap',
    database: 'empty',
    dead: true,
  },
  {
    id: 'migrations-new-available',
    fix: 'run-migrations-up',
    database: 'bootstrapped',
    asKong: `echo '${unmigrated('new')}' > ${DATABASE_FILE}`,
    ownWays: OLDER_DATABASE,
  },
  {
    id: 'migrations-pending',
    // Kong starts all the same.
    predicted: null,
    fix: 'run-migrations-finish',
    database: 'bootstrapped',
    command: ['sh', '-c', `kong migrations bootstrap && kong migrations up && exec ${ENTRYPOINT} kong docker-start`],
    asKong: `echo '${unmigrated('pending')}' > ${DATABASE_FILE}`,
    ownWays: OLDER_DATABASE,
  },
  {
    // what it was sent last uses the plugin, and the list no longer has it
    id: 'remove-stale-lmdb',
    predicted: null,
    fix: 'remove-stale-lmdb',
    uses: NAME,
    conf: 'plugins = bundled\n',
    gone: true,
  },
  { id: 'kong-already-running', predicted: null, fix: 'remove-pid-file', ...KILLED },
  {
    id: 'port-in-use',
    predicted: null,
    fix: 'change-port',
    conf: `plugins = bundled,${NAME}\nproxy_listen = 0.0.0.0:8000\nadmin_listen = 0.0.0.0:8001\n`,
    env: { KONG_ADMIN_LISTEN: undefined },
    besideAnother: true,
    dead: true,
  },
  {
    id: 'declarative-config-unparseable',
    fix: 'set-format-version',
    conf: `plugins = bundled,${NAME}\ndeclarative_config = /etc/kong/kong.yml\n`,
    asKong: `printf '# ours\\nplugins:\\n- name: ${NAME}\\n' > /etc/kong/kong.yml`,
  },
  { id: 'reload-as-root', predicted: null, fix: 'own-prefix', asRoot: 'kong reload -c /etc/kong/kong.conf', reload: false },
  { id: 'enterprise-only-plugin', fix: 'disable-on-node', conf: `plugins = bundled,openid-connect,${NAME}\n` },
  // the node's files are spoilt, and the workspace has good ones
  { id: 'handler-returned-nothing', fix: 'add-return', asRoot: `sed -i 's/^return H$//' ${HERE}/handler.lua` },
  {
    id: 'handler-bad-priority',
    fix: 'add-priority',
    asRoot: `sed -i 's/PRIORITY = 1000/PRIORITY = "1000"/' ${HERE}/handler.lua`,
  },
  {
    id: 'init-worker-handler-failed',
    predicted: null,
    fix: 'reinstall',
    asRoot: `sed -i 's/^return H$/function H:init_worker() local row = nil; return row.id end return H/' ${HERE}/handler.lua`,
  },
  // settings
  { id: 'conf-invalid-enum', fix: 'correct-setting', conf: `plugins = bundled,${NAME}\nlog_level = warning\n` },
  {
    id: 'conf-listen-invalid',
    fix: 'correct-setting',
    conf: `plugins = bundled,${NAME}\nadmin_listen = 8001\n`,
    env: { KONG_ADMIN_LISTEN: undefined },
  },
  { id: 'plugin-enabled-not-installed', fix: 'use-plugin-name', conf: 'plugins = bundled,men_ded\n' },
  {
    id: 'plugin-enabled-not-installed',
    env: { KONG_PLUGINS: 'bundled,other' },
    dead: true,
    person: /KONG_PLUGINS[\s\S]*docker run --env KONG_PLUGINS=bundled/,
    fix: 'disable-on-node',
  },
  // the declarative file
  {
    id: 'declarative-config-unparseable',
    fix: 'set-format-version',
    conf: DECLARED,
    asKong: `printf '_format_version: "9.9"\nplugins:\n- name: ${NAME}\n' > /etc/kong/kong.yml`,
  },
  {
    id: 'declarative-config-unparseable',
    conf: DECLARED,
    asKong: `printf '_format_version: "${FORMAT}"\nplugins:\n- name: "${NAME}\n' > /etc/kong/kong.yml`,
    person: /cannot be mended mechanically/,
  },
  { id: 'declarative-config-unparseable', conf: DECLARED, person: /cannot be mended mechanically[\s\S]*Check the path/ },
  {
    id: 'declarative-config-unparseable',
    conf: DECLARED,
    asKong: `printf '_format_version: "${FORMAT}"\nservice: []\n' > /etc/kong/kong.yml`,
    person: /cannot be mended mechanically/,
  },
  {
    id: 'plugin-in-use-not-enabled',
    fix: 'enable-on-node',
    conf: 'plugins = bundled\ndeclarative_config = /etc/kong/kong.yml\n',
    asKong: `printf '_format_version: "${FORMAT}"\nplugins:\n- name: ${NAME}\n' > /etc/kong/kong.yml`,
  },
  // what only a person can mend: the line is named
  {
    id: 'plugin-module-syntax-error',
    handler: handler(GOOD, 'function H:access(conf)\n  kong.log("x"\nend\n'),
    person: /Open \S*handler\.lua at line \d/,
  },
  {
    id: 'plugin-module-runtime-error',
    handler: handler(GOOD, `local x = nil\nlocal y = x.y\n${ACCESS}`),
    reload: true,
    person: /Open \S*handler\.lua at line 4/,
  },
];
