// The loop closed: a node is broken, its log gives the card, the button is pressed, and the node is healthy.
import assert from 'node:assert/strict';
import type { OperationResult } from '../../src/lifecycle/types';
import type { Finding } from '../../src/troubleshoot/finding';
import type { RemedyKind } from '../../src/troubleshoot/remedyKinds';
import { ENTRYPOINT, isOfGeneration, itUnless, otherImage, versionOf } from '../equipment/underTest';
import { breakNode, HERE, NAME, type Broken } from './brokenNode';
import { kongPlugin, statusOf } from './commandLine';

interface Entry extends Broken {
  /** What the card must be about, first of all. */
  id: string;
  /** The button. */
  fix: RemedyKind;
  /** The remedy takes the plugin away: Kong serves without it. */
  gone?: boolean;
  /** Only Kongs of one generation say it. */
  only?: 2 | 3;
  /** Why only the test node can be broken like this; it is left out with another image. */
  ownWays?: string;
}

const SCHEMA = `{ name = "${NAME}", fields = { { config = { type = "record", fields = { { says = { type = "string" } } } } } } }`;
const ACCESS = 'function H:access(conf)\n  kong.response.set_header("x-says", conf.says)\nend\n';
const handler = (table: string, rest = ACCESS, end = 'return H\n'): string => `local H = ${table}\n\n${rest}\n${end}`;
const GOOD = '{ PRIORITY = 1000, VERSION = "0.1.0" }';

const MISSING_ROCK: Entry = {
  id: 'plugin-module-missing-dependency',
  fix: 'add-rock-dependency',
  handler: handler(GOOD, `local greeting = require "greeting.words"\n${ACCESS}`),
  asRoot: [
    'mkdir -p /srv/rocks /srv/greeting-1.0/greeting && cd /srv',
    "echo 'return {}' > greeting-1.0/greeting/words.lua && tar czf greeting-1.0.tar.gz greeting-1.0",
    `printf '%s' 'package = "greeting" version = "1.0-1" source = { url = "file:///srv/greeting-1.0.tar.gz" } build = { type = "builtin", modules = { ["greeting.words"] = "greeting/words.lua" } }' > rocks/greeting-1.0-1.rockspec`,
    `echo 'commands = {} modules = {} repository = { greeting = { ["1.0-1"] = { { arch = "rockspec" } } } }' | tee rocks/manifest > rocks/manifest-5.1`,
    'config=$(luarocks config config_files.system.file) && mkdir -p "$(dirname "$config")"',
    `echo 'rocks_servers = { "/srv/rocks" }' > "$config"`,
  ].join('; '),
};

/** The test node's database is a file. */
const DATABASE_FILE = '/var/lib/test-postgres/127.0.0.1.kong.json';
/** Why another image cannot be brought there. */
const OLDER_DATABASE = 'only the test node’s database, a file, can be made one of an older Kong';

const unmigrated = (migrations: string): string =>
  JSON.stringify({ services: [], routes: [], consumers: [], plugins: [], migrations });

/** A Kong that is not the first process and was killed: another process has the number in its pid file by now. */
const KILLED: Partial<Entry> = {
  command: ['sh', '-c', 'trap "" TERM QUIT; kong start; exit $?'],
  asKong: 'echo 1 > /usr/local/kong/pids/nginx.pid',
};

const ENTRIES: readonly Entry[] = [
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
    fix: 'run-migrations-finish',
    database: 'bootstrapped',
    command: ['sh', '-c', `kong migrations bootstrap && kong migrations up && exec ${ENTRYPOINT} kong docker-start`],
    asKong: `echo '${unmigrated('pending')}' > ${DATABASE_FILE}`,
    ownWays: OLDER_DATABASE,
  },
  {
    // what it was sent last uses the plugin, and the list no longer has it
    id: 'remove-stale-lmdb',
    fix: 'remove-stale-lmdb',
    uses: NAME,
    conf: 'plugins = bundled\n',
    gone: true,
  },
  { id: 'kong-already-running', fix: 'remove-pid-file', ...KILLED },
  {
    id: 'port-in-use',
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
  { id: 'reload-as-root', fix: 'own-prefix', asRoot: 'kong reload -c /etc/kong/kong.conf', reload: false },
  { id: 'enterprise-only-plugin', fix: 'disable-on-node', conf: `plugins = bundled,openid-connect,${NAME}\n` },
];

/** Why the image under test cannot have an entry; undefined when it can, and always with the test node. */
function reasonWithout({ kong, only, ownWays }: Entry): string | undefined {
  if (otherImage === undefined) return undefined;
  const generation = only ?? (kong === undefined ? undefined : isOfGeneration(kong, 2) ? 2 : 3);
  if (generation !== undefined && !isOfGeneration(otherImage.kong, generation)) return `only Kong ${generation} says so`;
  return ownWays;
}

/** How many are broken and remedied at a time. */
const AT_ONCE = 3;

/** What `kong-plugin fix --format json` prints. */
interface Said {
  findings: Finding[];
  results: OperationResult[];
}

interface Remedied {
  first: Finding | undefined;
  out: string;
  results: OperationResult[];
  status: Awaited<ReturnType<typeof statusOf>>;
}

async function remedy(entry: Entry): Promise<Remedied> {
  const broken = await breakNode(entry);
  try {
    const { node, workspace } = broken;
    const ran = await kongPlugin('fix', workspace.dir, '--node', node.id, '--fix', entry.fix, '--yes', '--format', 'json');
    const { findings = [], results = [] } = JSON.parse(ran.out === '' ? '{}' : ran.out) as Partial<Said>;
    const log = results.some(({ ok }) => ok) ? '' : await node.logs();
    return {
      first: findings[0],
      out: `${ran.err}\n${JSON.stringify(results, null, 2)}\n${log.slice(-3000)}`,
      results,
      status: await statusOf(node.id),
    };
  } finally {
    await broken.remove();
  }
}

describe('findings and their buttons', function () {
  this.timeout(240_000);
  const remedied = new Map<Entry, Promise<Remedied>>();
  let healthy = 0;

  before(() => {
    const begun: Promise<Remedied>[] = [];
    for (const entry of ENTRIES.filter((each) => reasonWithout(each) === undefined)) {
      const turn = begun.at(-AT_ONCE) ?? Promise.resolve();
      const work = turn.then(
        () => remedy(entry),
        () => remedy(entry),
      );
      work.catch(() => undefined);
      begun.push(work);
      remedied.set(entry, work);
    }
  });
  after(() => {
    console.log(`    remedies: ${remedied.size} broken, ${healthy} healthy after the button`);
  });

  for (const entry of ENTRIES) {
    const how = `${versionOf(entry.kong ?? '3.9.1')}, ${entry.reload === undefined ? 'start' : 'reload'}`;
    itUnless(reasonWithout(entry), `${entry.id}: ${entry.fix} (${how})`, async () => {
      const { first, out, results, status } = (await remedied.get(entry)) ?? assert.fail();
      assert.equal(first?.id, entry.id, out);
      assert.ok(results.length > 0 && results.every(({ ok }) => ok), out);
      assert.equal(status.running, true, out);
      assert.deepEqual(status.predictedStart, { ok: true, problems: [] }, out);
      const plugin = status.plugins.find(({ name }) => name === NAME);
      if (entry.gone === true) assert.notEqual(plugin?.loaded, true, out);
      else assert.equal(plugin?.loaded, true, out);
      healthy += 1;
    });
  }
});
