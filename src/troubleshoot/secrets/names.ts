// Which names say that what they name is a secret: of settings, headers, JSON keys, query parameters, variables and options.

/** `sure` holds a secret whatever stands there; `file` a secret or the path of one; `likely` only where it looks like one; `header` is a header of authority, `cookie` one of cookies. */
export type NameKind = 'sure' | 'file' | 'likely' | 'header' | 'cookie';

/** What makes a name a secret's wherever it stands in it: `pg_password`, `clientSecret`, `KONG_ADMIN_TOKEN_X`. */
const WORDS =
  /passw(?:or)?d|passphrase|passcode|secret(?!ar)|token(?!iz)|credential|apikey|(?:private|access|encryption|encrypt|signing|sign|shared|account|master|auth|service|subscription|admin|deploy|ssh|rsa|hmac|webhook|session|cookie|storage|client|license|cert|secret)key|licensedata|connectionstring|sessionid|clientassertion|samlresponse|requirepass|masterauth|(?:db|user|root|admin|redis|mysql|pg|smtp|mail|ldap|bind|kong)pass$/;
/** What may be kept in a file of its own, and the setting names that: `ssl_cert_key`. */
const FILES = /(?:cert|private|client|ssh|rsa|admin|master)keys?(?:default\w*)?$|secrets$|credentials?$/;
/** What does so only as the last part of a name. */
const LAST = new Set([
  'pass',
  'pwd',
  'jwt',
  'sig',
  'dsn',
  'psk',
  'hmac',
  'otp',
  'cred',
  'creds',
  'bearer',
  'passwd',
  'hotp',
  'totp',
]);
const LIKELY = new Set(['key', 'auth', 'code', 'session', 'sid', 'signature', 'keys', 'access', 'nonce', 'webhook']);
/** Directives of nginx say where a request is passed to. */
const PASSES = new Set(['proxy', 'fastcgi', 'uwsgi', 'scgi', 'grpc', 'memcached', 'by', 'com', 'sur', 'tres']);
/** What is told *about* a secret is none: `token_endpoint`, `password_policy`, `token-auth`. */
const ABOUT = new Set(
  (
    'endpoint endpoints url urls uri uris host hosts port name names type types policy length len min max size file files path paths dir folder ' +
    'ttl expiry expires expire expiration expired exp age method methods lifetime count limit limits limiting header headers field fields enabled ' +
    'disabled required optional algorithm alg algorithms timeout auth plugin plugins handler schema hint mode scheme format prefix location ' +
    'provider issuer audience scope scopes claim claims usage used usages minute second hour day total cost strategy rotation version status ' +
    'state valid invalid error errors message index in position param params parameter parameters manager server store cache map list table ' +
    'config info module lua test tests controller introspection exchange signer validator verifier generator reader helper util utils id ids ' +
    'refresh renewal template formats exists present supported verification check checks rules rule log logs debug request response backend'
  ).split(' '),
);
/** A last part that stands for what is named before it: `token.value`. */
const ITSELF = /[._-](?:value|data|text|string|raw|base64|plain|literal|default)$/i;

const MOST_KNOWN = 2000;
const known = new Map<string, NameKind | undefined>();

/** What a name says of its value; undefined when nothing. Names are looked at by their last part: `db.password`, not `token.lua`. */
export function nameKind(name: string): NameKind | undefined {
  if (known.has(name)) return known.get(name);
  if (known.size > MOST_KNOWN) known.clear();
  const kind = kindOf(name);
  known.set(name, kind);
  return kind;
}

function kindOf(name: string): NameKind | undefined {
  const own = name.replace(ITSELF, '');
  const part = own.slice(own.lastIndexOf('.') + 1);
  const parts = part
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_-]+/)
    .filter((word) => word !== '');
  const last = parts.at(-1)?.replace(/\d{1,4}$/, '');
  if (last === undefined || last === '') return undefined;
  if (last === 'authorization') return 'header';
  if (last === 'cookie' || last === 'cookies') return 'cookie';
  const whole = parts.join('');
  if (whole === 'pwd' || whole === 'oldpwd') return 'file';
  if (parts.length > 1 && ABOUT.has(last) && !/(?:secret|session)ids?$/.test(whole)) return undefined;
  if (WORDS.test(whole)) return FILES.test(whole) ? 'file' : 'sure';
  if (LAST.has(last)) return last === 'pass' && PASSES.has(parts.at(-2) ?? '') ? undefined : 'sure';
  return LIKELY.has(last) && (parts.length === 1 || last !== 'key') ? 'likely' : undefined;
}

/** Whether a value under a likely name looks like one that a machine made: long, of letters and digits. An UUID is an id. */
export function looksMade(value: string): boolean {
  return (
    value.length >= 16 &&
    /^[\w+/=~-]+$/.test(value) &&
    /\d/.test(value) &&
    /[a-z]/i.test(value) &&
    !/^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(value) &&
    !/^\d+[/-]|^\d{3}_[a-z]|^0x|^\/[\w-]+\//.test(value)
  );
}

/** Whether a value looks like a password in the middle of a sentence: letters and digits, and no place in code. */
export function looksChosen(value: string): boolean {
  return value.length >= 6 && /\d/.test(value) && /[a-z]/i.test(value) && !/^0x|^v?\d+[.:]|[/:]|\.\w+$/.test(value);
}
