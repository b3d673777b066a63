// Addresses that carry who logs in: `postgres://kong:secret@db`, also percent-encoded.
import { at, type Span } from './values';

const SIGNS = /[^\s"'<>`|]*/y;
const ENCODED = /[\w.~%+-]*/y;
const PORT = /^\d{1,5}(?=[/?#,;)\\\]}]|$)/;
const HOST = /^@(?:[\w.-]*(?:[:/?#,\]\\]|$)|\[)/;
/** Of these nothing but a login holds an `@`. */
const DATABASES =
  /(?:postgres(?:ql)?|mysql|mariadb|rediss?|amqps?|mongodb(?:\+srv)?|mqtts?|nats|ldaps?|smtps?|cassandra|influxdb|jdbc:\w+)$/i;
const LONGEST_SCHEME = 30;
/** So long a user is a token. */
const LONG_USER = 16;
const TRIES = 8;

/** Makes the look for the password, or the token in its place, in the address of a text whose `://` ends at a place. What several addresses share is read once. */
export function loginFinder(text: string): (from: number) => Span | undefined {
  let end = 0;
  let lastAt = -1;
  return (from) => {
    if (from >= end) {
      end = at(SIGNS, text, from) ?? from;
      lastAt = from + text.slice(from, end).lastIndexOf('@');
    }
    return lastAt < from ? undefined : login(text, from, end);
  };
}

function login(text: string, from: number, end: number): Span | undefined {
  const rest = text.slice(from, end);
  const path = rest.search(/[/?#]/);
  const authority = path < 0 ? rest : rest.slice(0, path);
  const colon = authority.indexOf(':');
  const near = authority.lastIndexOf('@');
  if (colon < 0 || (near >= 0 && near < colon)) {
    return near >= LONG_USER && /^[\w.~%-]+$/.test(authority.slice(0, near)) ? { from, to: from + near } : undefined;
  }
  if (near < 0 && PORT.test(rest.slice(colon + 1, colon + 8))) return undefined;
  const scheme = text.slice(Math.max(0, from - LONGEST_SCHEME), from - '://'.length);
  // A password may hold `/` and `@` itself: of a database's address all before its last host is one.
  const to = near < 0 || DATABASES.test(scheme) ? lastHost(rest) : near;
  return to > colon + 1 ? { from: from + colon + 1, to: from + to } : undefined;
}

/** The last `@` that a host follows, or the last one. */
function lastHost(rest: string): number {
  const last = rest.lastIndexOf('@');
  for (let place = last, tried = 0; place > 0 && tried < TRIES; place = rest.lastIndexOf('@', place - 1), tried++) {
    if (HOST.test(rest.slice(place, place + 300))) return place;
  }
  return last;
}

/** The same of addresses that are percent-encoded, behind their `%3A%2F%2F`. */
export function encodedLoginFinder(text: string): (from: number) => Span | undefined {
  let end = 0;
  let lastAt = -1;
  return (from) => {
    if (from >= end) {
      end = at(ENCODED, text, from) ?? from;
      lastAt = from + text.slice(from, end).lastIndexOf('%40');
    }
    if (lastAt < from) return undefined;
    const rest = text.slice(from, end);
    const next = rest.search(/%3A%2F%2F/i);
    const own = next < 0 ? rest : rest.slice(0, next);
    const last = own.lastIndexOf('%40');
    const colon = own.search(/%3A/i);
    return colon < 0 || last <= colon + 3 ? undefined : { from: from + colon + 3, to: from + last };
  };
}
