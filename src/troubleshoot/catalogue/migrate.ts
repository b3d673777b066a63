// The database: reaching it, and bringing its tables to what Kong and its plugins want.
// Sources: kong/cmd/utils/migrations.lua, kong/db/init.lua, kong/db/migrations/state.lua, kong/db/strategies/postgres/connector.lua.
import { LINKS, type EntryTable } from './entry';

const REFUSED_LOGIN =
  'Postgres is there and refused the login: the password is wrong for that user (pg_user, pg_password), or there is no such user.';

export const MIGRATE = {
  'migrations-needs-bootstrap': {
    title: 'The database needs bootstrapping',
    stage: 'migrate',
    weight: 'stop',
    messages: [
      { text: 'Database needs bootstrapping or is older than Kong 1.0', versions: '2.0 and later' },
      { text: "Database needs bootstrapping; run 'kong migrations bootstrap'", versions: '1.2 to 1.5' },
      { text: "database needs bootstrap; run 'kong migrations bootstrap'", versions: '0.15 to 1.1' },
    ],
    cause: "The database that Kong was pointed at has none of Kong's tables (or those of a Kong before 1.0).",
    steps: [
      'Run kong migrations bootstrap once, with the same KONG_* settings as the node, KONG_PLUGINS included.',
      'If the tables should be there: check pg_host, pg_database and pg_schema.',
    ],
    fixes: ['run-migrations-bootstrap'],
    related: ['migrations-new-available', 'database-unreachable'],
    link: LINKS.cli,
  },
  'migrations-new-available': {
    title: 'New migrations are available',
    stage: 'migrate',
    weight: 'stop',
    messages: [
      { text: "New migrations available; run 'kong migrations up' to proceed", versions: '1.2 and later' },
      { text: 'New migrations available: {plugin}: {name}', versions: 'kong migrations list' },
      { text: "new migrations available; run 'kong migrations list'", versions: '0.15 to 1.1' },
      { text: '{Database|database} is missing some migrations', versions: '1.0 and later' },
    ],
    cause:
      'A plugin that was added to plugins brings tables of its own (migrations/init.lua), or Kong was upgraded, and the database was not told.',
    steps: [
      'Run kong migrations up, with the same plugins and lua_package_path as the node.',
      'Then kong migrations finish, if it says that some are pending.',
      'If up answers "Database is already up-to-date", it ran without the plugin or its path.',
    ],
    fixes: ['run-migrations-up'],
    related: ['migrations-pending', 'migrations-not-found-in-package-path'],
    link: LINKS.cli,
  },
  'migrations-pending': {
    title: 'Migrations are pending',
    stage: 'migrate',
    weight: 'refuse',
    messages: [
      { text: "Database has pending migrations; run 'kong migrations finish'", versions: '1.2 and later' },
      { text: 'database has pending migrations:', versions: '0.15 and later' },
    ],
    cause: 'A migration that works in two steps has run its first and waits for the second.',
    steps: ['Run kong migrations finish when no node of the old version runs any more.'],
    fixes: ['run-migrations-finish'],
    related: ['migrations-new-available'],
    link: LINKS.cli,
  },
  'migrations-locked': {
    title: 'Another node is migrating, or its lock was left behind',
    stage: 'migrate',
    weight: 'refuse',
    messages: [
      { text: 'aborted: another node is performing database changes', versions: '0.15 and later' },
      { text: 'failed to insert cluster lock: {error}', versions: '0.15 and later' },
      { text: '[PostgreSQL error] timeout', in: 'cli', versions: '1.0 and later' },
    ],
    cause: 'The lock in the table locks is held: two jobs run at once, or one died less than a minute ago.',
    steps: ['Wait a minute and run it again, from one place only.', 'On a slow database raise --lock-timeout.'],
    link: LINKS.cli,
  },
  'migration-load-failed': {
    title: 'A migration file cannot be loaded',
    stage: 'migrate',
    weight: 'stop',
    messages: [
      { text: "failed to load migration '{module}' of '{plugin}' subsystem", versions: '0.15 and later' },
      { text: "failed to load migration '{module=kong.plugins.*}': {error}", versions: '0.15 and later' },
      { text: "failed to load migration '{name}': {error}", versions: '0.15 and later' },
      { text: "migrations/init.lua:{line}: malformed number near '{name}'", versions: 'all: a name without quotes' },
    ],
    cause:
      'migrations/init.lua of the plugin lists a name whose file is not there or not right. Names are quoted strings without .lua.',
    steps: [
      'migrations/init.lua: return { "000_base_myplugin" }, beside migrations/000_base_myplugin.lua.',
      'List both files in build.modules of the rockspec.',
    ],
    fixes: ['list-modules-in-rockspec'],
    related: ['migrations-index-not-table'],
    link: LINKS.daos,
  },
  'migrations-index-not-table': {
    title: 'migrations/init.lua returns no table',
    stage: 'migrate',
    weight: 'stop',
    messages: [
      { text: "migrations index from '{module=kong.plugins.*}' must be a table", versions: '0.15 and later' },
      { text: "migrations index from '{namespace}' must be a table", versions: '0.15 and later' },
    ],
    cause: 'The file ends without return, or returns something else.',
    steps: ['End migrations/init.lua with: return { "000_base_myplugin" }.'],
    fixes: ['add-return'],
    related: ['migration-load-failed'],
    link: LINKS.daos,
  },
  'migration-invalid': {
    title: 'A migration has the wrong shape',
    stage: 'migrate',
    weight: 'stop',
    messages: [
      { text: "migration '{module}' of '{plugin}' subsystem is invalid: {error}", versions: '0.15 and later' },
      { text: 'subsystem is invalid: {error}', weak: true },
    ],
    cause:
      'A migration of {plugin} returns something that this Kong does not take: {error}. The part for Postgres is called postgres, with up or teardown in it.',
    steps: [
      { kong: '>=3.4', text: 'Return { postgres = { up = [[ … ]] } } and no cassandra part: from 3.4 on it is refused.' },
      {
        kong: '<3.4',
        text: 'Return { postgres = { up = [[ … ]] }, cassandra = { up = [[ ]] } }: up to 3.3 both parts must be there.',
      },
    ],
    related: ['migration-missing-strategy'],
    link: LINKS.daos,
  },
  'migration-not-recorded': {
    title: 'A migration ran and could not be finished: {name}',
    stage: 'migrate',
    weight: 'stop',
    messages: [
      { text: "failed to record migration '{name}': {error}", versions: '0.15 and later' },
      { text: "failed to load translation function for migration '{name}': no '{entity}' DAO exists", versions: '2.0 and later' },
    ],
    cause:
      'The migration {name} was begun, and its end was not written down: {error}. Either the database was lost in the middle, or it speaks of an entity that no daos.lua declares.',
    steps: [
      'Run kong migrations up again once the database is reachable: statements that may run twice (IF NOT EXISTS) do no harm.',
      'Declare the entity in daos.lua, or take its translation out of the migration.',
    ],
    related: ['migration-sql-failed'],
    link: LINKS.daos,
  },
  'migration-missing-strategy': {
    title: 'A migration has no part for this database',
    stage: 'migrate',
    weight: 'stop',
    messages: [{ text: "missing {strategy} strategy for migration '{name}'", versions: '0.15 and later' }],
    cause: 'The migration {name} has no table called {strategy}, and that is the configured database.',
    steps: ['Add {strategy} = { up = [[ … ]] } to the migration.'],
    related: ['migration-invalid'],
    link: LINKS.daos,
  },
  'migration-sql-failed': {
    title: 'The SQL of a migration fails: {name}',
    stage: 'migrate',
    weight: 'refuse',
    messages: [
      { text: "failed to run migration '{name}' {up|teardown|up_f}: {error}", versions: '0.15 and later' },
      { text: 'cluster_mutex callback threw an error: {error}', weak: true, versions: '0.15 and later' },
    ],
    cause: 'The database refused a statement of the migration {name}: {error}.',
    steps: [
      'Write statements that can run twice: CREATE TABLE IF NOT EXISTS …',
      'Try the SQL in psql, mend the file, and run kong migrations up again (up --force repeats what has run).',
    ],
    related: ['migrations-locked'],
    link: LINKS.daos,
  },
  'migrations-not-found-in-package-path': {
    title: 'Migrations of a plugin on lua_package_path are not seen',
    stage: 'migrate',
    weight: 'note',
    messages: [
      { text: 'Database is already up-to-date', sign: true, versions: 'when lua_package_path was not set for the command' },
    ],
    cause:
      'The migrations command looks on the search path of its own settings; without the plugin and its path it finds nothing, and later the tables are missing.',
    steps: [
      'Run it with the image, KONG_PLUGINS and KONG_LUA_PACKAGE_PATH of the node.',
      { kong: '<2.5', text: 'Up to 2.4 the path needs an entry with ?/init.lua, too.' },
    ],
    related: ['migrations-new-available'],
    link: LINKS.cli,
  },
  'migrations-legacy-0x': {
    title: 'The database schema does not match (Kong 0.11 to 0.14)',
    stage: 'migrate',
    weight: 'stop',
    messages: [{ text: 'the current database schema does not match this version of Kong', versions: '0.11 to 0.15' }],
    cause: 'Kong before 0.15 wants its migrations for a fresh or older database, and after a plugin with tables was enabled.',
    steps: ['Run kong migrations up.'],
    fixes: ['run-migrations-up'],
    link: LINKS.cli,
  },
  'database-unreachable': {
    title: 'Kong cannot reach or use its database',
    stage: 'migrate',
    weight: 'stop',
    messages: [
      ...['failed to retrieve PostgreSQL server_version_num: ', '[PostgreSQL error] '].flatMap((head) => [
        { text: `${head}{dots}authentication exchange unsuccessful`, versions: '2.0 and later', means: REFUSED_LOGIN },
        {
          text: `${head}{dots}password authentication failed for user "{value}"`,
          versions: 'all',
          means: REFUSED_LOGIN,
        },
        {
          text: `${head}{dots}database "{name}" does not exist`,
          versions: 'all',
          means: 'Postgres is there, but has no database {name}: pg_database is another name, or it was never created.',
        },
        {
          text: `${head}{dots}role "{name}" does not exist`,
          versions: 'all',
          means: 'Postgres is there, but has no user {name}: pg_user is another name, or it was never created.',
        },
        {
          text: `${head}{dots}no pg_hba.conf entry for {error}`,
          versions: 'all',
          means:
            'Postgres is there, but its pg_hba.conf lets nobody in who comes from that address, as that user or without TLS: {error}.',
        },
      ]),
      {
        text: "don't know how to auth: {n}",
        versions: 'up to 2.3',
        means:
          'Postgres asks for a way of login that this Kong does not know: 10 is SCRAM-SHA-256, the default from Postgres 14 on, which Kong knows from 2.4 on. Upgrade Kong, or set password_encryption = md5 in Postgres and the password of the user anew.',
      },
      { text: 'failed to retrieve PostgreSQL server_version_num: {error}', versions: '1.4 and later' },
      { text: 'failed to retrieve server_version_num: {error}', versions: '0.15 to 1.3' },
      {
        text: '[PostgreSQL error] {error=connection refused|host or service not provided|FATAL: password authentication failed|could not }',
        versions: 'all',
      },
      {
        text: 'Kong requires {database=PostgreSQL|Cassandra} {wanted} or greater (currently using {found})',
        versions: '0.13 to 0.15, 2.2 and later',
      },
      { text: '{cassandra|Cassandra} error] {dots}all hosts tried for query failed', versions: 'up to 3.3' },
    ],
    cause: 'Before it looks at any plugin, Kong asks its database for its version and got no answer: {error}.',
    steps: [
      'connection refused or timeout: is the database up, and is pg_host right as seen from inside the container (not localhost)?',
      'DNS resolution failed: are both in one Docker network?',
      'password authentication failed: check pg_user and pg_password.',
      'Let Kong wait for the health check of the database.',
    ],
    link: LINKS.configuration,
  },
} satisfies EntryTable;
