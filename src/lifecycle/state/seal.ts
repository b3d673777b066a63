// The seal on what we keep on a node: a node may come from somebody else, with state that only looks like ours.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { userSecret } from '../../system/userSecret';

/** What is kept under seal; a seal of one kind is none on another. */
export type SealedKind = 'journal' | 'receipt' | 'settings';

/** What a file of ours holds, and whether this user wrote it on this machine. */
export interface Unsealed {
  value: Readonly<Record<string, unknown>>;
  ours: boolean;
}

/** The text of a state file, with its seal; without one where no secret can be kept. */
export async function sealed(kind: SealedKind, value: object): Promise<string> {
  const secret = await userSecret();
  const seal = secret === undefined ? {} : { seal: sealOf(secret, kind, JSON.stringify(value)) };
  return `${JSON.stringify({ ...value, ...seal }, null, 2)}\n`;
}

/** Reads a state file; undefined for what is none: a killed process may have left pieces. */
export async function unsealed(kind: SealedKind, text: string | undefined): Promise<Unsealed | undefined> {
  const parsed = text === undefined ? undefined : parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const { seal, ...value } = parsed as Record<string, unknown>;
  const secret = typeof seal === 'string' ? await userSecret() : undefined;
  if (secret === undefined || typeof seal !== 'string') return { value, ours: false };
  const expected = Buffer.from(sealOf(secret, kind, JSON.stringify(value)));
  const given = Buffer.from(seal);
  return { value, ours: given.length === expected.length && timingSafeEqual(given, expected) };
}

function sealOf(secret: Buffer, kind: SealedKind, text: string): string {
  return createHmac('sha256', secret).update(`${kind}\n${text}`).digest('hex');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
