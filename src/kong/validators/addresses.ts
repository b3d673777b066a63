// Hosts, addresses and URLs as Kong reads them: hostname_type, normalize_ip and is_valid_ip of kong/tools/ip.lua (kong/tools/utils.lua before
// 3.5), and `parse` of socket.url of luasocket 3.0-rc1, as far as Kong's validators ask.
import { isIPv4, isIPv6 } from 'node:net';

/** What Kong makes of an address: what kind it is and whether it names a port, or what is wrong with it. */
export type Address = { type: 'ipv4' | 'ipv6' | 'name'; port: number | undefined } | { error: string };

const BAD_PORT = { error: 'invalid port number' };

/** An address with or without a port (normalize_ip). The kind is told by exclusion, as there. */
export function readAddress(text: string): Address {
  if ((text.match(/:/g) ?? []).length > 1) return readIpv6(text);
  if (/^[\d.]+$/.test(text.replaceAll(':', ''))) return readIpv4(text);
  return readName(text);
}

function withPort(type: 'ipv4' | 'ipv6' | 'name', digits: string | undefined): Address {
  if (digits === undefined) return { type, port: undefined };
  const port = Number(digits);
  return port > 65535 ? BAD_PORT : { type, port };
}

function readIpv4(text: string): Address {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d+))?$/.exec(text);
  if (match === null || match.slice(1, 5).some((part) => Number(part) > 255)) return { error: `invalid ipv4 address: ${text}` };
  return withPort('ipv4', match[5]);
}

function readIpv6(text: string): Address {
  const bracketed = /^\[(.*)\](?::(\d*))?$/s.exec(text);
  if (bracketed === null && /^\[.*\]/s.test(text)) return { error: 'invalid ipv6 address' };
  let check = bracketed?.[1] ?? text;
  if (check.startsWith(':')) check = `0${check}`;
  if (check.endsWith(':')) check = `${check}0`;
  if (check.includes('::')) {
    const colons = (check.match(/:/g) ?? []).length;
    check = check.replace('::', `:${'0:'.repeat(Math.max(0, 8 - colons))}`);
  }
  if (!/^[\da-f]{1,4}(?::[\da-f]{1,4}){7}$/i.test(check)) return { error: `invalid ipv6 address: ${text}` };
  return withPort('ipv6', bracketed?.[2]);
}

function readName(text: string): Address {
  const port = /:(\d+)$/.exec(text)?.[1];
  const name = port === undefined ? text : text.slice(0, -port.length - 1);
  const result = withPort('name', port);
  if ('error' in result) return result;
  const segments = name.split('.');
  const isBad = (segment: string, at: number): boolean => segment.endsWith('-') || (segment === '' && at < segments.length - 1);
  return /^[\w.-]+$/.test(name) && !segments.some(isBad) ? result : { error: `invalid hostname: ${text}` };
}

/** Whether a text is an IP address (inet_pton); IPv6 may stand in brackets. */
export function isIp(text: string): boolean {
  const bare = /^\[.*\]$/s.test(text) ? text.slice(1, -1) : text;
  return isIPv4(text) || (isIPv6(bare) && !bare.includes('%'));
}

/** Whether a text is an address with a prefix length, of IPv4 only or of both. */
export function isCidr(text: string, onlyV4 = false): boolean {
  const at = text.indexOf('/', 2);
  if (at < 0) return false;
  const ip = text.slice(0, at);
  const prefix = text.slice(at + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix)) return false;
  if (isIPv4(ip)) return Number(prefix) <= 32;
  return !onlyV4 && isIp(ip) && Number(prefix) <= 128;
}

/** Scheme and host of a URL as luasocket finds them; undefined for an empty text, which it does not parse. */
export function readUrl(text: string): { scheme: string | undefined; host: string | undefined } | undefined {
  if (text === '') return undefined;
  let rest = text.replace(/#.*$/s, '');
  const scheme = /^([a-z\d][a-z\d+.-]*):/i.exec(rest);
  if (scheme !== null) rest = rest.slice(scheme[0].length);
  const authority = /^\/\/([^/]*)/.exec(rest)?.[1];
  const host = authority?.replace(/^[^@]*@/, '').replace(/:[^:\]]*$/, '');
  return { scheme: scheme?.[1], host: host === '' ? undefined : host };
}
