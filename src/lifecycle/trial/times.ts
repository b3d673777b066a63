// What Kong's request debugging tells of one request (3.5 and later, kong/timing): how long each plugin took in each phase.
import { asObject, type Json } from '../../kong/adminClient';
import { readJson } from '../../text/json';
import type { PluginTimes } from './types';

/** The file below the prefix in which a Kong with `request_debug = on` keeps the token for it. */
export const TOKEN_FILE = '.request_debug_token';

/** The answer's header; Kong cuts it when it is long, and it ends with the phase in which headers are sent. */
export const OUTPUT_HEADER = 'x-kong-request-debug-output';

/** The headers that ask for it. Kong takes them off before plugins and upstream see the request. */
export function debugHeaders(token: string): Record<string, string> {
  return { 'x-kong-request-debug': '*', 'x-kong-request-debug-token': token, 'x-kong-request-debug-log': 'true' };
}

/** In the order in which a request meets them. */
const PHASES = ['certificate', 'rewrite', 'access', 'balancer', 'response', 'header_filter', 'body_filter', 'log'];
const WHOLE = /\[request-debug\] output: (\{[\s\S]*\})/;
const PART = /\[request-debug\] parts: (\d+)\/(\d+) output: ([\s\S]*)$/;

/** The output in messages of the log, whole or put together from its parts; undefined when it is not there, or not all of it. */
export function loggedOutput(messages: readonly string[]): Json | undefined {
  const whole = messages.map((message) => WHOLE.exec(message)?.[1]).find((text) => text !== undefined);
  if (whole !== undefined) return readJson(whole) as Json | undefined;
  const parts = new Map<number, string>();
  let count = 0;
  for (const message of messages) {
    const [, number, of, piece] = PART.exec(message) ?? [];
    if (piece === undefined) continue;
    parts.set(Number(number), piece);
    count = Number(of);
  }
  if (count === 0 || parts.size !== count) return undefined;
  return readJson(
    [...parts]
      .sort(([a], [b]) => a - b)
      .map(([, piece]) => piece)
      .join(''),
  ) as Json | undefined;
}

/** The output in the answer's header; undefined when it is not there or was cut. */
export function answeredOutput(header: string | undefined): Json | undefined {
  const output = header === undefined ? undefined : (readJson(header) as Json | undefined);
  return asObject(output)['truncated'] === true ? undefined : output;
}

/** The plugins that an output tells of, with the milliseconds of each phase; within one phase Kong does not tell their order. */
export function pluginTimes(output: Json): PluginTimes[] {
  const found = new Map<string, Record<string, number>>();
  const told = childrenOf(output);
  for (const phase of PHASES) {
    const context = told[phase];
    for (const [name, plugin] of Object.entries(childrenOf(childrenOf(context)['plugins']))) {
      const ms = found.get(name) ?? {};
      found.set(name, ms);
      // One entry for each configuration of it that ran.
      const took = Object.values(childrenOf(plugin)).map((entry) => asObject(entry)['total_time']);
      const sum = took.reduce<number>((total, time) => total + (typeof time === 'number' ? time : 0), 0);
      ms[phase] = Math.round(((ms[phase] ?? 0) + sum) * 100) / 100;
    }
  }
  return [...found].map(([name, ms]) => ({ name, ms }));
}

function childrenOf(context: Json | undefined): Record<string, Json> {
  return asObject(asObject(context)['child']);
}
