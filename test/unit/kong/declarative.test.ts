// Which plugins a declarative file uses, and taking one out of it.
import assert from 'node:assert/strict';
import { readDeclarative, withoutDeclared } from '../../../src/kong/declarative/read';

const TEXT = `_format_version: "3.0"
# top
services:
- name: s
  plugins:
  - name: a   # first
    config: {foo: x}
  # about b
  - name: b
    config:
      plugins: [z, {name: a}]
  routes:
  - name: r
    plugins:
    - name: a
      config:
        text: |
          more
plugins: [{name: a}, {name: c, consumer: ann}, {name: a}]
consumers:
- username: u
  plugins:
    - name: a
  tags: [t]
`;

const usesOf = (text: string): [string, string][] =>
  readDeclarative(text).plugins.map(({ name, scopes }) => [name, scopes.join('+')]);

describe('a declarative file', () => {
  it('tells every use with its scope', () => {
    assert.deepEqual(usesOf(TEXT), [
      ['a', 'service'],
      ['b', 'service'],
      ['a', 'route'],
      ['a', ''],
      ['c', 'consumer'],
      ['a', ''],
      ['a', 'consumer'],
    ]);
  });

  it('loses one plugin and nothing else', () => {
    const left = withoutDeclared(TEXT, 'a');
    assert.deepEqual(usesOf(left), [
      ['b', 'service'],
      ['c', 'consumer'],
    ]);
    assert.equal(readDeclarative(left).error, undefined);
    for (const kept of ['# top', '# about b', 'plugins: [z, {name: a}]', '- name: r', 'tags: [t]'])
      assert.ok(left.includes(kept), kept);
  });

  it('is read as JSON too', () => {
    const json = JSON.stringify({ _format_version: '3.0', plugins: [{ name: 'a' }, { name: 'b' }] });
    assert.deepEqual(usesOf(withoutDeclared(json, 'a')), [['b', '']]);
  });

  it('says why it cannot be read', () => assert.notEqual(readDeclarative('services:\n - name: [a\n').error, undefined));

  it('is not expanded without end', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*l${i - 1}`)
          .join(', ')}]`,
    );
    const started = Date.now();
    assert.notEqual(readDeclarative(bomb.join('\n')).error, undefined);
    assert.ok(Date.now() - started < 2000);
  });
});
