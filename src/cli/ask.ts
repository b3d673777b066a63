// Asking the person at the terminal for a yes.
import { createInterface } from 'node:readline/promises';
import type { Io } from './io';

/** Whether the person answers yes; nobody there means no. */
export async function askYes(io: Io, question: string): Promise<boolean> {
  if (!io.interactive) return false;
  const dialog = createInterface({ input: io.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await dialog.question(`${question} [y/N] `, { signal: io.signal })).trim());
  } finally {
    dialog.close();
  }
}
