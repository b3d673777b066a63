// What a person reads of the phases of a handler: when Kong calls them and with what (kong/init.lua and kong/runloop/plugins_iterator.lua).
import { PHASES } from '../../kong/pdk/phases';
import { own } from '../../text/own';
import { isAtLeast, type KongVersion } from '../../kong/versions';

const WORDS: Readonly<Record<string, string>> = {
  init_worker: 'Kong calls it once in each worker when the worker starts, whether anything configures the plugin or not.',
  configure:
    'Kong calls it when the worker starts and whenever plugins change, with a list of all configurations of the plugin; nil when there is none.',
  certificate: 'Kong calls it while the client’s TLS handshake runs, before a certificate is chosen. There is no request yet.',
  rewrite: 'Kong calls it when a request arrives, before a route is found: only for plugins that are configured globally.',
  access: 'Kong calls it for every request before it goes to the service.',
  response:
    'Kong calls it with the whole answer of the service, before anything goes to the client; it takes the place of header_filter and body_filter, and answers are buffered.',
  header_filter: 'Kong calls it when all headers of the answer have come from the service.',
  body_filter: 'Kong calls it for every piece of the answer’s body.',
  log: 'Kong calls it when the last byte has gone to the client. Nothing can be sent any more, and nothing may wait for a socket.',
  preread: 'Kong calls it for every connection of the stream subsystem (TCP, TLS, UDP).',
  ws_handshake: 'Kong calls it for the handshake of a WebSocket, instead of access.',
  ws_client_frame: 'Kong calls it for every WebSocket frame from the client.',
  ws_upstream_frame: 'Kong calls it for every WebSocket frame from the service.',
  ws_close: 'Kong calls it when a WebSocket has closed, instead of log.',
};

/** When Kong calls a phase, in a sentence or two; undefined for what is none. */
export function phaseWords(phase: string): string | undefined {
  return own(WORDS, phase);
}

/** The parameters of a phase but for `self`, as Kong gives them. */
export function parametersOf(phase: string): string[] {
  if (phase === 'configure') return ['configs'];
  return phase === 'init_worker' ? [] : ['conf'];
}

/** Markdown of a phase; undefined for what is none. */
export function phaseMarkdown(phase: string, version: KongVersion): string | undefined {
  const from = PHASES.find(({ name }) => name === phase)?.from;
  const words = phaseWords(phase);
  if (from === undefined || words === undefined) return undefined;
  const since = isAtLeast(version, from)
    ? `Since Kong ${from}.`
    : `Kong ${version.text} does not call it: it came with Kong ${from}.`;
  return [`**${phase}**, a phase of the handler`, words, ...(from === '1.2' ? [] : [since])].join('\n\n');
}
