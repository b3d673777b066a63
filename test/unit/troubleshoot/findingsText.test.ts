// What people read and pass on: text, Markdown, and no secrets in either.
import assert from 'node:assert/strict';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { maskSecrets } from '../../../src/troubleshoot/secrets/mask';
import { toMarkdown, findingsText } from '../../../src/troubleshoot/findingsText';
import { cli, onPlugin } from './examples/example';

describe('secrets', () => {
  const table: [text: string, masked: string][] = [
    ['KONG_PG_PASSWORD ENV found with "hunter2"', 'KONG_PG_PASSWORD ENV found with "******"'],
    ['pg_password = hunter2', 'pg_password = ******'],
    ['-e KONG_PG_PASSWORD=hunter2 kong', '-e KONG_PG_PASSWORD=****** kong'],
    ['{"client_secret":"hunter2","a":1}', '{"client_secret":"******","a":1}'],
    ['{\\"client_secret\\":\\"hunter2\\"}', '{\\"client_secret\\":\\"******\\"}'],
    ['Authorization: Bearer abcdef123456', 'Authorization: ******'],
    ['curl -H "apikey: hunter2" x', 'curl -H "apikey: ******" x'],
    ['GET /?apikey=hunter2&a=1', 'GET /?apikey=******&a=1'],
    ['postgres://kong:hunter2@db:5432/kong', 'postgres://kong:******@db:5432/kong'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_def', 'token ******'],
    ['key AKIAIOSFODNN7EXAMPLE', 'key ******'],
    ['Set-Cookie: session=hunter2', 'Set-Cookie: ******'],
  ];
  for (const [text, masked] of table) it(text, () => assert.equal(maskSecrets(text), masked));

  it('leaves the rest of a log alone', () => {
    const log =
      "error loading plugin schemas: on plugin 'token-auth': [off] schema violation (token: unknown field; password: expected a string)";
    assert.equal(maskSecrets(log), log);
  });

  it('are not in a finding', async () => {
    const log = cli(
      "failed to dereference '{vault://env/x}': hunter2 for config option 'pg_password'; pg_password = hunter2 postgres://kong:hunter2@db/kong",
    );
    const findings = await diagnose(log);
    assert.equal(findings.length, 1);
    assert.doesNotMatch(JSON.stringify(findings[0]?.evidence), /pg_password = hunter2|kong:hunter2/);
  });
});

describe('reports', () => {
  it('say in text what happened, why, and what to do', async () => {
    const text = findingsText(await diagnose(onPlugin('no configuration schema found for plugin: acme')));
    for (const part of ['[no-configuration-schema]', 'plugin acme', 'Kong said:', 'Why:', 'What to do:', '1 problem found.'])
      assert.ok(text.includes(part), part);
    assert.ok(text.split('\n').every((line) => line.length <= 100 || line.includes(' | ') || line.includes('https://')));
  });

  it('say so when nothing is wrong', () => {
    assert.match(findingsText([]), /^No problem found/);
    assert.match(toMarkdown([]), /^No problem found/);
  });

  it('are harmless Markdown, whatever the log holds', async () => {
    const [finding] = await diagnose(onPlugin('no configuration schema found for plugin: acme'));
    assert.ok(finding);
    const hostile = {
      ...finding,
      title: '<img src=x> [a](http://b) @everyone `x`',
      evidence: [{ line: 1, text: '``` </pre><script>' }],
    };
    const markdown = toMarkdown([hostile], { kong: '3.9.1' });
    assert.ok(markdown.startsWith('Kong 3.9.1\n'));
    assert.ok(markdown.includes('````text\n``` </pre><script>\n````'), 'the fence is longer than any in the text');
    assert.ok(markdown.includes('### &lt;img src=x> \\[a\\](http://b) @\u200beveryone \\`x\\`'));
  });
});
