// Entries of plugins put into a declarative file, changed and taken out: every other byte stays, and what cannot be done so is refused.
import assert from 'node:assert/strict';
import { withEntry, withFields, withoutEntry } from '../../../src/kong/declarative/edits';
import { readDeclarative, type DeclaredPlugin } from '../../../src/kong/declarative/read';
import { UserError } from '../../../src/system/userError';

const ENTRY = { name: 'hello', service: 'a/b', config: { greeting: 'yes', list: ['x: y', '#'], lines: 'one\ntwo' } };
const FORMAT = '_format_version: "3.0"\n';

/** Texts, with what an entry makes of them where that is worth seeing. */
const TEXTS: Readonly<Record<string, readonly [text: string, holds?: string]>> = {
  'no list': [
    `# top\n${FORMAT}services:\n- name: a/b # x\n`,
    '- name: a/b # x\nplugins:\n- name: hello\n  service: a/b\n  config:\n    greeting: "yes"\n',
  ],
  'a list that is indented': [`${FORMAT}services:\n  - name: s\n`, 'plugins:\n  - name: hello\n'],
  'a list in block style': [
    `${FORMAT}plugins:\n  - name: x\n    config: {a: 1}\n# end\n`,
    '    config: {a: 1}\n  - name: hello\n    service: a/b\n',
  ],
  'a list with keys behind it': [`${FORMAT}plugins:\n- name: x # kept\nservices: []\n`],
  'an empty list': [`${FORMAT}plugins: [ ] # none\nservices: []\n`, 'plugins: [ {"name":"hello"'],
  'a list in flow style': [`${FORMAT}plugins: [{name: a}, {name: b}]\n`, '{name: b}, {"name":"hello"'],
  'no line break at the end': [`${FORMAT}services: []`],
  'no line break at the end of a list': [`${FORMAT}plugins:\n- name: x`],
  'line breaks of Windows': [
    `_format_version: "3.0"\r\nplugins:\r\n- name: x\r\n`,
    '- name: x\r\n- name: hello\r\n  service: a/b\r\n',
  ],
  'an object that is indented': ['  _format_version: "3.0"\n  services: []\n', '\n  plugins:\n  - name: hello\n'],
  JSON: ['{"_format_version":"3.0","plugins":[{"name":"x"}]}'],
  'JSON over lines': [
    '{\n  "_format_version": "3.0",\n  "plugins": [\n    {\n      "name": "x"\n    }\n  ]\n}\n',
    '    },\n    {\n      "name": "hello",\n',
  ],
  'two documents': [`${FORMAT}plugins:\n- name: x\n---\nplugins: []\n`],
  'a list and its comments': [`${FORMAT}plugins:\n# first\n- name: x\n# second\n- name: y\n\n# the rest\ntags: []\n`],
};

const entries = (text: string): DeclaredPlugin[] => readDeclarative(text).plugins;

function lastOf(text: string): DeclaredPlugin {
  const entry = entries(text).findLast(({ name }) => name === 'hello');
  assert.ok(entry, text);
  return entry;
}

describe('an entry of a declarative file', () => {
  for (const [what, [text, holds = '']] of Object.entries(TEXTS)) {
    it(`comes and goes again to the byte: ${what}`, () => {
      const added = withEntry(text, ENTRY);
      assert.ok(added.includes(holds), added);
      const entry = lastOf(added);
      assert.deepEqual(entry.row, ENTRY);
      assert.equal(withoutEntry(added, entry.path), text);
    });
  }

  it('leaves an empty list in flow style', () => {
    const added = withEntry('{"_format_version":"3.0"}\n', ENTRY);
    assert.equal(withoutEntry(added, ['plugins', 0]), '{"_format_version":"3.0", "plugins": []}\n');
  });

  it('goes with its list, unless that cannot go alone', () => {
    assert.equal(
      withoutEntry(`${FORMAT}services:\n- name: s\n  plugins:\n  - name: a\n`, ['services', 0, 'plugins', 0]),
      `${FORMAT}services:\n- name: s\n`,
    );
    assert.equal(
      withoutEntry(`${FORMAT}services:\n- plugins:\n  - name: a\n  name: s\n`, ['services', 0, 'plugins', 0]),
      `${FORMAT}services:\n- plugins: []\n  name: s\n`,
    );
    assert.equal(
      withoutEntry(`${FORMAT}routes:\n- name: r\n  plugins: [{name: a}, {name: b}] # two\n`, ['routes', 0, 'plugins', 0]),
      `${FORMAT}routes:\n- name: r\n  plugins: [{name: b}] # two\n`,
    );
  });

  it('has its fields changed where they stand', () => {
    const text = `${FORMAT}plugins:\n- name: a # the first\n  config:\n    limit: 5 # a minute\n    inner:\n      deep: x\n    list:\n    - 1\n    - 2\n    text: |\n      long\n  enabled: true\n- {name: b, config: {}}\n- name: c\n  config:\n`;
    const first = withFields(
      text,
      ['plugins', 0],
      [
        { path: ['config', 'limit'], value: 7 },
        { path: ['config', 'inner', 'deep'], value: 'a: b' },
        { path: ['config', 'inner', 'more'], value: [true] },
        { path: ['config', 'list'], value: [3] },
        { path: ['config', 'text'], value: 'short' },
        { path: ['config', 'fresh', 'one'], value: null },
        { path: ['enabled'], value: false },
      ],
    );
    assert.equal(
      first,
      `${FORMAT}plugins:\n- name: a # the first\n  config:\n    limit: 7 # a minute\n    inner:\n      deep: "a: b"\n      more:\n        - true\n    list:\n      - 3\n    text: short\n    fresh:\n      one: null\n  enabled: false\n- {name: b, config: {}}\n- name: c\n  config:\n`,
    );
    const second = withFields(
      text,
      ['plugins', 1],
      [
        { path: ['config', 'a'], value: 'x, y' },
        { path: ['enabled'], value: false },
      ],
    );
    assert.ok(second.includes('- {name: b, config: {"a": "x, y"}, "enabled": false}\n'), second);
    const third = withFields(text, ['plugins', 2], [{ path: ['config', 'a'], value: 1 }]);
    assert.deepEqual(entries(third)[2]?.row, { name: 'c', config: { a: 1 } });
    assert.equal(withFields(third, ['plugins', 2], [{ path: ['config', 'a'], value: 1 }]), third);
  });

  for (const [what, text, path] of [
    ['an alias for a list', `${FORMAT}x: &p [{name: a}]\nplugins: *p\n`, ['plugins', 0]],
    ['an anchor that others use', `${FORMAT}plugins:\n- name: a\n  config: &c {n: 1}\n- name: b\n  config: *c\n`, ['plugins', 0]],
    [
      'an alias for a configuration',
      `${FORMAT}plugins:\n- name: a\n  config: &c {n: 1}\n- name: b\n  config: *c\n`,
      ['plugins', 1],
    ],
    ['no YAML', 'plugins: [a\n', ['plugins', 0]],
    ['a text', 'hello\n', ['plugins', 0]],
  ] as const) {
    it(`is not changed where more would change: ${what}`, () => {
      assert.throws(() => withFields(text, path, [{ path: ['config', 'n'], value: 2 }]), UserError);
      if (what !== 'an anchor that others use' && what !== 'an alias for a configuration')
        assert.throws(() => withEntry(text, ENTRY), /is not changed: .*/);
    });
  }
});
