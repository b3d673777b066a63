// Which Kong `--kong` names: a version, an image, or a node that is asked.
import type { KongVersion } from '../kong/versions';
import { UserError } from '../system/userError';
import type { Io } from './io';

/** What may stand behind `--kong`, for the help. */
export const KONG_FLAG = '3.9, 3.9.1, enterprise-3.12, an image such as kong:3.9.1, or node:NODE';

/** Reads the flag; the default Kong without one. Throws UserError for a version that does not exist and for a node that does not tell its own. */
export async function kongFlag(flag: string | undefined, io: Io): Promise<KongVersion> {
  const { DEFAULT_KONG, kongVersionOfNode, parseKongVersion } = await import('../kong/versions');
  const id = /^node:(.+)$/s.exec(flag ?? '')?.[1];
  if (id === undefined) return parseKongVersion(flag ?? DEFAULT_KONG);
  const { openNodes } = await import('../node/registry');
  const [node] = await openNodes(id, { cwd: io.cwd, env: io.env });
  const said = node === undefined ? undefined : (await node.facts(io.signal)).kong;
  const version = said === undefined ? undefined : kongVersionOfNode(said);
  if (version !== undefined) return version;
  throw new UserError(`${id} does not tell a Kong version whose rules are known.`, {
    exitCode: 3,
    next: 'Say the version: --kong 3.9.',
  });
}
