// The parts of a migration that a Kong takes: of both databases up to 3.3, of Postgres alone from 3.4 on (recorded of both).
import assert from 'node:assert/strict';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { preflightCode } from '../../../src/plugin/preflight';

const FILES = {
  handler: 'return { PRIORITY = 1, VERSION = "1.0.0" }',
  schema: 'return { name = "x", fields = { { config = { type = "record", fields = {} } } } }',
  migrations: 'return { "000_base" }',
};

function problemsOf(migration: string, kong: string): string[] {
  const files = { ...FILES, 'migrations.000_base': migration };
  const sources = new Map(
    Object.entries(files).map(([part, text]) => [`kong.plugins.x.${part}`, new LuaSource(text, `/p/${part}.lua`)]),
  );
  const { problems } = preflightCode({ name: 'x', sources, dependencies: [] }, parseKongVersion(kong));
  return problems
    .filter(({ id }) => id === 'migration-invalid')
    .map(({ message }) => message.replace(/^.*schema violation /, ''));
}

const BOTH = 'return { postgres = { up = "" }, cassandra = { up = "" } }';
const POSTGRES = 'return { postgres = { up = "" } }';

describe('a migration', () => {
  for (const [migration, kong, said] of [
    [BOTH, '3.4.2', ['(cassandra: unknown field)']],
    [BOTH, '3.9.1', ['(cassandra: unknown field)']],
    [BOTH, '3.3.1', []],
    [BOTH, '2.8.5', []],
    [POSTGRES, '3.9.1', []],
    [POSTGRES, '3.3.1', ['(cassandra: required field missing)']],
    [POSTGRES, '2.8.5', ['(cassandra: required field missing)']],
    ['return { cassandra = { up = "" } }', '3.9.1', ['(cassandra: unknown field)']],
    ['return {}', '3.9.1', ['(postgres: required field missing)']],
    [`local m = ${POSTGRES.slice(7)}\nif os.getenv("OLD") then m.cassandra = {} end\nreturn m`, '3.9.1', []],
  ] as const) {
    it(`${migration} on ${kong}: ${said[0] ?? 'taken'}`, () => assert.deepEqual(problemsOf(migration, kong), said));
  }
});
