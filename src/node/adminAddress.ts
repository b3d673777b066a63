// The way to an Admin API whose address somebody gave, and whose certificate is believed there: Kong makes itself one that nobody has signed.
import { readFile } from 'node:fs/promises';
import { httpTransport, type AdminTransport, type AdminTrust } from '../kong/adminClient';
import { UserError } from '../system/userError';

/** A PEM file with the authority that signed the certificates of Admin APIs. */
const CA_VARIABLE = 'KONG_ADMIN_CA';
/** Addresses, `host` or `host:port` with commas between them, whose certificate is not verified. */
const UNVERIFIED_VARIABLE = 'KONG_ADMIN_UNVERIFIED';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/;

/** Verified, but for this machine's own address and those that a variable names. Throws UserError (usage) for an authority's file that cannot be read. */
export async function adminTrust(base: string, env: Readonly<Record<string, string | undefined>>): Promise<AdminTrust> {
  const url = new URL(base);
  const named = (env[UNVERIFIED_VARIABLE] ?? '').split(',').map((address) => address.trim());
  const address = `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
  if (LOOPBACK.test(url.hostname) || named.includes(url.hostname) || named.includes(address)) return { verify: false };
  const path = env[CA_VARIABLE] ?? '';
  if (path === '') return { verify: true };
  const ca = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`${CA_VARIABLE} names ${path}, which cannot be read.`, { exitCode: 2, cause });
  });
  return { verify: true, ca };
}

/** A transport to an address, whose certificate is looked at as the surroundings say. Throws UserError (usage) for a file of theirs that cannot be read. */
export async function addressTransport(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AdminTransport> {
  return httpTransport(address, undefined, await adminTrust(address, env));
}
