// The engine's sentences as the editor says them: no command of a terminal, and a button for what is advised.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { COMMANDS } from '../../../src/cli/commands';
import type { Io } from '../../../src/cli/io';
import { failureWords, inEditorWords, offersIn } from '../../../src/extension/dialogue/editorWords';
import { UserError } from '../../../src/system/userError';

/** Nothing of it is asked while commands are only named. */
const io: Io = {
  cwd: __dirname,
  env: {},
  out: () => undefined,
  err: () => undefined,
  stdin: process.stdin,
  interactive: false,
  signal: new AbortController().signal,
};
const src = path.resolve(__dirname, '../../../src');

describe('the engine’s sentences in the editor', () => {
  it('name the editor’s commands in place of the terminal’s', () => {
    const said = "It is not enabled: `kong-plugin enable acl --node 'folder:/a b'`";
    assert.equal(inEditorWords(said), 'It is not enabled: Kong Plugin: Enable on Node…');
    assert.deepEqual(offersIn(said), [
      { title: 'Enable on Node…', command: 'kongPlugin.enable', args: [{ plugin: 'acl', node: 'folder:/a b' }] },
    ]);
  });

  it('give no placeholder to a command as a name', () => {
    assert.deepEqual(offersIn('See `kong-plugin diagnose --node NODE`.'), [
      { title: 'Diagnose Node Log…', command: 'kongPlugin.diagnoseNode', args: [{}] },
    ]);
  });

  it('leave what only the terminal has', () => {
    const said = 'Name it: `kong-plugin lsp --stdio`';
    assert.equal(inEditorWords(said), said);
    assert.deepEqual(offersIn(said), []);
  });

  it('have the button of what they advise, in the order of the words', () => {
    const error = new UserError('No Kong node is known.', { next: 'Run Kong Plugin: Add Node… first.' });
    assert.deepEqual(failureWords(error).offers, [{ title: 'Add Node…', command: 'kongPlugin.addNode', args: [] }]);
    assert.deepEqual(
      offersIn('Run Kong Plugin: Start Development Node, or Kong Plugin: Add Node….').map(({ title }) => title),
      ['Start Development Node', 'Add Node…'],
    );
    assert.deepEqual(
      offersIn('Open the folder of a Kong plugin.').map(({ title }) => title),
      ['Open Folder…'],
    );
  });

  it('open the line they are about, and the setting they name', () => {
    const offers = (at: { path: string; line?: number }, message = 'x'): string[] =>
      failureWords(new UserError(message, { at })).offers.map(({ title }) => title);
    assert.deepEqual(offers({ path: '/p/a.http', line: 8 }), ['Open Line 9']);
    assert.deepEqual(offers({ path: '/p/handler.lua' }, 'See kongPlugin.docker.path.'), ['Open handler.lua', 'Open Setting']);
  });

  it('hold every command line in backticks, so that it can be told from the words around it', () => {
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !/^(?:cli|contributions)\b/.test(file),
    );
    assert.ok(files.length > 300);
    const program = new Command();
    for (const add of COMMANDS) add(program, io, () => undefined);
    const verbs = program.commands.map((command) => command.name());
    assert.ok(verbs.length > 20);
    const bare = new RegExp(`(?<![\`\\w/-])kong-plugin (?:${verbs.join('|')})\\b`);
    const found = files.flatMap((file) =>
      readFileSync(path.join(src, file), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line))
        // what a command of the terminal wrote says so
        .filter((line) => bare.test(line.replace(/written by kong-plugin \w+/gi, '')))
        .map((line) => `${file}: ${line.trim()}`),
    );
    // the README and the workflow of a new plugin are for terminals
    assert.deepEqual(
      found.filter((line) => !line.startsWith('plugin/templates.ts')),
      [],
    );
  });
});
