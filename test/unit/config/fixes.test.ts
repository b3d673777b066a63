// What mends a problem of a configuration: the title of the fix, and the text that comes of it.
import assert from 'node:assert/strict';
import { checkConfiguration } from '../../../src/config/declarative/check';
import { applyEdits } from '../../../src/text/edits';
import { NAMES, schemasOf, use } from './demoPlugin';

describe('a configuration is mended:', () => {
  /** The titles of the fixes of everything wrong in a text, and what the named one makes of it. */
  async function mended(text: string, title?: string, schemas = schemasOf()): Promise<{ titles: string[]; text: string }> {
    const found = await checkConfiguration(text, schemas, { fixes: { path: '/w/kong.yml', isWanted: () => true } });
    const fixes = found.flatMap((diagnostic) => diagnostic.fixes ?? []);
    const fix = fixes.find((one) => one.title === title) ?? fixes[0];
    const edits = fix?.changes.flatMap((change) => (change.kind === 'edit' ? change.edits : [])) ?? [];
    return { titles: fixes.map((one) => one.title), text: applyEdits(text, edits) };
  }

  const CASES: readonly (readonly [what: string, before: string, title: string, after: string])[] = [
    ['a plugin', use('    limit: 1\n').replace('demo', 'dmo'), 'Change to demo', use('    limit: 1\n')],
    [
      'a plugin in quotes',
      use('    limit: 1\n').replace('demo', "'demos'"),
      'Change to demo',
      use('    limit: 1\n').replace('demo', "'demo'"),
    ],
    ['a field', use('    limit: 1\n    mod: slow\n'), 'Rename to mode', use('    limit: 1\n    mode: slow\n')],
    ['the name of a field of an entity', NAMES.replace('host: example.com', 'hosst: example.com'), 'Rename to host', NAMES],
    ['a list at the top', NAMES.replace('consumers:', 'consumer:'), 'Rename to consumers', NAMES],
    ['a value', use('    limit: 1\n    mode: slo\n'), 'Change to slow', use('    limit: 1\n    mode: slow\n')],
    [
      'a reference',
      `${NAMES}plugins:\n- name: cors\n  service: order\n`,
      'Change to orders',
      `${NAMES}plugins:\n- name: cors\n  service: orders\n`,
    ],
    ['a text that is a number', use('    limit: "5"\n'), 'Write 5', use('    limit: 5\n')],
    [
      'a number that is a text',
      '_format_version: "3.0"\nservices:\n- name: 5\n  host: a\n',
      'Write "5"',
      '_format_version: "3.0"\nservices:\n- name: "5"\n  host: a\n',
    ],
    ['one value for a list', use('    limit: 1\n    methods: GET\n'), 'Write [GET]', use('    limit: 1\n    methods: [GET]\n')],
    ['no format', 'services: []\n', 'Write _format_version: "3.0"', '_format_version: "3.0"\nservices: []\n'],
    ['a format that is a number', '_format_version: 3.0\n', 'Write _format_version: "3.0"', '_format_version: "3.0"\n'],
    ['a field that must be given', use('    mode: slow\n'), 'Add config.limit', use('    mode: slow\n    limit: 1\n')],
    [
      'a field of a record in braces',
      use('    limit: 1\n    upstream: { port: 1 }\n'),
      'Add config.upstream.host',
      use('    limit: 1\n    upstream: { port: 1, "host": "example.com" }\n'),
    ],
    [
      'a field of an entity',
      '_format_version: "3.0"\nservices:\n- name: a\n',
      'Add host',
      '_format_version: "3.0"\nservices:\n- name: a\n  host: example.com\n',
    ],
  ];
  for (const [what, before, title, after] of CASES) {
    it(what, async () => {
      const { titles, text } = await mended(before, title);
      assert.ok(titles.includes(title), titles.join('; '));
      assert.equal(text, after);
    });
  }

  it('all fields that must be given at once', async () => {
    const { text } = await mended(use('    mode: slow\n    upstream: {}\n'), 'Add the 2 fields that must be given');
    assert.deepEqual(await checkConfiguration(text, schemasOf()), []);
  });

  it('nothing where no answer is near, and makes no fix that nobody asks for', async () => {
    assert.deepEqual((await mended(use('    limit: 1\n    quite_another: slow\n'))).titles, []);
    const found = await checkConfiguration('services: []\n', schemasOf(), {
      fixes: { path: '/w/kong.yml', isWanted: () => false },
    });
    assert.deepEqual(
      found.map(({ fixes }) => fixes),
      [undefined],
    );
  });
});
