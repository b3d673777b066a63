// Test equipment: the image that the Docker tests run against. The test node's, or the one that KONG_TEST_IMAGE names; then rows that only the test
// node can have are left out, and say why.
import { execFileSync } from 'node:child_process';

/** A Kong's image, as the tests need to know it. */
export interface ImageUnderTest {
  image: string;
  /** Its version, as `kong version` tells. */
  kong: string;
  /** What makes `kong docker-start` of it. */
  entrypoint: string;
  /** The user that Kong runs as, and its number. */
  user: string;
  uid: string;
}

/** The image in place of the test node's; undefined is the usual case. */
export const otherImage: ImageUnderTest | undefined = read(process.env['KONG_TEST_IMAGE']);

/** What `docker-start` is given to in every image of the tests. */
export const ENTRYPOINT = otherImage?.entrypoint ?? '/docker-entrypoint.sh';

/** The user that Kong runs as in every image of the tests. */
export const KONG_USER = otherImage?.user ?? 'kong';

export const KONG_UID = otherImage?.uid ?? '1000';

/** The Kongs to run a suite with: both that the test node can be, or the one of the other image. */
export const KONGS: readonly string[] = otherImage === undefined ? ['3.9.1', '2.8.5'] : [otherImage.kong];

/** The version that a node which was asked for as this Kong really is. */
export function versionOf(kong: string): string {
  return otherImage?.kong ?? kong;
}

/** Whether two versions are of one generation: 2.x, or 3.x. */
export function isOfGeneration(kong: string, generation: 2 | 3): boolean {
  return kong.startsWith(`${generation}.`);
}

/**
 * Registers a test; or, where there is a reason and another image than the test node's is run, says that it is left out. What is left out counts
 * neither as passed nor as skipped: test/reporter.mjs prints it.
 */
export function itUnless(reason: string | undefined, title: string, body: () => Promise<void>): void {
  if (reason === undefined || otherImage === undefined) it(title, body);
  else Object.assign(it(`${title}: left out, because ${reason}`), { leftOut: true });
}

function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

function read(image: string | undefined): ImageUnderTest | undefined {
  if (image === undefined || image === '') return undefined;
  if (docker('image', 'ls', '--quiet', image) === '') docker('pull', image);
  const { Entrypoint, User } = JSON.parse(docker('image', 'inspect', '--format', '{{json .Config}}', image)) as {
    Entrypoint: string[] | null;
    User: string;
  };
  const [entrypoint] = Entrypoint ?? [];
  if (entrypoint === undefined) throw new Error(`${image} has no entry point: it is no image of Kong.`);
  const kong = /\d+\.\d+\.\d+/.exec(docker('run', '--rm', image, 'kong', 'version'))?.[0];
  if (kong === undefined) throw new Error(`${image} does not tell its version.`);
  return { image, kong, entrypoint, user: User === '' ? 'root' : User, uid: docker('run', '--rm', image, 'id', '-u') };
}

/** The `_format_version` of a declarative configuration for the newer Kong of the tests. */
export const FORMAT = isOfGeneration(versionOf('3.9.1'), 3) ? '3.0' : '2.1';
