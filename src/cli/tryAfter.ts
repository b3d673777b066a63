// `kong-plugin watch --try`: requests that are sent after every save that a node took, and what came of each in short.
import { resolve } from 'node:path';
import type { SavedRequest } from '../lifecycle/trial/httpFile';
import type { Node } from '../node/node';
import type { Plugin } from '../plugin/plugin';
import { messageAndNext, UserError } from '../system/userError';
import type { Io } from './io';

/** A request, what it is called, and what is expected of its answer. */
export type Tried = Pick<SavedRequest, 'name' | 'request' | 'expects'>;

/** How one went, as the JSON tells it. */
export interface ToldTry {
  node: string;
  name: string;
  /** Answered, as expected, and nothing went wrong in it. */
  ok: boolean;
  status: number | null;
  /** What was seen, in a line. */
  text: string;
  failures: string[];
}

/** The requests of `FILE.http`, or the one of `GET /path`. Throws UserError (usage) for what is neither. */
export async function triesOf(io: Io, what: string): Promise<Tried[]> {
  if (/\.(?:http|rest)$/i.test(what)) {
    const { savedRequests } = await import('../lifecycle/trial/saved');
    return savedRequests(resolve(io.cwd, what), io.env);
  }
  const { typedRequest } = await import('../lifecycle/trial/request');
  const request = typedRequest(what);
  return [{ name: `${request.method} ${request.path}`, request, expects: [] }];
}

/** Sends them in turn through a node's proxy. */
export async function tryOn(
  node: Node,
  tries: readonly Tried[],
  plugins: readonly Plugin[],
  signal: AbortSignal,
): Promise<ToldTry[]> {
  const told: ToldTry[] = [];
  for (const tried of tries) told.push(await tryOne(node, tried, plugins, signal));
  return told;
}

async function tryOne(
  node: Node,
  { name, request, expects }: Tried,
  plugins: readonly Plugin[],
  signal: AbortSignal,
): Promise<ToldTry> {
  const [{ sendTrial }, { changesWithoutSecrets, sentenceWithoutSecrets, withoutSecrets }, { shortTrialText }] =
    await Promise.all([
      import('../lifecycle/trial/send'),
      import('../lifecycle/trial/shown'),
      import('../lifecycle/trial/trialText'),
    ]);
  try {
    const { result, changes } = await sendTrial(node, request, { signal, plugins, compare: true });
    const unmet = expects.flatMap(({ text, failure }) => {
      const but = failure(result.response);
      return but === undefined ? [] : [sentenceWithoutSecrets(`expected ${text}, but ${but}`, result)];
    });
    const shown = withoutSecrets(result);
    const failures = [...unmet, ...shown.findings.map(({ title, id }) => `${title} [${id}]`)];
    const text = shortTrialText(shown, changes === null ? null : changesWithoutSecrets(changes, result));
    return { node: node.id, name, ok: failures.length === 0, status: result.response.status, text, failures };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { node: node.id, name, ok: false, status: null, text: name, failures: [messageAndNext(error)] };
  }
}

/** What came of it, for people. */
export function triedText({ name, ok, text, failures }: ToldTry): string {
  const called = text.startsWith(name) ? '' : `${name}: `;
  return [`  ${ok ? '✓' : '✗'} ${called}${text}`, ...failures.map((failure) => `      ${failure}`)]
    .map((line) => `${line}\n`)
    .join('');
}
