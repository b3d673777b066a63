// What others wrote does not steer the terminal of whoever reads it.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../../src/text/printable';
import { commandLine } from '../cli/commandLine';
import { withFolder } from '../lifecycle/plugins';

const CASES: readonly [text: string, shown: string][] = [
  ['plain ä 日本 🙂\n\ttab', 'plain ä 日本 🙂\n\ttab'],
  ['two\r\nlines', 'two\r\nlines'],
  ['over\rwritten', 'over\\u{d}written'],
  ['\x1b[2J\x1b]0;title\x07', '\\u{1b}[2J\\u{1b}]0;title\\u{7}'],
  ['\x9b31mred', '\\u{9b}31mred'],
  ['back\x08\x7f', 'back\\u{8}\\u{7f}'],
  ['\u202egnp.exe', '\\u{202e}gnp.exe'],
  ['\u2066a\u2069\u200f\u061c', '\\u{2066}a\\u{2069}\\u{200f}\\u{61c}'],
  ['\0', '\\u{0}'],
];

describe('text for a terminal', () => {
  for (const [text, shown] of CASES) {
    it(JSON.stringify(text), () => assert.equal(printable(text), shown));
  }

  it('is all that the command line writes, whatever a folder is called', () =>
    withFolder(async (folder) => {
      const name = join(folder, 'a\x1b[31m\u202eb');
      await mkdir(name);
      const { out, err } = await commandLine(['status', '--node', `folder:${name}`]);
      const missing = await commandLine(['status', '--node', `folder:${name}/no`]);
      for (const text of [out, err, missing.out, missing.err]) assert.doesNotMatch(text, /[\x1b\u202e]/);
      const json = await commandLine(['status', '--node', `folder:${name}`, '--format', 'json']);
      const { nodes } = JSON.parse(json.out) as { nodes: { id: string }[] };
      assert.equal(nodes[0]?.id, `folder:${name}`);
      assert.doesNotMatch(json.out, /[\x1b\u202e]/);
      assert.match(out, /a\\u\{1b\}\[31m\\u\{202e\}b/);
    }));
});
