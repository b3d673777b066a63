// Severities that people choose, and lines that comments silence.
import assert from 'node:assert/strict';
import { asChosen, readChoices } from '../../../src/text/chosen';
import type { Diagnostic } from '../../../src/text/diagnostic';

const at = (line: number, code: string, enforcedBy: Diagnostic['enforcedBy'] = []): Diagnostic => ({
  code,
  severity: 'warning',
  message: 'x',
  range: { start: { line, character: 0 }, end: { line, character: 1 } },
  enforcedBy,
});
const lines = (...text: string[]): string => text.join('\n');

describe('chosen severities', () => {
  for (const { title, text, left } of [
    { title: 'a comment on the line', text: lines('f() -- kong-plugin: ignore a/b', 'f()'), left: [1] },
    { title: 'a comment of its own, for the next line', text: lines('  -- kong-plugin: ignore a/b because', 'f()'), left: [0] },
    { title: 'several codes', text: lines('f() --kong-plugin: ignore c/d, a/b', 'f()'), left: [1] },
    { title: 'another code', text: lines('f() -- kong-plugin: ignore c/d', 'f()'), left: [0, 1] },
    { title: 'no code', text: lines('f() -- kong-plugin: ignore', 'f()'), left: [0, 1] },
  ]) {
    it(title, () => {
      const told = asChosen([at(0, 'a/b'), at(1, 'a/b')], text);
      assert.deepEqual(
        told.map(({ range }) => range.start.line),
        left,
      );
    });
  }

  it('change a severity, or say nothing', () => {
    const told = asChosen([at(0, 'a/b'), at(0, 'c/d'), at(0, 'e/f')], '', { 'a/b': 'error', 'c/d': 'off' });
    assert.deepEqual(
      told.map(({ code, severity }) => `${code} ${severity}`),
      ['a/b error', 'e/f warning'],
    );
  });

  it('leave what others refuse', () => {
    const refused = at(0, 'a/b', ['kong-load']);
    assert.deepEqual(asChosen([refused], 'f() -- kong-plugin: ignore a/b', { 'a/b': 'off' }), [refused]);
  });

  it('are read from anything', () => {
    assert.deepEqual(readChoices({ 'a/b': 'off', 'c/d': 'loud', 'e/f': 1 }), { 'a/b': 'off' });
    assert.deepEqual(readChoices(undefined), {});
  });
});
