// One request through a node and what came of it, as the engine knows it and as it is shown: there without secrets.
import type { Received } from '../../node/container/echo';
import type { Finding } from '../../troubleshoot/finding';
import type { Changes } from './compare';

/** A request to the proxy. */
export interface TrialRequest {
  method: string;
  /** Begins with a slash; with the query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}

export interface TrialResponse {
  status: number;
  /** Names in lower case; of a header that came more than once the values, with commas between them. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** How long a plugin took, in milliseconds by phase. */
export interface PluginTimes {
  name: string;
  ms: Record<string, number>;
}

/** A message of the error log. */
export interface LoggedLine {
  /** One-based, in what the node logged since the request was sent, as in the evidence of findings. */
  line: number;
  level: string;
  text: string;
}

/** What one request did: the shape of `kong-plugin try --format json`. */
export interface TrialResult {
  request: TrialRequest;
  response: TrialResponse;
  /** What reached the echo upstream of a development node; null where another or none was reached. */
  upstream: Received | null;
  /** The plugins that ran; null where Kong does not tell. */
  plugins: PluginTimes[] | null;
  /** What plugins logged for this request. */
  log: LoggedLine[];
  findings: Finding[];
}

/** A result, with what is to be said of how certain it is. */
export interface Trial {
  result: TrialResult;
  /** What plugins changed; null where that was not asked for, or cannot be told, as a remark then says. */
  changes: Changes | null;
  remarks: string[];
}
