// The table of what can be wrong with a plugin's files, against every problem that recorded plugins have.
import assert from 'node:assert/strict';
import verdicts from '../../fixtures/plugin/load-verdicts.json';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { PLUGIN_CHECKS } from '../../../src/plugin/checks';
import { preflightCode } from '../../../src/plugin/preflight';

const VERSIONS = ['1.2.3', '2.8.5', '3.0.2', '3.9.3'];

describe('checks of plugin files', () => {
  it('have a row for every problem of the recorded plugins', () => {
    const found = new Set<string>();
    for (const { files } of verdicts) {
      const sources = new Map(
        Object.entries(files).flatMap(([file, text]): [string, LuaSource][] =>
          typeof text === 'string'
            ? [[`kong.plugins.my-plugin.${file.replace('.lua', '')}`, new LuaSource(text, `/workspace/${file}`)]]
            : [],
        ),
      );
      for (const version of VERSIONS) {
        const { problems } = preflightCode({ name: 'my-plugin', sources, dependencies: [] }, parseKongVersion(version));
        for (const { id } of problems) found.add(`kong/${id}`);
      }
    }
    assert.ok(found.size > 20, `${found.size} kinds of problems were recorded`);
    const rows = new Set(PLUGIN_CHECKS.map(({ code }) => code));
    assert.deepEqual(
      [...found].filter((code) => !rows.has(code)),
      [],
    );
  });

  it('are described in sentences', () => {
    for (const { code, documentation } of PLUGIN_CHECKS) assert.match(documentation, /^[A-Za-z].{20,}\.$/, code);
  });

  it('tell a syntax error in the file’s own terms, without the place where Kong would have found it', () => {
    const handler = new LuaSource('return {\n  access = = 1\n}\n', '/workspace/handler.lua');
    const sources = new Map([['kong.plugins.my-plugin.handler', handler]]);
    for (const version of VERSIONS) {
      const { problems } = preflightCode({ name: 'my-plugin', sources, dependencies: [] }, parseKongVersion(version));
      assert.deepEqual(
        problems.filter(({ id }) => id === 'plugin-module-syntax-error').map(({ message }) => message),
        ["unexpected symbol near '='"],
        version,
      );
    }
  });
});
