// The real interpreters, asked about many chunks in one process.
import { join } from 'node:path';
import type { Dialect } from '../../../../src/lua/source';
import { runProcess } from '../../../../src/system/process';

/** The program that speaks a dialect, as Debian names it. */
export const PROGRAMS: Readonly<Record<Dialect, string>> = { '5.1': 'lua5.1', luajit: 'luajit' };

/**
 * Asks an interpreter about chunks (bytes, one character each) and gives its answers in their order: `interpreters.lua` says what each mode answers.
 * Throws when the interpreter is missing, and its own words when it ends early.
 */
export async function ask(dialect: Dialect, mode: 'verdict' | 'values', chunks: readonly string[]): Promise<string[]> {
  const result = await runProcess({
    command: PROGRAMS[dialect],
    args: [join(__dirname, 'interpreters.lua'), mode],
    input: Buffer.from(chunks.map((chunk) => `${chunk.length}\n${chunk}`).join(''), 'latin1'),
    timeout: 60_000,
  });
  const answers = unframed(result.stdout.toString('latin1'));
  if (answers.length === chunks.length) return answers;
  throw new Error(`${PROGRAMS[dialect]} answered ${answers.length} of ${chunks.length} chunks: ${result.stderr.toString()}`);
}

function unframed(output: string): string[] {
  const answers: string[] = [];
  for (let at = 0; at < output.length;) {
    const lineEnd = output.indexOf('\n', at);
    at = lineEnd + 1 + Number(output.slice(at, lineEnd));
    answers.push(output.slice(lineEnd + 1, at));
  }
  return answers;
}
