// The Admin API as we use it: one connection a request, repeated when Kong's reload cuts it, every answer checked.
import * as http from 'node:http';
import * as https from 'node:https';
import { rootCertificates } from 'node:tls';
import { errorCode, messageOf, UserError } from '../system/userError';
import { withoutTrailing } from '../text/ends';
import { readJson } from '../text/json';

/** One request as data; `path` begins with a slash. */
export interface AdminRequest {
  method: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** It must not be sent a second time, whatever becomes of the first; only of GET that is not so by itself. */
  once?: boolean;
}

export interface AdminResponse {
  status: number;
  /** Header names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/**
 * Carries one request to an Admin API and back. Throws an Error with the system's `code` (`ECONNRESET`, `ECONNREFUSED` …)
 * or named `TimeoutError` when no answer came.
 */
export type AdminTransport = (request: AdminRequest, signal?: AbortSignal) => Promise<AdminResponse>;

/** How the certificate of one address is looked at. */
export interface AdminTrust {
  verify: boolean;
  /** Certificates of authorities, PEM, beside those of the system. */
  ca?: string;
}

/** What is said where a certificate is not believed; `node/adminAddress.ts` reads these variables. */
const TRUST_HINT =
  'Name the authority that signed it (KONG_ADMIN_CA=FILE.pem), or this address (KONG_ADMIN_UNVERIFIED=host:port), if you know that it is this Kong.';

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * A transport over HTTP or HTTPS to `base`, for example `http://127.0.0.1:8001`. Certificates are verified unless `trust` says otherwise. Nothing
 * is sent to another address, whatever a path says.
 */
export function httpTransport(base: string, timeout = REQUEST_TIMEOUT_MS, trust: AdminTrust = { verify: true }): AdminTransport {
  const root = withoutTrailing(base, /\//);
  const { origin } = new URL(root);
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const url = new URL(root + request.path);
      if (!isOwnPath(request.path) || url.origin !== origin) {
        reject(new Error('the request would go to another address'));
        return;
      }
      const body = request.body;
      const options: https.RequestOptions = {
        method: request.method,
        // A pooled connection is cut by every reload (transcript keepalive-across-reload-3.9.1), so each request has its own.
        agent: false,
        headers: { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
        rejectUnauthorized: trust.verify,
        ...(trust.ca === undefined ? {} : { ca: [...rootCertificates, trust.ca] }),
        signal,
      };
      const answer = (response: http.IncomingMessage): void => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) response.destroy(new Error('the answer is larger than 64 MB'));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => {
          const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
          resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') });
        });
      };
      const call = url.protocol === 'https:' ? https.request(url, options, answer) : http.request(url, options, answer);
      const timer = setTimeout(() => {
        call.destroy(
          Object.assign(new Error(`no answer within ${timeout / 1000} s`), { name: 'TimeoutError', code: 'ETIMEDOUT' }),
        );
      }, timeout);
      call.on('close', () => clearTimeout(timer));
      call.on('error', reject);
      call.end(body);
    });
}

/** Whether it is a path of the address that it is asked of: with `//` or `@` in the right place it is not. */
function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])[^\s\\\p{Cc}]*$/u.test(path);
}

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface AdminClient {
  /** A parsed JSON answer; undefined for 404. Every other failure is a UserError that says what to do. */
  get(path: string, signal?: AbortSignal): Promise<Json | undefined>;
  /** Every row of a collection, all pages; undefined for 404. */
  all(path: string, signal?: AbortSignal): Promise<Record<string, Json>[] | undefined>;
  /** A writing request; returns the parsed answer (null without a body). `allow` names statuses that are results, not errors. */
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: Json, allow?: readonly number[]): Promise<Json>;
  /** As `send`, for what Kong may refuse: the status and the JSON of its answer, also of a refusal. Every other failure is a UserError. */
  attempt(method: 'POST' | 'PUT' | 'PATCH', path: string, body: Json): Promise<{ status: number; json: Json }>;
}

/** The statuses by which Kong refuses what was sent (kong/api/endpoints.lua, kong/api/routes/config.lua). */
const REFUSALS = new Set([400, 404, 405, 409, 413]);

const RETRIES = 4;
const RETRY_PAUSE_MS = 150;
const PAGE_SIZE = 1000;
/** What one collection may come to; a hostile or broken answer has no end. */
export const MOST = { pages: 1000, rows: 200_000, bytes: 256 * 1024 * 1024, ms: 120_000 } as const;
/** What Node calls a certificate that is not believed (X509 verification codes, and a name that does not fit). */
const CERTIFICATE_ERRORS = /CERT|SIGNATURE|ISSUER/;
/** A reload cuts connections, and a listener of a restarting Kong refuses them for a moment. */
const PASSING_ERRORS = new Set(['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'UND_ERR_SOCKET']);

/** The same way with an administrator's token on every request; it never comes into a message. */
export function withAdminToken(transport: AdminTransport, token: string): AdminTransport {
  return (request, signal) => transport({ ...request, headers: { ...request.headers, 'kong-admin-token': token } }, signal);
}

/** A client over a transport. */
export function adminClient(transport: AdminTransport): AdminClient {
  const exchange = async (request: AdminRequest, signal?: AbortSignal): Promise<AdminResponse> => {
    const repeatable = request.method === 'GET' || request.method === 'DELETE' || request.method === 'PUT';
    for (let attempt = 0; ; attempt++) {
      try {
        return await transport({ ...request, headers: { accept: 'application/json', ...request.headers } }, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof UserError) throw error;
        if (!repeatable || attempt >= RETRIES || !PASSING_ERRORS.has(errorCode(error) ?? '')) {
          const isCertificate = CERTIFICATE_ERRORS.test(errorCode(error) ?? '');
          throw new UserError(`The Admin API does not answer: ${messageOf(error)}.`, {
            exitCode: 3,
            next: isCertificate
              ? TRUST_HINT
              : 'Check that this Kong is running and that its admin_listen can be reached from here.',
            cause: error,
          });
        }
        await pause(RETRY_PAUSE_MS * (attempt + 1), signal);
      }
    }
  };

  const read = async (path: string, signal?: AbortSignal): Promise<{ json: Json | undefined; bytes: number }> => {
    const response = await exchange({ method: 'GET', path }, signal);
    return { json: response.status === 404 ? undefined : parsed(response, path), bytes: response.body.length };
  };
  const write = (method: AdminRequest['method'], path: string, body: Json | undefined): Promise<AdminResponse> =>
    exchange({
      method,
      path,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  const get = async (path: string, signal?: AbortSignal): Promise<Json | undefined> => (await read(path, signal)).json;

  return {
    get,
    async all(path, signal) {
      const rows: Record<string, Json>[] = [];
      const seen = new Set<string>();
      let next: string | null = withSize(path);
      let bytes = 0;
      const began = Date.now();
      while (next !== null) {
        // A Kong that sends the same page again would keep us here for ever.
        if (seen.has(next)) break;
        if (seen.size >= MOST.pages || rows.length > MOST.rows || bytes > MOST.bytes || Date.now() - began > MOST.ms) {
          throw new UserError(`The Admin API does not come to an end with ${path} (${seen.size} pages, ${rows.length} rows).`, {
            next: 'See what answers at that address; a collection this large is not read.',
          });
        }
        seen.add(next);
        const answer = await read(next, signal);
        const page: Json | undefined = answer.json;
        bytes += answer.bytes;
        if (page === undefined) return seen.size === 1 ? undefined : rows;
        const { data, next: following } = asObject(page);
        for (const row of Array.isArray(data) ? data : Object.values(asObject(data))) rows.push(asObject(row));
        if (typeof following === 'string' && !isOwnPath(following)) {
          throw new UserError('The Admin API names a next page at another address; it is not asked.', {
            next: 'See what answers at that address: a Kong names paths of its own.',
          });
        }
        next = typeof following === 'string' ? withSize(following) : null;
      }
      return rows;
    },
    async send(method, path, body, allow = []) {
      const response = await write(method, path, body);
      if (allow.includes(response.status)) return null;
      return response.body === '' && response.status < 300 ? null : parsed(response, path);
    },
    async attempt(method, path, body) {
      const response = await write(method, path, body);
      const { status } = response;
      // What is no JSON is no answer of Kong's: `parsed` says so.
      const json = REFUSALS.has(status) ? (readJson(response.body) as Json | undefined) : undefined;
      return { status, json: json ?? parsed(response, path) };
    },
  };
}

/** Kong 2.8 leaves `size` out of `next` (transcripts, Admin API paging). */
function withSize(path: string): string {
  return /[?&]size=/.test(path) ? path : `${path}${path.includes('?') ? '&' : '?'}size=${PAGE_SIZE}`;
}

/** The JSON of a good answer; a UserError with one sentence for every other one. */
function parsed(response: AdminResponse, path: string): Json {
  const { status, body } = response;
  const json = readJson(body) as Json | undefined;
  if (status >= 200 && status < 300 && json !== undefined) return json;
  const said = asObject(json)['message'];
  const words = typeof said === 'string' ? `: ${said}` : '';
  if (status === 401 || status === 403) {
    throw new UserError(`The Admin API refuses us (${status}${words}).`, {
      exitCode: 3,
      next: 'Give the token of an administrator: the variable KONG_ADMIN_TOKEN, or Kong Plugin: Set Admin API Token… in the editor.',
    });
  }
  if (status >= 500 && json === undefined) {
    throw new UserError(`The Admin API answers ${status} with a page instead of JSON.`, {
      next: 'A plugin whose api.lua does not load does this to every address; the log says which one after the request.',
    });
  }
  if (json === undefined) {
    throw new UserError(`What answers at the Admin API's address is not a Kong (${status}, ${path}).`, {
      exitCode: 3,
      next: 'Check the address: the Admin API listens on port 8001 by default, the proxy on 8000.',
    });
  }
  throw new UserError(`The Admin API answers ${status} to ${path}${words}.`);
}

/** The object a JSON value is; an empty one for everything else. */
export function asObject(value: Json | undefined): Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('Stopped.'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
