// The request that failed, as Kong's log tells of it, and the way to send it once more: only what asks and changes nothing.
import { posix } from 'node:path';
import type { AdminRequest } from '../../kong/adminClient';
import type { Node } from '../../node/node';
import type { Finding } from '../../troubleshoot/finding';
import { maskSecrets } from '../../troubleshoot/secrets/mask';
import { partedLog } from '../state/logOfNow';

/** One request to the proxy of a node. */
export interface FailedRequest {
  request: AdminRequest;
  /** `GET /path`, without secrets. */
  says: string;
}

/** How one went: where the log ended before it, and the status of its answer. */
export interface Sent {
  mark: string;
  answered: number;
}

const RECORD = /^(?=\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\w+\] )/m;
/** How nginx ends what it logs while a request is served (ngx_http_log_error); the other server is the Admin API. */
const OF_REQUEST =
  /, client: [^,]+, server: kong, request: "GET (\/\S*) HTTP\/[\d.]+"(?:, upstream: "[^"]*")?(?:, host: "([\w.:[\]-]+)")?/;

/** The last GET that showed a finding, in the log of the Kong that runs now; undefined when none is told of. */
export async function failedRequest(node: Node, { file, line, evidence: [first] }: Finding): Promise<FailedRequest | undefined> {
  const sign = file !== null && line !== null ? `${posix.basename(file)}:${line}:` : first?.text;
  if (node.proxy === undefined || sign === undefined) return undefined;
  const { now } = await partedLog(node);
  let last: RegExpExecArray | undefined;
  for (const record of now.split(RECORD)) if (record.includes(sign)) last = OF_REQUEST.exec(record) ?? last;
  if (last === undefined) return undefined;
  const [, path = '/', host] = last;
  const headers = host === undefined ? {} : { headers: { host } };
  return { request: { method: 'GET', path, ...headers }, says: `GET ${maskSecrets(path)}` };
}

/** Sends it once more; undefined where the proxy cannot be reached. */
export async function requestAgain(
  node: Node,
  { request }: FailedRequest,
  signal: AbortSignal | undefined,
): Promise<Sent | undefined> {
  const transport = await node.proxy?.();
  if (transport === undefined) return undefined;
  const mark = await node.logEnd();
  try {
    return { mark, answered: (await transport(request, signal)).status };
  } catch (error) {
    signal?.throwIfAborted();
    // What carries it says in its own errors that nobody answered; a bug of ours is none of those.
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    return undefined;
  }
}
