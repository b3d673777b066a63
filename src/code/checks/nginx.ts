// Checks of calls that nginx refuses in a phase, and of calls that make a whole worker wait.
import { HTTP_PHASES, nginxPhases, socketPhases } from '../../kong/pdk/nginxContexts';
import type { Call } from '../calls';
import { wayText } from '../reach';
import { refusedWays } from '../ways';
import { calledAt, type CodeCheck, type CodeContext, type CodeProblem } from './context';

export const NGINX_CHECKS: readonly CodeCheck[] = [
  {
    code: 'kong/nginx-phase',
    severity: 'error',
    documentation:
      'A phase from which the call is reached does not have this function of nginx: it raises "API disabled in the context of …". Sockets, and with them HTTP and Redis clients, are not there in init_worker, header_filter, body_filter and log: start a timer with ngx.timer.at and do it there.',
    run: refusedByNginx,
  },
  {
    code: 'kong/blocking-call',
    severity: 'hint',
    documentation:
      'The call makes the whole worker wait, with every request it serves, because it does not use nginx’s own sockets and timers. Use a lua-resty library, or do it in a timer or at the start.',
    run: blocking,
  },
];

/** What a call is, and the phases nginx lets it run in. */
function limited({ callee }: Call): { name: string; phases: ReadonlySet<string> } | undefined {
  if (callee?.kind === 'global') {
    const phases = nginxPhases(callee.name);
    return phases === undefined ? undefined : { name: callee.name, phases };
  }
  if (callee?.kind !== 'foreign') return undefined;
  const phases = socketPhases(callee.module, callee.name);
  return phases === undefined ? undefined : { name: `${callee.module}.${callee.name}`, phases };
}

function* refusedByNginx(context: CodeContext): Iterable<CodeProblem> {
  if (context.reach.stream) return;
  for (const call of context.graph.calls) {
    const found = limited(call);
    if (found === undefined) continue;
    const refused = (phase: string): boolean => HTTP_PHASES.includes(phase) && !found.phases.has(phase);
    const ways = refusedWays(call.node, call.within, call.file, context, refused);
    if (ways.length === 0) continue;
    const where = ways.map(({ entry }) => (entry.phase === 'timer' ? 'a timer' : entry.phase)).join(' and ');
    const told = ways.map((way) => `${wayText(way)} → ${found.name}`).join('; ');
    const socket =
      call.callee?.kind === 'foreign'
        ? `${found.name} opens a socket, which nginx does not offer`
        : `nginx does not offer ${found.name}`;
    yield { file: call.file, at: calledAt(call), message: `${socket} in ${where}: ${told}.` };
  }
}

/** Functions that wait for the system, and modules whose functions do. */
const WAITS = new Set(['os.execute', 'io.popen', 'io.read', 'io.lines', 'io.open']);
const WAITING_MODULES = /^(?:socket|ssl|ssl\.https|socket\.(?:http|url|smtp|ftp))$/;
/** Phases of requests. */
const HOT = new Set(['certificate', 'rewrite', 'access', 'response', 'header_filter', 'body_filter', 'log', 'preread']);

function* blocking({ graph, reach }: CodeContext): Iterable<CodeProblem> {
  for (const call of graph.calls) {
    const { callee, within } = call;
    const name =
      callee?.kind === 'global' && WAITS.has(callee.name)
        ? callee.name
        : callee?.kind === 'foreign' &&
            WAITING_MODULES.test(callee.module) &&
            /^(?:request|connect|tcp|udp|sleep|select)$/.test(callee.name)
          ? `${callee.module}.${callee.name}`
          : undefined;
    const way = within === undefined ? undefined : reach.ways.get(within)?.find(({ entry }) => HOT.has(entry.phase));
    if (name === undefined || way === undefined) continue;
    yield { file: call.file, at: calledAt(call), message: `${name} makes the whole worker wait: ${wayText(way)} → ${name}.` };
  }
}
