// The saved requests of a plugin's folder, sent one after the other and held against what they expect: a smoke test.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from '../../node/node';
import { cannot } from '../../system/fileErrors';
import { messageAndNext, UserError } from '../../system/userError';
import { readHttpFile, type SavedRequest } from './httpFile';
import { sendTrial, type TrialOptions } from './send';
import type { Trial } from './types';

/** A saved request and its file, absolute. */
export interface SavedAt extends SavedRequest {
  file: string;
}

/** How one went. */
export interface SavedOutcome {
  saved: SavedAt;
  /** undefined when no answer came, which the failures then say. */
  trial: Trial | undefined;
  /** What is not as expected, a sentence each; empty when all is, and nothing went wrong. */
  failures: string[];
}

const HTTP_FILE = /\.(?:http|rest)$/i;
/** Folders that hold packages and installed copies, and those whose name begins with a dot. */
const NEVER = /^(?:\.|node_modules$|lua_modules$|servroot$)/;
const DEEPEST = 8;
const LARGEST = 1024 * 1024;

/**
 * The saved requests of a file, or of every `.http` and `.rest` file below a folder, in the order of their paths. Throws UserError (usage) when
 * there are none, and for a line of them that cannot be read: what is not looked at must not look as if it were.
 */
export async function savedRequests(path: string, env: Readonly<Record<string, string | undefined>>): Promise<SavedAt[]> {
  const info = await stat(path).catch((error: unknown) => {
    throw cannot('read', path, error, 2);
  });
  const files = info.isDirectory() ? await filesBelow(path, DEEPEST) : [path];
  const found: SavedAt[] = [];
  for (const file of files) {
    if ((await stat(file)).size > LARGEST)
      throw new UserError(`${file} is larger than 1 MB.`, { exitCode: 2, at: { path: file } });
    const { requests, problems } = readHttpFile(await readFile(file, 'utf8'), env);
    const [problem] = problems;
    if (problem !== undefined) {
      throw new UserError(`${file}:${problem.line + 1}: ${problem.message}`, {
        exitCode: 2,
        at: { path: file, line: problem.line },
      });
    }
    found.push(...requests.map((saved) => ({ ...saved, file })));
  }
  if (found.length === 0) {
    throw new UserError(`There is no saved request in ${path}.`, {
      exitCode: 2,
      next: 'Save some in a file such as requests.http: "GET /path", with "# expect status 200" above, and ### between two.',
    });
  }
  return found;
}

/** Sends each in turn; yields how it went. Throws UserError (environment) when nothing runs on the node. */
export async function* trySaved(node: Node, requests: readonly SavedAt[], options: TrialOptions): AsyncGenerator<SavedOutcome> {
  for (const [i, saved] of requests.entries()) {
    let trial: Trial | undefined;
    const failures: string[] = [];
    try {
      trial = await sendTrial(node, saved.request, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      // Where not even the first is answered there is nothing to test.
      if (!(error instanceof UserError) || i === 0) throw error;
      failures.push(messageAndNext(error));
    }
    if (trial !== undefined) failures.push(...failuresOf(saved, trial));
    yield { saved, trial, failures };
  }
}

function failuresOf({ expects }: SavedAt, { result }: Trial): string[] {
  const unmet = expects.flatMap(({ text, failure }) => {
    const but = failure(result.response);
    return but === undefined ? [] : [`expected ${text}, but ${but}`];
  });
  return [...unmet, ...result.findings.map(({ title, id }) => `${title} [${id}]`)];
}

async function filesBelow(dir: string, deeper: number): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    throw cannot('read', dir, error, 2);
  });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isFile() && HTTP_FILE.test(entry.name)) found.push(join(dir, entry.name));
    else if (entry.isDirectory() && deeper > 0 && !NEVER.test(entry.name))
      found.push(...(await filesBelow(join(dir, entry.name), deeper - 1)));
  }
  return found;
}
