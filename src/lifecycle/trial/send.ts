// One request through a node's proxy, and what it did there: the answer, what plugins logged, what went wrong, and how long plugins took.
import { basename } from 'node:path';
import { pause, type AdminTransport } from '../../kong/adminClient';
import { isAtLeast, kongVersionOfNode } from '../../kong/versions';
import { echoOf, type EchoTrip } from '../../node/container/echo';
import type { Node, NodeFacts } from '../../node/node';
import type { Plugin } from '../../plugin/plugin';
import { UserError } from '../../system/userError';
import { findingsIn } from '../failure';
import { tellApart } from '../state/ambiguous';
import { answer, withoutDebugging } from './answer';
import { comparedWithout } from './compareOnNode';
import { hasEnded, loggedByPlugins, logOfRequest, type RequestLog, type SentRequest } from './requestLog';
import { answeredOutput, debugHeaders, loggedOutput, OUTPUT_HEADER, pluginTimes, TOKEN_FILE } from './times';
import type { PluginTimes, Trial, TrialRequest, TrialResponse } from './types';

export interface TrialOptions {
  signal?: AbortSignal | undefined;
  /** Plugins whose files are known: what they log is told also at the level at which Kong itself talks. */
  plugins?: readonly Pick<Plugin, 'modules'>[];
  /** On a development node: send it a second time, past the plugins, and tell what they changed. */
  compare?: boolean;
}

/** A log comes a little later than the answer, and the log phase runs after it. */
const LOG_MS = 600;
const LOG_POLL_MS = 40;
const UNCERTAIN =
  'This log does not name the request of its lines: they are those of whoever asked the same between sending and answer.';
const ID_HEADER = 'x-kong-request-id';
/** Request debugging came with 3.5. */
const DEBUGGING_SINCE = '3.5';

/**
 * Sends a request and waits for what the node logs of it. The result holds secrets as they were sent. Throws UserError (environment) when
 * nothing runs there, the proxy cannot be reached or does not answer.
 */
export async function sendTrial(node: Node, request: TrialRequest, options: TrialOptions = {}): Promise<Trial> {
  const { signal } = options;
  const facts = await node.facts(signal);
  const transport = await proxyOf(node, facts);
  const [token, echo] = await Promise.all([debugToken(node, facts), echoOf(node, facts)]);
  const [mark, before] = await Promise.all([node.logEnd(), echo === undefined ? Promise.resolve(0) : echo.last(signal)]);
  const headers = { ...request.headers, ...(token === undefined ? {} : debugHeaders(token)) };
  const response = await answer(transport, { ...request, headers }, signal);
  const sent: SentRequest = { method: request.method, path: request.path, id: response.headers[ID_HEADER] };
  const [text, trips] = await Promise.all([
    logSince(node, mark, sent, signal),
    echo === undefined ? Promise.resolve([]) : echo.since(before, signal),
  ]);
  const trip = tripOf(trips, sent.id);
  const log = logOfRequest(text, sent);
  const logged = loggedByPlugins(log, new Set(['handler.lua', ...namesOfFiles(options.plugins ?? [])]));
  const findings = await tellApart(node, await findingsIn(log.own, facts.kong, signal), { signal });
  const compared =
    options.compare !== true || echo === undefined
      ? { changes: null, remarks: [] }
      : await comparedWithout(
          { node, echo, transport, request, through: trip === undefined ? undefined : { trip, response } },
          signal,
        );
  return {
    result: {
      request,
      response: { ...response, headers: withoutDebugging(response.headers) },
      upstream: trip?.received ?? null,
      plugins: token === undefined ? null : timesOf(response, log),
      log: logged,
      findings,
    },
    changes: compared.changes,
    remarks: [...(log.certain || logged.length === 0 ? [] : [UNCERTAIN]), ...compared.remarks],
  };
}

/** As Lua names them in a log. */
function namesOfFiles(plugins: readonly Pick<Plugin, 'modules'>[]): string[] {
  return plugins.flatMap(({ modules }) => [...modules.values()].map((path) => basename(path)));
}

/** Of what reached the echo upstream meanwhile what is of this request: by its id, or else what came alone. Kong may send one again. */
function tripOf(trips: readonly EchoTrip[], id: string | undefined): EchoTrip | undefined {
  const own = trips.filter(({ received }) => id !== undefined && received.headers[ID_HEADER] === id);
  return own.at(-1) ?? (trips.length === 1 ? trips[0] : undefined);
}

async function proxyOf(node: Node, facts: NodeFacts): Promise<AdminTransport> {
  if (node.proxy === undefined) {
    throw new UserError(`Nothing runs on ${node.id}, so nothing answers a request.`, {
      exitCode: 3,
      next: 'Start a Kong with the plugin in a container: `kong-plugin dev`.',
    });
  }
  const transport = facts.running ? await node.proxy() : undefined;
  if (transport !== undefined) return transport;
  throw facts.running
    ? new UserError(`The proxy of ${node.id} cannot be reached: it is off, or listens only with TLS inside of its container.`, {
        exitCode: 3,
        next: 'Look at its proxy_listen, or publish its port.',
      })
    : new UserError(`No Kong runs on ${node.id}.`, {
        exitCode: 3,
        next: facts.paused ?? `Start it: \`kong-plugin restart --node ${node.id}\`.`,
      });
}

async function debugToken(node: Node, facts: NodeFacts): Promise<string | undefined> {
  const version = facts.kong === undefined ? undefined : kongVersionOfNode(facts.kong);
  if (version === undefined || !isAtLeast(version, DEBUGGING_SINCE)) return undefined;
  try {
    const token = (await node.read(`${facts.prefix}/${TOKEN_FILE}`))?.toString('utf8').trim() ?? '';
    return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch (error) {
    // Who may not read it does without the times.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What the node logged since the mark, read until it tells that the request has ended, or for as long as that may take. */
async function logSince(node: Node, mark: string, sent: SentRequest, signal: AbortSignal | undefined): Promise<string> {
  const end = Date.now() + LOG_MS;
  let ended = false;
  for (;;) {
    const { text } = await node.log(mark);
    // What went another way may come a moment later.
    if (ended || Date.now() > end) return text;
    ended = hasEnded(text, sent) || loggedOutput(messagesOf(logOfRequest(text, sent))) !== undefined;
    await pause(LOG_POLL_MS, signal);
  }
}

/** From the log, which tells of every phase, or else from the answer, which ends with its headers. */
function timesOf(response: TrialResponse, log: RequestLog): PluginTimes[] | null {
  const output = loggedOutput(messagesOf(log)) ?? answeredOutput(response.headers[OUTPUT_HEADER]);
  return output === undefined ? null : pluginTimes(output);
}

function messagesOf({ records }: RequestLog): string[] {
  return records.map(({ message }) => message);
}
