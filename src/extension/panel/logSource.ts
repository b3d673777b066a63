// Where a log comes from, and reading it once for its findings and once for what the page shows of it.
import { messageOf, UserError } from '../../system/userError';
import type { PluginFiles } from '../../troubleshoot/mapping';
import type { Diagnosis } from './diagnosis';
import { excerpt } from './excerpt';

/** A log to diagnose: `open` gives its bytes, and may be called more than once. */
export interface LogSource {
  name: string;
  open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface Reading {
  plugins: readonly PluginFiles[];
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
}

/** Reads a log of any size. Throws UserError when it cannot be read, and the signal's reason when it is aborted. */
export async function readLogSource(
  source: LogSource,
  reading: Reading,
): Promise<Pick<Diagnosis, 'findings' | 'log' | 'lines' | 'kong'>> {
  let kong: string | null = null;
  try {
    const { diagnose } = await import('../../troubleshoot/diagnose');
    const findings = await diagnose(toAsync(source.open()), { ...reading, onKong: (version) => (kong = version) });
    const evidence = findings.flatMap((finding) => finding.evidence.map(({ line }) => line));
    return { findings, kong, ...(await excerpt(source.open(), evidence, reading.signal)) };
  } catch (error) {
    throw readable(error, source.name);
  }
}

async function* toAsync(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* chunks;
}

/** A file that cannot be read is the person's to mend; anything else is ours. */
function readable(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E[A-Z]+$/.test(code)
    ? new UserError(`${name} cannot be read: ${messageOf(error)}.`, { exitCode: 3, cause: error })
    : error;
}
