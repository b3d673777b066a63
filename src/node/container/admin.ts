// The Admin API and the proxy of a Kong in a container: over a published port, or from inside when they listen only there.
import { connect } from 'node:net';
import { httpTransport, type AdminRequest, type AdminResponse, type AdminTransport } from '../../kong/adminClient';
import { adminListeners, type AdminListener } from '../../kong/listen';
import { saidBy, type ContainerClient } from './client';
import type { Container } from './containers';
import type { RunScript } from './shell';

const PROBE_MS = 700;
const REQUEST_MS = 15_000;
const LOOPBACK = /^(?:127\.|localhost$|\[?::1\]?$)/;

/** Kong's image has no curl. The request comes as it goes over the wire; whatever can open a connection carries it. */
const CARRY = `if command -v bash >/dev/null; then
  exec bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 7; cat >&3; exec cat <&3' - "$1" "$2"
elif command -v perl >/dev/null; then
  exec perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1]) or die "$@\\n"; local $/; print $s <STDIN>; $s->flush; print <$s>' "$1" "$2"
elif command -v resty >/dev/null; then
  exec resty -e 'local s = ngx.socket.tcp() local ok, e = s:connect(arg[1], tonumber(arg[2])) if not ok then error(e) end s:send(io.read("*a")) io.write((s:receive("*a")))' "$1" "$2"
elif command -v nc >/dev/null; then
  exec nc "$1" "$2"
fi
exit 127`;

/** The way to what listens in a running container by a `*_listen` setting; undefined when that is off. */
export async function containerListener(
  client: ContainerClient,
  container: Container,
  listen: string,
  script: RunScript,
): Promise<AdminTransport | undefined> {
  const listeners = adminListeners(listen);
  const [listener] = listeners;
  if (listener === undefined) return undefined;
  const host = await engineHost(client);
  if (host !== undefined) {
    for (const candidate of listeners) {
      const url = await publishedUrl(container, candidate, host);
      // The container's own port, whose certificate Kong made itself.
      if (url !== undefined) return httpTransport(url, undefined, { verify: false });
    }
  }
  return listener.ssl ? undefined : insideTransport(listener, script);
}

/** Where ports that the engine publishes can be reached from here; undefined when that is not known (an engine behind ssh). */
async function engineHost(client: ContainerClient): Promise<string | undefined> {
  const endpoint = process.env['DOCKER_HOST'] ?? (await contextEndpoint(client));
  if (endpoint === undefined || /^(?:unix|npipe):/.test(endpoint)) return '127.0.0.1';
  const url = /^tcp:\/\/([^:/]+|\[[^\]]+\])/.exec(endpoint);
  return url?.[1];
}

/** What a client's context says stays as it is for as long as the client is kept. */
const endpoints = new WeakMap<ContainerClient, Promise<string | undefined>>();

function contextEndpoint(client: ContainerClient): Promise<string | undefined> {
  const known = endpoints.get(client) ?? askEndpoint(client);
  endpoints.set(client, known);
  known.catch(() => endpoints.delete(client));
  return known;
}

async function askEndpoint(client: ContainerClient): Promise<string | undefined> {
  const result = await client.call(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
  return result.code === 0 ? result.stdout.toString('utf8').trim() : undefined;
}

async function publishedUrl(container: Container, listener: AdminListener, engine: string): Promise<string | undefined> {
  const protocol = listener.ssl ? 'https' : 'http';
  if (container.hostNetwork)
    return (await reachable(engine, listener.port)) ? `${protocol}://${engine}:${listener.port}` : undefined;
  // What listens on the container's own loopback is not reached by a published port.
  if (LOOPBACK.test(listener.host)) return undefined;
  for (const { host, port } of container.ports[`${listener.port}/tcp`] ?? []) {
    const address = host === '' || host === '0.0.0.0' || host === '::' ? engine : host;
    if (await reachable(address, port)) return `${protocol}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }
  return undefined;
}

async function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_MS });
    const end = (result: boolean) => (): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}

function insideTransport(listener: AdminListener, script: RunScript): AdminTransport {
  const host = listener.host === '0.0.0.0' ? '127.0.0.1' : listener.host === '[::]' ? '::1' : listener.host;
  return async (request, signal) => {
    const result = await script(CARRY, [host, String(listener.port)], {
      input: wireRequest(request),
      timeout: REQUEST_MS,
      signal,
      once: request.once ?? request.method !== 'GET',
    });
    if (result === undefined) throw passing('the container is not running', 'ECONNREFUSED');
    if (result.stdout.length > 0) return wireResponse(result.stdout);
    if (result.code === 127) throw new Error('the container has no program that could ask (bash, perl, resty or nc)');
    if (result.code === 0) throw passing('the connection was closed without an answer', 'ECONNRESET');
    throw passing(saidBy(result), 'ECONNREFUSED');
  };
}

function passing(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

/** HTTP/1.0, so that the answer ends with the connection and comes in one piece. */
function wireRequest(request: AdminRequest): Buffer {
  const body = Buffer.from(request.body ?? '');
  const headers = {
    host: 'localhost',
    ...request.headers,
    ...(request.body === undefined ? {} : { 'content-length': String(body.length) }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, '')}`);
  return Buffer.concat([
    Buffer.from(`${[`${request.method} ${request.path.replace(/\s/g, '%20')} HTTP/1.0`, ...lines].join('\r\n')}\r\n\r\n`),
    body,
  ]);
}

function wireResponse(data: Buffer): AdminResponse {
  const end = data.indexOf('\r\n\r\n');
  const [first = '', ...lines] = data.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n');
  const status = /^HTTP\/\d\.\d (\d{3})/.exec(first)?.[1];
  if (status === undefined) throw new Error('what answers is no HTTP server');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const name = line.slice(0, Math.max(line.indexOf(':'), 0)).toLowerCase();
    const value = line.slice(line.indexOf(':') + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return {
    status: Number(status),
    headers: Object.fromEntries(headers),
    body: data.subarray(end + 4).toString('utf8'),
  };
}
