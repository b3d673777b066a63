// kong.conf as Kong reads it, and edits that leave every other byte alone.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { confValue, confValues, parseConf, setConfValue } from '../../../src/kong/conf';

const READING: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['spaces around the sign', 'plugins  =  bundled,x  ', { plugins: 'bundled,x' }],
  ['no spaces', 'plugins=bundled', { plugins: 'bundled' }],
  ['CRLF', 'a = 1\r\nb = 2\r\n', { a: '1', b: '2' }],
  ['a comment behind a value', 'log_level = debug   # loud', { log_level: 'debug' }],
  ['a comment without a space', 'log_level = debug#loud', { log_level: 'debug' }],
  ['an escaped number sign', 'pg_password = a\\#b # c', { pg_password: 'a#b' }],
  ['a commented-out line', '# plugins = x\n  #plugins = y\n;plugins = z', {}],
  ['the last of equal names', 'plugins = a\nplugins = b', { plugins: 'b' }],
  ['a value with an equals sign', 'nginx_http_lua_shared_dict = a=b', { nginx_http_lua_shared_dict: 'a=b' }],
  ['names with dashes', 'log-level = info', { log_level: 'info' }],
  ['an empty value', 'plugins =', { plugins: '' }],
  ['a continued line', 'plugins = bundled,\\\n  x\nlog_level = info', { plugins: 'bundled,  x', log_level: 'info' }],
  ['a comment inside a continued line', 'plugins = bundled,\\\n# not this\n x', { plugins: 'bundled, x' }],
  ['a colon instead of a sign', 'plugins: bundled', {}],
];

describe('reading kong.conf', () => {
  for (const [what, text, expected] of READING) {
    it(`takes ${what}`, () => assert.deepEqual(confValues(parseConf(text)), expected));
  }

  it('names lines that are no settings', () => {
    const { oddities } = parseConf('plugins bundled\n[kong]\na = 1\n');
    assert.deepEqual(
      oddities.map(({ kind, text }) => [kind, text]),
      [
        ['no-equals', 'plugins bundled'],
        ['section', '[kong]'],
      ],
    );
  });
});

const EDITS: readonly (readonly [string, string, string])[] = [
  ['a comment and the alignment', 'plugins    = bundled    # all\nx = 1\n', 'plugins    = bundled,p    # all\nx = 1\n'],
  ['CRLF', 'a = 1\r\nplugins = bundled\r\nb = 2\r\n', 'a = 1\r\nplugins = bundled,p\r\nb = 2\r\n'],
  ['the line that counts', 'plugins = x\nplugins = bundled\n', 'plugins = x\nplugins = bundled,p\n'],
  ['a missing last newline', 'plugins = bundled', 'plugins = bundled,p'],
  ['a file without the setting', 'a = 1\n', 'a = 1\nplugins = bundled,p\n'],
  ['a file without the setting and without a last newline', 'a = 1', 'a = 1\nplugins = bundled,p\n'],
  ['an empty file', '', 'plugins = bundled,p\n'],
  ['CRLF when a line is added', 'a = 1\r\n', 'a = 1\r\nplugins = bundled,p\r\n'],
  [
    'the default that is commented out',
    '# top\n#plugins = bundled   # doc\n         # more\n',
    '# top\nplugins = bundled,p\n#plugins = bundled   # doc\n         # more\n',
  ],
  ['an empty value', 'plugins =\n', 'plugins = bundled,p\n'],
  ['an empty value before a comment', 'plugins = # none\n', 'plugins = bundled,p # none\n'],
  ['a dangling backslash at the end', 'a = 1 \\\n', 'plugins = bundled,p\na = 1 \\\n'],
  ['bytes that are no UTF-8', '# caf\xe9\nplugins = bundled\n', '# caf\xe9\nplugins = bundled,p\n'],
];

describe('editing kong.conf', () => {
  for (const [what, text, expected] of EDITS) {
    it(`keeps ${what}`, () => assert.equal(setConfValue(text, 'plugins', 'bundled,p'), expected));
  }

  it('escapes a number sign', () => {
    assert.equal(confValue(parseConf(setConfValue('', 'pg_password', 'a#b')), 'pg_password'), 'a#b');
  });

  it('changes nothing when the value stands there', () => {
    const text = 'plugins = bundled  # x\r\n';
    assert.equal(setConfValue(text, 'plugins', 'bundled'), text);
  });

  it('sets exactly that value in any file, and leaves all other settings', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'plugins = a',
        '#plugins = x',
        'plugins=a # b',
        'x = 1',
        'y=\\#2',
        '; c',
        '',
        'junk',
        'long = a\\',
        '\t z = 3',
      ),
      fc.string({ maxLength: 12 }).filter((text) => !text.includes('\n') && !text.startsWith('[')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), (lines, newline) => {
        const text = lines.join(newline);
        const before = confValues(parseConf(text));
        const after = confValues(parseConf(setConfValue(text, 'plugins', 'bundled,p')));
        assert.equal(after['plugins'], 'bundled,p');
        assert.deepEqual({ ...before, plugins: '' }, { ...after, plugins: '' });
      }),
      { numRuns: 500 },
    );
  });
});
