// What an editor gets for a kong.conf: completion and hover.
import assert from 'node:assert/strict';
import type { CompletionItem, Hover } from 'vscode-languageserver';
import { completeConf, hoverConf } from '../../../src/kong/confLanguage';
import { parseKongVersion } from '../../../src/kong/versions';
import { applyEdits } from '../../../src/text/edits';
import { marked } from '../rockspec-language/marked';
import { startClient } from './client';
import { createProject, PLUGIN_FILES } from './project';

const KONG = parseKongVersion('3.9');

function labels(source: string): string[] {
  const { text, position } = marked(source);
  return completeConf(text, position, KONG, ['mine']).map(({ label }) => label);
}

function taken(source: string, label: string): string {
  const { text, position } = marked(source);
  const suggestion = completeConf(text, position, KONG, ['mine']).find((candidate) => candidate.label === label);
  assert.ok(suggestion, `no suggestion ${label}`);
  return applyEdits(text, [{ range: suggestion.range, newText: suggestion.insertText }]);
}

describe('kong.conf completion', () => {
  it('offers settings that are not there yet', () => {
    const offered = labels('plugins = bundled\n|');
    assert.ok(offered.includes('log_level'));
    assert.ok(!offered.includes('plugins'));
    assert.ok(offered.every((name) => !name.startsWith('_')));
  });

  const EDITS: readonly (readonly [source: string, label: string, result: string])[] = [
    ['plug|', 'plugins', 'plugins = '],
    ['plug| = x', 'plugins', 'plugins = x'],
    ['log_level = |', 'debug', 'log_level = debug'],
    ['log_level=no|tice # c', 'warn', 'log_level=warn # c'],
    ['plugins = bundled, m|', 'mine', 'plugins = bundled, mine'],
    ['plugins = bundled,|', 'mine', 'plugins = bundled,mine'],
    ['plugins = bundled, |', 'key-auth', 'plugins = bundled, key-auth'],
  ];
  for (const [source, label, result] of EDITS) {
    it(`turns ${source} into ${result}`, () => assert.equal(taken(source, label), result));
  }

  it('offers each plugin once', () => {
    assert.ok(!labels('plugins = bundled, |').includes('bundled'));
  });

  it('offers nothing in comments and for settings nobody knows', () => {
    for (const source of ['# plug|', 'log_level = debug # |', 'nothing = |']) assert.deepEqual(labels(source), [], source);
  });
});

describe('kong.conf hover', () => {
  const hover = (source: string): string | undefined => {
    const { text, position } = marked(source);
    return hoverConf(text, position)?.markdown;
  };

  it('says what a setting means, its default and its variable', () => {
    assert.match(hover('plug|ins = x') ?? '', /bundled,my-plugin.*`bundled` by default.*`KONG_PLUGINS`/s);
    assert.match(hover('log_|level = x') ?? '', /One of `debug`, `info`/);
  });

  it('is silent elsewhere', () => {
    for (const source of ['# plug|ins = x', 'plugins = |x', 'unknown_na|me = x', '|'])
      assert.equal(hover(source), undefined, source);
  });
});

describe('server: kong.conf', () => {
  it('completes with the plugins of the workspace and explains settings', async () => {
    const project = await createProject(PLUGIN_FILES);
    const client = await startClient({ folders: [project.uri('')] });
    const uri = project.uri('kong.conf');
    const textDocument = { uri };
    await client.open(uri, 'plugins = bundled, ', 'kongconf');
    const items = await client.connection.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument,
      position: { line: 0, character: 19 },
    });
    assert.equal(items[0]?.label, 'demo');
    const hover = await client.connection.sendRequest<Hover>('textDocument/hover', {
      textDocument,
      position: { line: 0, character: 2 },
    });
    assert.match(JSON.stringify(hover.contents), /KONG_PLUGINS/);
    client.dispose();
    await project.remove();
  });
});
