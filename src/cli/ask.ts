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

/**
 * How a database that is to be changed is asked for: told once, by `--yes`, or by the person at the terminal, one question after the other; nobody
 * there means no.
 */
export function agreeing(io: Io, { yes = false }: { yes?: boolean }): (question: string) => Promise<boolean> {
  let asked: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = asked.then(() => yes || askYes(io, `${question} Go on?`));
    asked = answer.catch(() => undefined);
    return answer;
  };
}
