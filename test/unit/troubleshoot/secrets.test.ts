// Secrets do not come through, however a log writes them, and nothing else is taken for one.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { maskSecrets, secretsIn } from '../../../src/troubleshoot/secrets/mask';
import { cli } from './examples/example';
import { readLog } from './recorded';

/** Looks like a password; half of it coming through is a leak, too. */
const S = 'hunTer2-x9Qz';
const LEAKS = /hunTer|Ter2|x9Qz/;

const NAMES = [
  ...['password', 'pg_password', 'KONG_PG_PASSWORD', 'client_secret', 'api_key', 'apikey', 'x-api-key', 'access_token', 'token'],
  ...[
    'kong-admin-token',
    'passwd',
    'pwd',
    'secret_access_key',
    'private_key',
    'redis_pass',
    'session_secret',
    'PGPASSWORD',
    'db.password',
  ],
  ...[
    'clientSecret',
    'authToken',
    'refreshToken',
    'SECRET_KEY_BASE',
    'smtp_pass',
    'encryptionKey',
    'AccountKey',
    'password2',
    'dbpass',
    'psk',
  ],
];
const FORMS: ((name: string) => string)[] = [
  (n) => `${n} = ${S}`,
  (n) => `${n}=${S}`,
  (n) => `${n}: ${S}`,
  (n) => `${n}:${S}`,
  (n) => `${n}:\t${S}`,
  (n) => `${n} := ${S}`,
  (n) => `${n} => ${S}`,
  (n) => `${n}: "${S}"`,
  (n) => `${n}='${S}'`,
  (n) => `'${n}': '${S}'`,
  (n) => `"${n}":"${S}"`,
  (n) => `"${n}" : \n  "${S}"`,
  (n) => `"${n}": "a\\"${S}"`,
  (n) => `{\\"${n}\\":\\"${S}\\"}`,
  (n) => `{\\\\\\"${n}\\\\\\":\\\\\\"a\\\\\\\\\\\\\\"${S}\\\\\\"}`,
  (n) => `["${n}"] = "${S}"`,
  (n) => `"${n}":["abc", "${S}"]`,
  (n) => `${n}: [${S}]`,
  (n) => `${n} = { "${S}", "b" }`,
  (n) => `--${n} ${S}`,
  (n) => `--${n}=${S}`,
  (n) => `--${n} '${S}'`,
  (n) => `GET /x?${n}=${S}&b=1 HTTP/1.1`,
  (n) => `/x?a=1&${n}=a%20${S}`,
  (n) => `${n}%3D${S}`,
  (n) => `%22${n}%22%3A%22${S}%22`,
  (n) => `{\\x22${n}\\x22:\\x22${S}\\x22}`,
  (n) => `&quot;${n}&quot;: &quot;${S}&quot;`,
  (n) => `<${n}>${S}</${n}>`,
  (n) => `<${n} type="x"><![CDATA[${S}]]></${n}>`,
  (n) => `<input name="${n}" value="${S}">`,
  (n) => `{"name":"${n}","value":"${S}"}`,
  (n) => `  - name: ${n}\n    value: ${S}`,
  (n) => `${n}: |\n  abc\n  ${S}\nnext: 1`,
  (n) => `${n}: expected${S}`,
  (n) => `export ${n}=${S}; echo ${S}`,
  (n) => `${n} = two words ${S}`,
  (n) => `${n} = ab#c&${S}`,
  (n) => `${n} = ${'x'.repeat(70)}&${S}`,
  (n) => `f(${n}=${S})`,
  (n) => `{host=db, ${n}=${S}, port=1}`,
  (n) => `host=db ${n}=${S} dbname=kong`,
  (n) => `jdbc:x://db;user=kong;${n}=${S};ssl=true`,
  (n) => `the ${n} is ${S} here`,
];
const FREE = [
  `postgres://u:pa/${S}@db/kong`,
  `postgres://u:${S}@x@db:5432/kong`,
  `postgresql://kong:a?b#${S}@db:5432/kong`,
  `redis://:${S}@cache:6379/0`,
  `amqp://u:${S}@h, then ${S} again`,
  `mongodb+srv://u:${S}@c.example/db`,
  `https://${S}${S}@github.com/x`,
  `http://u:${S}@[::1]:8001/`,
  `next=postgres%3A%2F%2Fu%3A${S}%40db`,
  `kong:${S}@tcp(db:3306)/kong`,
  `connecting as kong:${S}@db:5432`,
  `Bearer  ${S}`,
  `bearer\t${S}`,
  `Bearer%20${S}`,
  `Authorization: Basic   ${S}`,
  `Authorization:${S}`,
  `authorization: Token ${S}`,
  `Authorization = 'Bearer ${S}'`,
  `"headers":{"authorization":"Bearer ${S}"}`,
  `"authorization":["Bearer ${S}"]`,
  `["authorization"] = { "Bearer ${S}" }`,
  `{"name":"Authorization","value":"Bearer ${S}"}`,
  `set_header("Authorization", "x ${S}")`,
  `proxy-authorization: Basic ${S}`,
  `Authorization: Digest username="x", response="${S}"`,
  `Authorization: Digest username="x", realm="a, b", response=${S}`,
  `-H 'Authorization: Digest username="x", response="${S}"'`,
  `\\"Authorization\\": \\"Digest username=\\\\\\"x\\\\\\", response=\\\\\\"${S}\\\\\\"\\"`,
  `Authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=${S}`,
  `Authorization: hmac username="a", algorithm="hmac-sha256", headers="date", signature="${S}"`,
  `Cookie: a=b; session=${S}`,
  `cookie: a=1; b=2; c="${S}"`,
  `Set-Cookie: sid=${S}; Path=/; HttpOnly`,
  `"cookie":"a=b; c=${S}"`,
  `curl -u me:${S} http://x`,
  `curl --user "me:${S}" http://x`,
  `ALTER USER kong WITH PASSWORD '${S}'`,
  `CREATE USER kong IDENTIFIED BY '${S}'`,
  `machine db login kong password ${S}`,
  `requirepass ${S}`,
  `KONG_PG_PASSWORD ENV found with "${S}"`,
  `-----BEGIN RSA PRIVATE KEY-----\n${S}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\\n${S}\\nMII`,
  `{"key":"0123456789abcdef${S}"}`,
  `ghp_hunTer2x9Qz0123456789`,
  `hvs.hunTer2x9Qz0123456789`,
  `sk_live_hunTer2x9Qz01234567`,
  `eyJhbGciOiJIUzI1NiJ9.hunTer2x9Qz.abc`,
  `token=${S} and once more: x${S}y`,
  `password: "a b/${S}" in a%20b%2F${S} and ${Buffer.from(`a b/${S}`).toString('base64')}`,
];

const KEPT = [
  'http://127.0.0.1:8001/plugins?x=a@b',
  'proxy_pass http://upstream:80;',
  'https://kong.example:8443/x@y',
  "on plugin 'key-auth': token: required field missing",
  "on plugin 'my-token': module 'x' not found",
  "2026/11/23 09:00:00 [error] 1#1: handler.lua:12: attempt to index local 'token' (a nil value)",
  'kong.plugins.token-auth.handler:12: bad',
  'schema violation (config.secret: length must be at least 8)',
  'password: must be a string',
  'token: unknown field; password: expected a string',
  '{"fields":{"config":{"token":"expected a string"}}}',
  'token = nil',
  '"secret": null',
  'pg_password = {vault://env/pg-password}',
  'ssl_cert_key = /etc/kong/ssl/kong.key',
  'lua_package_path = ./?.lua;;',
  'bypass = true',
  'compass: north',
  'passed: 5',
  'token_endpoint = https://id.example/token',
  'password_policy: strict',
  'max_tokens: 5',
  'Basic authentication is required',
  'WWW-Authenticate: Basic realm="kong"',
  'WWW-Authenticate: Digest realm="kong"',
  'jwt: 000_base_jwt, 002_130_to_140',
  '/usr/local/share/lua/5.1/kong/plugins/jwt/handler.lua:120: in function',
  'kong:3.9.1@sha256:0123456789abcdef',
  "unexpected token 'end' near 'x'",
  'cache key: plugins:key-auth:x',
  'PWD=/usr/local/kong',
];

describe('secrets, by form', () => {
  for (const form of FORMS) {
    it(JSON.stringify(form('NAME')), () => {
      const through = NAMES.map(form).filter((text) => LEAKS.test(maskSecrets(text)));
      assert.deepEqual(through, []);
    });
  }
  for (const text of FREE) it(JSON.stringify(text), () => assert.doesNotMatch(maskSecrets(text), LEAKS));
});

describe('no secrets', () => {
  for (const text of KEPT) it(text, () => assert.equal(maskSecrets(text), text));

  for (const version of readdirSync(join(__dirname, '../../fixtures/logs/kong'))) {
    for (const file of readdirSync(join(__dirname, '../../fixtures/logs/kong', version))) {
      it(`in ${version}/${file}`, () => assert.deepEqual(secretsIn(readLog(`${version}/${file}`)), []));
    }
  }
});

describe('a secret that one line tells', () => {
  it('is in no finding, wherever the rest of the log repeats it', async () => {
    const log = `pg_password = ${S}\n${cli(`module 'kong.plugins.acme.handler' not found: ${S}`)}`;
    const findings = await diagnose(log);
    assert.ok(findings.length > 0);
    assert.doesNotMatch(JSON.stringify(findings), LEAKS);
  });

  it('that is an ordinary word hides no other word', () => {
    assert.equal(maskSecrets('password=token2 token22 kong'), 'password=****** token22 kong');
    assert.equal(maskSecrets('password=kong in kong'), 'password=****** in kong');
  });
});

it('long lines of beginnings come to an end', () => {
  for (const piece of [
    'password',
    'secret="\\',
    'http://a:',
    '%3A%2F%2Fa',
    'key=',
    "password '",
    'secret={"',
    '-eyJ',
    'basic realm=',
    'a:b@c:1',
  ])
    assert.equal(typeof maskSecrets(piece.repeat(20_000)), 'string');
});
