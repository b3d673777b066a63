// What the reader makes of whole texts: several problems, repetitions, order, versions, big inputs.
import assert from 'node:assert/strict';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { PROBLEM_MATCHERS } from '../../../src/troubleshoot/problemMatcher';
import { cli, declarative, inRequest, logged, onPlugin, refused, thrown, violation } from './examples/example';
import { assertLabelled, LABELS, readLog } from './recorded';

const ids = async (log: string): Promise<string[]> => (await diagnose(log)).map(({ id }) => id);

async function* inPieces(text: string, size = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

describe('the reader', () => {
  it('tells the problems of several plugins apart', async () => {
    const log = onPlugin(
      'one plugin is enabled but not installed;\nno plugin found; on plugin \'two\': no configuration schema found for plugin: two; on plugin \'three\': Plugin "three" cannot be loaded because its VERSION field does not follow the "x.y.z" format, got: "1".',
      'one',
    );
    assert.deepEqual(
      (await diagnose(log)).map(({ id, plugin }) => [id, plugin]),
      [
        ['plugin-enabled-not-installed', 'one'],
        ['no-configuration-schema', 'two'],
        ['handler-bad-version', 'three'],
      ],
    );
  });

  it('tells several violations of one schema apart', async () => {
    assert.deepEqual(
      await ids(
        violation(
          'fields.3: {\n  fields = {\n    {\n      requird = "unknown field"\n    },\n    {\n      type = "expected one of: string, number"\n    }\n  }\n}',
          "b: field of type 'map' must declare 'keys'",
        ),
      ),
      ['schema-unknown-attribute', 'schema-field-unknown-type', 'schema-missing-required-attribute'],
    );
  });

  it('reports a problem once, however often it is logged', async () => {
    const line = inRequest(
      "[kong] init.lua:406 [acme] /opt/kong/plugins/acme/handler.lua:7: attempt to index local 't' (a nil value)",
    );
    const findings = await diagnose(Array.from({ length: 50 }, (_, i) => line.replace('*645', `*${i}`)).join('\n'));
    assert.equal(findings.length, 1);
    assert.deepEqual(
      findings[0]?.evidence.map((item) => item.line),
      [1],
    );
  });

  it('puts what stops Kong before what breaks a request', async () => {
    const log = `${inRequest('[kong] init.lua:406 [a] /opt/kong/plugins/a/handler.lua:7: boom')}\n${refused({ config: { x: 'unknown field' } })}\n${onPlugin('no configuration schema found for plugin: acme')}`;
    assert.deepEqual(await ids(log), ['no-configuration-schema', 'runtime-exception-in-phase', 'admin-api-schema-violation']);
  });

  it('does not take the wrapper for the cause', async () => {
    assert.deepEqual(
      await ids(
        `${thrown('handler', 3, 'boom')}\n${cli('failed to start nginx (exit code: 1)')}\n${cli('Kong is not running at /usr/local/kong')}`,
      ),
      ['plugin-module-runtime-error'],
    );
  });

  it('reads the version from the text and leaves out steps for other versions', async () => {
    const refusal = declarative("in '_format_version': required field missing");
    const steps = async (log: string, kong?: string): Promise<string> =>
      (await diagnose(log, kong === undefined ? {} : { kong }))[0]?.steps.join(' ') ?? '';
    assert.match(await steps(`${logged('verbose', 'x').slice(0, 20)}[verbose] Kong: 2.8.5\n${refusal}`), /"2\.1"/);
    assert.doesNotMatch(await steps(`2026/11/22 09:44:42 [verbose] Kong: 2.8.5\n${refusal}`), /"3\.0"/);
    assert.match(await steps(refusal, '3.9'), /"3\.0"/);
    assert.doesNotMatch(await steps(refusal, '3.9'), /"1\.1"/);
  });

  it('says what else the same words can mean', async () => {
    const [finding] = await diagnose(onPlugin('acme plugin is enabled but not installed;\nno plugin found'));
    assert.deepEqual(
      finding?.alternatives?.map(({ id }) => id),
      ['plugin-file-unreadable', 'pluginserver-plugin-not-found'],
    );
    assert.ok(finding.fixes?.includes('install'));
  });

  it('names the words that a remedy needs', async () => {
    const [finding] = await diagnose(
      thrown('handler', 2, "module 'resty.acme' not found:\n\tno field package.preload['resty.acme']"),
    );
    assert.equal(finding?.details?.['missing'], 'resty.acme');
  });

  const texts: [name: string, log: string, id: string, plugin: string | null][] = [
    [
      'an answer that HTTPie printed',
      `HTTP/1.1 400 Bad Request\n\n${JSON.stringify({ code: 2, fields: { config: { limit: 'expected a number' } }, message: 'schema violation (config.limit: expected a number)', name: 'schema violation' }, null, 4)}`,
      'admin-api-schema-violation',
      null,
    ],
    [
      'an answer quoted by logfmt',
      `time="2023-01-01T00:00:00Z" level=error msg="could not update kong admin" error=${JSON.stringify(`got status code 400, body: ${JSON.stringify({ code: 14, fields: { plugins: [{ name: "plugin 'acme' not enabled; add it to the 'plugins' configuration property" }] }, message: 'declarative config is invalid: {plugins={{name="…"}}}' })}`)}`,
      'admin-api-plugin-not-enabled',
      'acme',
    ],
    [
      'the table form of a declarative refusal',
      `declarative config is invalid: {plugins={[12]={name="plugin 'acme' not enabled; add it to the 'plugins' configuration property"}}}`,
      'plugin-in-use-not-enabled',
      'acme',
    ],
    [
      'lines of another container in between',
      violation('fields.3: {\n  fields = {\n    {\n      default = "expected a string"\n    }\n  }\n}')
        .split('\n')
        .map((line) => `kong-1  | ${line}`)
        .join('\ndb-1    | LOG:  checkpoint complete\n'),
      'schema-default-invalid',
      'acme',
    ],
    [
      'an empty name in plugins',
      onPlugin(' plugin is enabled but not installed;\nno plugin found', ''),
      'plugins-setting-malformed',
      '',
    ],
    [
      'a timer of a plugin',
      logged(
        'error',
        "*5 lua entry thread aborted: runtime error: ...hare/lua/5.1/kong/plugins/acme/reporter.lua:61: attempt to perform arithmetic on field 'count' (a nil value)\nstack traceback:\ncoroutine 0:\n\t...hare/lua/5.1/kong/plugins/acme/reporter.lua: in function 'send', context: ngx.timer",
      ),
      'runtime-exception-in-phase',
      'acme',
    ],
    [
      'quotes that a forum bent',
      thrown('schema', 7, 'schema typedef error: definition run_on_first does not exist').replace(/'([^']*)'/g, '\u2018$1\u2019'),
      'typedef-missing',
      'acme',
    ],
  ];
  for (const [name, log, id, plugin] of texts) {
    it(`understands ${name}`, async () => {
      const findings = await diagnose(log);
      assert.deepEqual(
        findings.map((finding) => [finding.id, finding.plugin]),
        [[id, plugin]],
      );
    });
  }

  it('takes the plugin of an answer from the command above it', async () => {
    const answer = refused({ config: { nope: 'unknown field' } });
    const [finding] = await diagnose(`$ curl -XPOST localhost:8001/plugins -d name=acme -d config.nope=1\n${answer}`);
    assert.deepEqual([finding?.id, finding?.plugin], ['admin-api-schema-violation', 'acme']);
    assert.equal((await diagnose(answer))[0]?.plugin, null);
  });

  it('reads the refusal that decK quotes to its end, and a check of the whole entity', async () => {
    const quoted = (message: string): string =>
      `Error: 1 errors occurred:\n\twhile processing event: {Update} plugin acme (global) failed: HTTP status 400 (message: "schema violation (${message})")`;
    const causes = async (log: string): Promise<[string, string | undefined][]> =>
      (await diagnose(log)).map(({ id, details }) => [id, details?.['error']]);
    assert.deepEqual(await causes(quoted('config.run_on: unknown field')), [['admin-api-schema-violation', 'unknown field']]);
    assert.deepEqual(await causes(quoted("at least one of these fields must be non-empty: 'config.a', 'config.b'")), [
      ['admin-api-schema-violation', "at least one of these fields must be non-empty: 'config.a', 'config.b'"],
    ]);
  });

  it('finds nothing in nothing', async () => assert.deepEqual(await diagnose(''), []));

  const noise = Array.from(
    { length: 16_000 },
    (_, i) =>
      `10.0.0.${i % 250} - - [22/Nov/2026:09:48:16 +0000] "GET /api/v1/items/${(i * 7919) % 100_003}?page=${i} HTTP/1.1" 200 ${i % 5000} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"\n`,
  ).join('');
  const some = Object.entries(LABELS).filter(([name], i) => i % 20 === 7 || name.includes('y_access_error'));
  for (const [name, label] of some) {
    it(`finds ${name} in the middle of a big log, at the same line`, async () => {
      const log = `${noise}${readLog(name)}\n${noise}`;
      const findings = await diagnose(inPieces(log));
      assertLabelled(findings, label);
      const small = await diagnose(readLog(name));
      assert.deepEqual(
        findings.map(({ id, evidence }) => [id, evidence[0]?.line]),
        small.map(({ id, evidence }) => [id, (evidence[0]?.line ?? 0) + 16_000]),
      );
    });
  }

  const unknown = [
    ...['error', 'crit', 'alert', 'emerg'].map((level) => logged(level, '*5 the moon is full')),
    'nginx: [emerg] the moon is full',
    "lua: moon.lua:1: full\nstack traceback:\n\t[C]: in function 'error'",
  ];
  for (const [i, line] of unknown.entries()) {
    it(`finds an error that no entry knows in the middle of a big log: ${line.split('\n')[0] ?? ''}`, async () => {
      // Each at another place of the eight that a probe can meet.
      const pad = `${'x'.repeat(i)}\n`;
      const findings = await diagnose(inPieces(`${noise}${pad}${line}\n${noise}`));
      assert.deepEqual(
        findings.map(({ id, evidence }) => [id, evidence[0]?.line]),
        [['unknown-error', 16_002]],
      );
    });
  }

  it('reads an error once, however often it stands in a big log with other numbers', async () => {
    const repeated = Array.from({ length: 20_000 }, (_, i) =>
      inRequest(`the moon ${i} is full`)
        .replace('*645', `*${i}`)
        .replace(':06', `:${10 + (i % 50)}`),
    ).join('\n');
    const findings = await diagnose(inPieces(`${noise}${repeated}\n${inRequest('the sun is up')}\n`));
    assert.deepEqual(
      findings.map(({ id, evidence }) => [id, evidence[0]?.line]),
      [
        ['unknown-error', 16_001],
        ['unknown-error', 36_001],
      ],
    );
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    await diagnose(inPieces('x'.repeat(10), 5), { onProgress: (bytes) => told.push(bytes) });
    assert.deepEqual(told, [5, 10]);
  });
});

describe('the problem matcher', () => {
  it('finds file, line and message of what kong start prints', () => {
    const { regexp, file, line, message } = PROBLEM_MATCHERS[0].pattern;
    const match = new RegExp(regexp).exec('...l/share/lua/5.1/kong/plugins/acme/handler.lua:12: attempt to index a nil value');
    assert.deepEqual(
      [match?.[file], match?.[line], match?.[message]],
      ['kong/plugins/acme/handler.lua', '12', 'attempt to index a nil value'],
    );
    assert.equal(new RegExp(regexp).exec('\t/usr/kong/plugins/acme/handler.lua:12: in main chunk'), null);
  });
});
