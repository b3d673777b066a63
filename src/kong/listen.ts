// The addresses of `*_listen` settings: where the Admin API of a Kong is, and what Kong refuses (kong/conf_loader/listeners.lua, kong/tools/ip.lua).
import { isIPv4, isIPv6 } from 'node:net';

/** One listener of an admin_listen value. */
export interface AdminListener {
  host: string;
  port: number;
  ssl: boolean;
}

/** The listeners of an admin_listen value, plain ones first; none for `off`. */
export function adminListeners(value: string): AdminListener[] {
  const listeners = value.split(',').flatMap((entry): AdminListener[] => {
    const [address = '', ...flags] = entry.trim().split(/\s+/);
    const match = /^(.*):(\d+)$/.exec(address);
    if (match?.[1] === undefined || match[2] === undefined) return [];
    return [{ host: match[1], port: Number(match[2]), ssl: flags.includes('ssl') }];
  });
  return listeners.sort((a, b) => Number(a.ssl) - Number(b.ssl));
}

/** The address of a listener for a client on the same machine. */
export function localUrl(listener: AdminListener): string {
  const host = listener.host === '0.0.0.0' ? '127.0.0.1' : listener.host === '[::]' ? '[::1]' : listener.host;
  return `${listener.ssl ? 'https' : 'http'}://${host}:${listener.port}`;
}

/** What may stand behind an address; a stream has fewer of them, and `udp`. */
const FLAG =
  /^(?:ssl|http2|udp|proxy_protocol|deferred|bind|reuseport|backlog=\d+|ipv6only=(?:on|off)|so_keepalive=(?:on|off|\w*:\w*:\d*))$/;

const FORM =
  '[off] | <ip>:<port> [ssl] [http2] [proxy_protocol] [deferred] [bind] [reuseport] [backlog=%d+], [... next entry ...]';

/** What Kong says to the value of a `*_listen` setting; undefined when it takes it. */
export function listenProblem(name: string, value: string): string | undefined {
  const entries = value.split(',').map((entry) => entry.trim());
  if (entries[0] === 'off') return undefined;
  // What an empty entry comes to differs with the version.
  return entries.every((entry) => entry === '' || isAddress(entry)) ? undefined : `${name} must be of form: ${FORM}`;
}

function isAddress(entry: string): boolean {
  const rest = entry.split(/\s+/).filter((word) => !FLAG.test(word));
  const [, host, port] = (rest.length === 1 && /^(.+):(\d+)$/.exec(rest[0] ?? '')) || [];
  if (host === undefined || Number(port) > 65_535) return false;
  if (host.startsWith('[')) return host.endsWith(']') && isIPv6(host.slice(1, -1));
  return /^[\d.]+$/.test(host) ? isIPv4(host) : !host.includes(':');
}
