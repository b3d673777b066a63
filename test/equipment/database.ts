// Test equipment: the database of one node. The test node plays it with a file; every other image gets a real PostgreSQL beside it.
import { docker, LABEL } from './docker';
import { otherImage } from './underTest';
import { until } from './until';

/** How a node reaches its database. */
export interface TestDatabase {
  env: Readonly<Record<string, string>>;
  /** Arguments of `docker run` of the node. */
  args: readonly string[];
  remove(): Promise<void>;
}

/** The image of PostgreSQL for other images than the test node's: the one that KONG_TEST_POSTGRES names, or Docker's own. */
export const POSTGRES_IMAGE = process.env['KONG_TEST_POSTGRES'] ?? 'postgres:16';

const ACCESS = { user: 'kong', password: 'kong', database: 'kong' };

/** Starts the database of a node and waits until it takes connections. */
export async function startDatabase(node: string): Promise<TestDatabase> {
  // The file is in a volume, so that a copy of the container has the same database.
  if (otherImage === undefined)
    return { env: { KONG_DATABASE: 'postgres' }, args: ['--volume', '/var/lib/test-postgres'], remove: () => Promise.resolve() };
  const name = `${node}-database`;
  await docker('network', 'create', '--label', LABEL, name);
  const variables = Object.entries(ACCESS).map(
    ([key, value]) => `POSTGRES_${key === 'database' ? 'DB' : key.toUpperCase()}=${value}`,
  );
  const env = variables.flatMap((variable) => ['--env', variable]);
  await docker('run', '--detach', '--name', name, '--label', LABEL, '--network', name, ...env, POSTGRES_IMAGE);
  // While it makes its tables it listens on no network.
  const asked = ['pg_isready', '--host', '127.0.0.1', '--username', ACCESS.user];
  await until(
    'PostgreSQL',
    () =>
      docker('exec', name, ...asked).then(
        () => true,
        () => undefined,
      ),
    60_000,
  );
  return {
    env: {
      KONG_DATABASE: 'postgres',
      KONG_PG_HOST: name,
      KONG_PG_USER: ACCESS.user,
      KONG_PG_PASSWORD: ACCESS.password,
      KONG_PG_DATABASE: ACCESS.database,
      // Kong asks for SRV records first, and where no server of the network answers, each of its workers waits for that.
      KONG_DNS_ORDER: 'LAST,A,CNAME',
    },
    args: ['--network', name],
    remove: async () => {
      await docker('rm', '--force', '--volumes', name);
      await docker('network', 'rm', name);
    },
  };
}
