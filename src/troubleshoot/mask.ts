// Secrets out of what is shown: evidence of a finding travels into issue reports.

const SHOWN = '******';
/** Names whose value is a secret, as settings, headers, JSON keys, query parameters and environment variables write them. */
const NAME =
  '(?:[\\w.-]{0,40}(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|apikey|private[_-]?key|access[_-]?key|credential|license_data|ssl_cert_key|session_secret|pg_ro_password)[\\w-]{0,40}|authorization|cookie|set-cookie|jwt|pwd)';
const RULES: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{3,40}-----[\s\S]{0,8000}?(?:-----END [A-Z ]{3,40}-----|$)/g, SHOWN],
  [new RegExp(`(${NAME})(["']? ENV found with ")([^"]{1,2000})(")`, 'gi'), `$1$2${SHOWN}$4`],
  [new RegExp(`\\b(${NAME})(\\\\?["']?\\s{0,3}(?:=|:)\\s{0,3})(\\\\?["'])(?!\\*{6})[^"'\\\\]{1,2000}`, 'gi'), `$1$2$3${SHOWN}`],
  [/\b((?:proxy-)?authorization\s{0,3}[:=]\s{0,3})(?!\*{6})(?:[A-Za-z]{1,20} )?[^\s,"']{1,2000}/gi, `$1${SHOWN}`],
  [
    new RegExp(
      `\\b(${NAME})(\\s{0,3}(?:=|:)\\s{0,3})(?![\\s"'\\\\{*]|expected|unknown|required|length|field|attempt|nil\\b)[^\\s&,;"']{1,2000}`,
      'gi',
    ),
    `$1$2${SHOWN}`,
  ],
  [/\b(Bearer|Basic) [\w.~+/=-]{6,4000}/gi, `$1 ${SHOWN}`],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,200}):[^\s@/]{1,200}@/gi, `$1:${SHOWN}@`],
  [/\beyJ[\w-]{8,4000}\.[\w-]{4,4000}(?:\.[\w-]{0,4000})?/g, SHOWN],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, SHOWN],
  [/\b(?:gh[pousr]|glpat|kpat|spat|xox[abp])[_-][\w-]{16,255}/g, SHOWN],
];

/** Replaces passwords, tokens, keys and cookies by asterisks; everything else stays as it is. */
export function maskSecrets(text: string): string {
  return RULES.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
