// Settings, prefix, ports and nginx: what stops Kong before or beside its plugins.
// Sources: kong/conf_loader/*.lua, kong/cmd/*.lua, kong/cmd/utils/prefix_handler.lua and nginx_signals.lua, kong/init.lua.
import { LINKS, type EntryTable } from './entry';

const NOT_THERE =
  '{setting} names {path}: there is no such file where Kong runs, the user kong may not read it, or it holds no PEM.';

export const START = {
  'conf-file-not-found': {
    title: 'There is no such configuration file: {name}',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: 'no file at: {name}', versions: 'all' }],
    cause: 'kong was told -c {name}, and there is no such file where it runs.',
    steps: [
      'Check the path inside the container.',
      'Without -c Kong reads /etc/kong/kong.conf, then /etc/kong.conf; it starts with neither, too.',
    ],
    related: ['kong-conf-not-read'],
    link: LINKS.cli,
  },
  'conf-file-unreadable': {
    title: 'The configuration file cannot be read',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: 'could not load config file: {error}', versions: '2.8 and later' }],
    cause: 'The file may not be read by the user who runs kong, or is broken: {error}.',
    steps: ['Check its owner and mode as that user.'],
    related: ['reload-as-root'],
    link: LINKS.configuration,
  },
  'conf-invalid-enum': {
    title: '{setting} has a value that is not allowed',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: "{setting} has an invalid value: '{value}' ({list})", versions: '0.15 and later' }],
    cause:
      '{setting} is set to {value}; allowed are: {list}. Typical: log_level = warning (it is warn), database = none (it is off).',
    steps: [
      'Set {setting} (KONG_ and its name in capitals) to one of the values in brackets.',
      'kong check FILE lists every fault of a kong.conf.',
    ],
    related: ['conf-wrong-type'],
    link: LINKS.configuration,
  },
  'conf-wrong-type': {
    title: '{setting} has a value of the wrong type',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: "{setting} is not a number: '{value}'", versions: '0.15 and later' },
      { text: "{setting} is not a string: '{value}'", versions: '0.15 and later' },
      { text: "{setting} is not a boolean: '{value}'", versions: '0.15 and later' },
      { text: "{setting} is not a array: '{value}'", versions: '0.15 and later' },
    ],
    cause: '{setting} is set to {value}, and Kong wants another type there: {error}.',
    steps: ['Give {setting} a value of the type that is named.'],
    related: ['conf-invalid-enum'],
    link: LINKS.configuration,
  },
  'conf-listen-invalid': {
    title: 'A listen address is not possible',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: '{setting} must be of form: [off] | <ip>:<port>', versions: '0.13 and later' },
      {
        text: 'bind() to {address} failed (99: Cannot assign requested address)',
        versions: 'all: an address this machine does not have',
      },
      { text: 'bind() to {address} failed (13: Permission denied)', versions: 'all: a port below 1024' },
      { text: "Error: bad argument #2 to 'format' (value expected)", versions: '3.x, kong check' },
      { text: "Error: bad argument #1 to 'concat' (table expected, got number)", versions: 'up to 2.8' },
    ],
    cause:
      'A *_listen setting is no list of addresses with ports (a port without an address, an unknown flag), or one that cannot be had: an address this machine does not have (often IPv6, [::1]), or a port below 1024 without the right to it. Some versions stumble over it without naming it.',
    steps: [
      'Write proxy_listen = 0.0.0.0:8000, 0.0.0.0:8443 ssl, or off.',
      'Look at proxy_listen, admin_listen, status_listen, stream_listen and admin_gui_listen.',
    ],
    related: ['port-in-use'],
    link: LINKS.configuration,
  },
  'conf-cassandra-removed': {
    title: 'Cassandra is no longer supported',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: 'Cassandra as a datastore for Kong is not supported in versions 3.4 and above', versions: '3.4 and later' },
    ],
    cause: 'database = cassandra, on Kong 3.4 or later.',
    steps: ['Move to PostgreSQL, or run without a database (database = off).'],
    link: LINKS.configuration,
  },
  'conf-vault-reference': {
    title: 'A vault reference cannot be resolved: {reference}',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: "failed to dereference '{reference}': {error} for config option '{setting}'", versions: '2.8 and later' }],
    cause: '{setting} points to {reference}, and there is no such value when kong starts: {error}.',
    steps: ['For {vault://env/…}: set the environment variable for the process that starts kong.', 'Or write the value itself.'],
    link: LINKS.configuration,
  },
  'conf-ssl-certificate': {
    title: 'Certificate settings are incomplete or wrong',
    stage: 'start',
    weight: 'stop',
    messages: [
      {
        text: '{setting}_ssl_cert_key must be specified',
        versions: 'all',
        means: '{setting}_ssl_cert is set, and {setting}_ssl_cert_key is not: one without the other is of no use.',
      },
      { text: 'ssl_cert_key must be specified', versions: 'all' },
      { text: 'ssl_cert must be specified', versions: 'all' },
      {
        text: '{setting}: failed loading certificate from {path}',
        versions: '3.1 and later',
        means: NOT_THERE,
      },
      { text: '{setting}: failed loading key from {path}', versions: '3.1 and later', means: NOT_THERE },
      {
        text: '{setting}: no such file at {path}',
        versions: '2.0 and later',
        means: NOT_THERE,
      },
    ],
    cause: 'Of a certificate and its key only one is set, or a path does not exist where Kong runs.',
    steps: ['Set both, with paths that exist inside the container and may be read by the user kong.'],
    link: LINKS.configuration,
  },
  'prefix-permission-denied': {
    title: 'Kong may not write its prefix',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: 'could not prepare Kong prefix at {prefix}: {dots}Permission denied', versions: '0.11 and later' },
      { text: 'unable to open env path {path}/.kong_env (Permission denied)', versions: '0.12 and later' },
      { text: '{path}/logs/error.log: Permission denied', versions: 'all' },
      {
        text: 'open() "/dev/{name}" failed (13: Permission denied)',
        versions: 'all: in containers',
        means:
          'Logs go to /dev/{name}, and the user of the workers may not open it: the container was started as another user, or an old Docker gives the terminal to root alone. That is not the prefix.',
      },
      { text: 'could not open error log file: open() "{name}" failed (13: Permission denied)', versions: 'all' },
      { text: '{mkdir|open}() "{name}" failed (13: Permission denied)', weak: true },
      {
        text: '[emerg] {mkdir|chown|open}("{name}"{dots}) failed ({n}: {error})',
        versions: 'all: at the start and in its test',
        means:
          'nginx wants {name}, below the prefix, and the system refuses it: {error}. The prefix or that folder belongs to another user (a command ran as root before, a volume, another user in Kubernetes), or the file system is read-only.',
      },
      { text: 'kong/cmd/{dots}.lua:{n}: Permission denied', weak: true, versions: 'all' },
      { text: "mkdir: cannot create directory '{name}': Permission denied", weak: true },
      { text: 'mkdir failed{dots}Permission denied', weak: true },
      { text: '{path}: Permission denied', in: 'cli', weak: true },
    ],
    cause:
      'The user who runs kong does not own the prefix: a command ran as root before, a volume belongs to another user, Kubernetes gave another user, or the file system is read-only.',
    steps: [
      'Run kong commands as the user of the container: docker exec -u kong.',
      'As root: chown -R kong: PREFIX.',
      'Or set KONG_PREFIX to a folder that may be written, for every command alike.',
    ],
    fixes: ['own-prefix'],
    related: ['reload-as-root', 'luarocks-no-write-permission'],
    link: LINKS.configuration,
  },
  'prefix-not-directory': {
    title: 'The prefix is a file',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: '{path} is not a directory', in: 'cli', versions: 'all' }],
    cause: 'A file stands where the prefix should be.',
    steps: ['Choose another prefix, or remove the file.'],
    link: LINKS.configuration,
  },
  'kong-already-running': {
    title: 'Kong is already running',
    stage: 'start',
    weight: 'refuse',
    messages: [{ text: '{Kong|nginx} is already running in {prefix}', versions: 'all' }],
    cause:
      'The pid file in the prefix names a living process. In a container that can be a stale file whose number another process has now.',
    steps: ['For new plugins use kong reload, for new settings kong restart.', 'If nothing runs, delete PREFIX/pids/nginx.pid.'],
    fixes: ['remove-pid-file', 'restart'],
    related: ['reload-not-running'],
    link: LINKS.cli,
  },
  'port-in-use': {
    title: 'The address is already in use: {address}',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: 'bind() to {address} failed (98: Address already in use)', versions: 'all' },
      { text: 'bind() to {address} failed (48: Address already in use)', versions: 'all, on macOS' },
    ],
    cause: 'Another Kong, one that is still stopping, or another program listens on {address}.',
    steps: [
      'See who: ss -ltnp | grep PORT.',
      'Stop it, or change proxy_listen, admin_listen, status_listen or admin_gui_listen (8000, 8001, 8443, 8444; 8002 and 8445 from 3.4, 8007 from 3.6 on).',
    ],
    fixes: ['change-port'],
    related: ['kong-already-running', 'dangling-sockets'],
    link: LINKS.configuration,
  },
  'dangling-sockets': {
    title: 'Unix sockets of a killed Kong are in the way',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: 'bind() to unix:{path} failed (98: Address already in use)', versions: '3.0 and later' },
      {
        text: 'Found dangling unix sockets in the prefix directory',
        sign: true,
        versions: '3.0 and later: a warning, they are removed',
      },
    ],
    cause: 'Kong was killed and left its sockets in a prefix that survived, for example on a volume.',
    steps: ['Delete PREFIX/*.sock (from 3.8 on PREFIX/sockets/*) while Kong is stopped.', 'Do not keep the prefix on a volume.'],
    related: ['port-in-use'],
    link: LINKS.configuration,
  },
  'user-directive-warning': {
    title: 'The "user" directive is ignored',
    stage: 'start',
    weight: 'note',
    messages: [
      {
        text: 'the "user" directive makes sense only if the master process runs with super-user privileges',
        sign: true,
        versions: '2.3 and later, in containers',
      },
    ],
    cause: 'Kong already runs as the user kong. The line opens almost every log of a container and is harmless.',
    steps: ['Read the next line.'],
    link: LINKS.configuration,
  },
  'cli-config-usage': {
    title: 'The kong command was called in a way that cannot work here',
    stage: 'start',
    weight: 'refuse',
    messages: [
      { text: 'expected a declarative configuration file; see', versions: '1.1 and later' },
      { text: "'kong config db_import' only works with a database", versions: '1.1 and later' },
      { text: "'kong config db_export' only works with a database", versions: '1.1 and later' },
      { text: 'Failed importing: {error}', versions: '1.1 and later' },
      { text: "invoke 'reset' non-interactively with the --yes flag", versions: '0.15 and later' },
      { text: "unknown command '{name}'", in: 'cli', versions: 'all' },
    ],
    cause: 'The command ended there and changed nothing: {error}.',
    steps: [
      'kong config parse FILE checks a declarative file, kong config db_import FILE writes it into a database.',
      'Without a database (database = off) name the file in declarative_config, or POST it to /config.',
    ],
    related: ['declarative-config-invalid'],
    link: LINKS.cli,
  },
  'cli-empty-error': {
    title: 'kong prints an error without a text',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: '^Error: Run with --v (verbose) or --vv (debug) for more details', in: 'cli', versions: '3.x' }],
    cause:
      'The settings or the prefix could not be prepared, and the reason came without words. From 3.4 on almost every kong command does that first.',
    steps: ['Run it again with --vv.', 'Check that the user may write the prefix, and ulimit -n of the shell.'],
    related: ['prefix-permission-denied'],
    link: LINKS.cli,
  },
  'worker-init-error': {
    title: 'A worker could not initialise',
    stage: 'start',
    weight: 'break',
    messages: [
      { text: 'worker initialization error: {error}; this node must be restarted', weak: true, versions: '1.3 and later' },
      { text: 'unsafe request processing due to earlier initialization errors', weak: true, versions: '1.3 and later' },
      { text: 'failed to create and open LMDB database: {error}', versions: '3.0 and later' },
    ],
    cause: 'The start looks successful, but a worker is broken: {error}. Every request warns of it again.',
    steps: ['Mend what stands between the colon and "; this node must be restarted".', 'Restart Kong; a reload is not enough.'],
    fixes: ['restart'],
    related: ['init-worker-handler-failed', 'plugin-in-use-not-enabled', 'remove-stale-lmdb'],
    link: LINKS.configuration,
  },
  'hybrid-conf': {
    title: 'The settings of the hybrid mode contradict each other',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: 'only in-memory storage can be used when role = "data_plane"', versions: '2.0 and later' },
      { text: 'in-memory storage can not be used when role = "control_plane"', versions: '2.0 and later' },
      { text: 'cluster certificate and key must be provided to use Hybrid mode', versions: '2.0 and later' },
    ],
    cause: 'role, database and cluster certificates do not fit together.',
    steps: ['A data plane needs database = off, a control plane a database; both need cluster_cert and cluster_cert_key.'],
    link: LINKS.hybrid,
  },
} satisfies EntryTable;
