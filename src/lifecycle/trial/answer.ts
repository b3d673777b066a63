// Carrying one request to a proxy and its answer back.
import type { AdminTransport } from '../../kong/adminClient';
import { messageOf, UserError } from '../../system/userError';
import { OUTPUT_HEADER } from './times';
import type { TrialRequest, TrialResponse } from './types';

/** Sends a request once. Throws UserError (environment) when no answer comes. */
export async function answer(
  transport: AdminTransport,
  request: TrialRequest,
  signal: AbortSignal | undefined,
): Promise<TrialResponse> {
  const { method, path, headers, body } = request;
  try {
    return await transport({ method, path, headers, ...(body === null ? {} : { body }), once: true }, signal);
  } catch (error) {
    signal?.throwIfAborted();
    // What carries it says in errors of its own that nobody answered; a bug of ours is none of those.
    if (error instanceof UserError || error instanceof TypeError || error instanceof RangeError) throw error;
    throw new UserError(`The proxy does not answer: ${messageOf(error)}.`, {
      exitCode: 3,
      next: 'See whether this Kong serves, and what its log says: `kong-plugin diagnose --node NODE`.',
      cause: error,
    });
  }
}

/** The headers of an answer without what we asked Kong for. */
export function withoutDebugging(headers: TrialResponse['headers']): TrialResponse['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== OUTPUT_HEADER));
}
