// A trial as it may be shown, printed and passed on: without passwords, tokens, keys and cookies, wherever they stand in it.
import type { Finding } from '../../troubleshoot/finding';
import { maskSecrets, secretsIn } from '../../troubleshoot/secrets/mask';
import type { Change, Changes } from './compare';
import type { TrialResult } from './types';

type Headers = Readonly<Record<string, string>>;

/** The result with asterisks for secrets, and for the same values where else they stand. */
export function withoutSecrets(result: TrialResult): TrialResult {
  const { request, response, upstream, plugins, log, findings } = result;
  const known = secretsOf(result);
  const masked = (text: string): string => maskSecrets(text, known);
  const headersOf = (headers: Headers): Headers =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, maskedHeader(name, value, known)]));
  return {
    request: {
      method: request.method,
      path: masked(request.path),
      headers: headersOf(request.headers),
      body: request.body === null ? null : masked(request.body),
    },
    response: { status: response.status, headers: headersOf(response.headers), body: masked(response.body) },
    upstream:
      upstream === null
        ? null
        : {
            method: upstream.method,
            path: masked(upstream.path),
            headers: headersOf(upstream.headers),
            body: masked(upstream.body),
          },
    plugins,
    log: log.map(({ line, level, text }) => ({ line, level, text: masked(text) })),
    findings: findings.map((finding) => withoutSecretsOf(finding, masked)),
  };
}

/** Changes with asterisks for secrets, those of the result that they belong to as well. That they differ stays to be seen. */
export function changesWithoutSecrets(changes: Changes, result: TrialResult): Changes {
  const known = secretsOf(result);
  const valueOf = (what: string, value: string | null): string | null => {
    if (value === null) return null;
    const name = /^header (.+)$/.exec(what)?.[1];
    return name === undefined ? maskSecrets(value, known) : maskedHeader(name, value, known);
  };
  const masked = (list: readonly Change[]): Change[] =>
    list.map(({ what, without, with: through }) => ({ what, without: valueOf(what, without), with: valueOf(what, through) }));
  return { upstream: masked(changes.upstream), response: masked(changes.response) };
}

/** A sentence about a result, without its secrets. */
export function sentenceWithoutSecrets(text: string, result: TrialResult): string {
  return maskSecrets(text, secretsOf(result));
}

function secretsOf({ request, response, upstream }: TrialResult): Set<string> {
  const known = new Set(secretsIn(request.path));
  for (const { headers, body } of [request, response, ...(upstream === null ? [] : [upstream])]) {
    for (const [name, value] of Object.entries(headers)) for (const secret of secretsIn(`${name}: ${value}`)) known.add(secret);
    for (const secret of secretsIn(body ?? '')) known.add(secret);
  }
  return known;
}

/** The value of a header as it may be shown: what is a secret depends on the name. */
function maskedHeader(name: string, value: string, known: Iterable<string>): string {
  const line = maskSecrets(`${name}: ${value}`, known);
  return line.startsWith(`${name}: `) ? line.slice(name.length + 2) : '******';
}

function withoutSecretsOf(finding: Finding, masked: (text: string) => string): Finding {
  return {
    ...finding,
    title: masked(finding.title),
    cause: masked(finding.cause),
    steps: finding.steps.map(masked),
    evidence: finding.evidence.map(({ line, text }) => ({ line, text: masked(text) })),
    ...(finding.details === undefined
      ? {}
      : { details: Object.fromEntries(Object.entries(finding.details).map(([name, value]) => [name, masked(value)])) }),
  };
}
