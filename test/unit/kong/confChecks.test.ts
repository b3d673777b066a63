// What is said about a kong.conf, and that the offered fixes mend it.
import assert from 'node:assert/strict';
import { checkKongConf } from '../../../src/kong/confChecks';

const WRONG: readonly (readonly [string, string, string | undefined])[] = [
  ['kong.conf/unknown-setting', 'plugin = bundled,x', 'plugins = bundled,x'],
  ['kong.conf/unknown-setting', 'kong_database = off', 'database = off'],
  ['kong.conf/unknown-setting', 'KONG_PLUGIN = bundled,x', 'plugins = bundled,x'],
  ['kong.conf/unknown-setting', 'Log_Level = debug', 'log_level = debug'],
  ['kong.conf/unknown-setting', 'something_else_entirely = 1', undefined],
  ['kong.conf/custom-plugins', 'custom_plugins = a,b', 'plugins = bundled,a,b'],
  ['kong.conf/no-equals', 'plugins bundled,x', 'plugins = bundled,x'],
  ['kong.conf/no-equals', 'plugins: bundled,x', 'plugins = bundled,x'],
  ['kong.conf/section', '[kong]', undefined],
  ['kong.conf/plugins-malformed', 'plugins = "bundled,x"', 'plugins = bundled,x'],
  ['kong.conf/plugins-malformed', "plugins = 'bundled', 'x'", 'plugins = bundled,x'],
  ['kong.conf/plugins-malformed', 'plugins = bundled;x', 'plugins = bundled,x'],
  ['kong.conf/plugins-malformed', 'plugins = bundled x', 'plugins = bundled,x'],
  ['kong.conf/plugin-name', 'plugins = bundled,a.b', undefined],
  ['kong.conf/plugins-without-bundled', 'plugins = x', 'plugins = bundled,x'],
  ['kong.conf/invalid-value', 'log_level = warning', 'log_level = warn'],
  ['kong.conf/invalid-value', 'database = mysql', undefined],
  ['kong.conf/not-a-number', 'pg_port = many', undefined],
  ['kong.conf/not-a-boolean', 'pg_ssl = yes', undefined],
  ['kong.conf/package-path-quoted', 'lua_package_path = "/a/?.lua;;"', 'lua_package_path = /a/?.lua;;'],
  ['kong.conf/package-path-pattern', 'lua_package_path = /a;;', 'lua_package_path = /a/?.lua;;'],
  ['kong.conf/package-path-too-deep', 'lua_package_path = /a/kong/plugins/?.lua;;', 'lua_package_path = /a/?.lua;;'],
];

describe('checks of kong.conf', () => {
  for (const [code, line, fixed] of WRONG) {
    it(`${code}: ${line}`, () => {
      const text = `# top\r\n${line}\r\n`;
      const [found, ...more] = checkKongConf(text).filter((item) => item.code === code);
      assert.ok(found, 'not said');
      assert.deepEqual(more, []);
      assert.equal(found.range.start.line, 1);
      const change = found.fixes?.[0]?.changes[0];
      if (fixed === undefined) {
        assert.equal(change, undefined);
        return;
      }
      assert.ok(change?.kind === 'edit');
      const lines = text.split('\r\n');
      for (const { range, newText } of change.edits) {
        const old = lines[range.start.line] ?? '';
        lines[range.start.line] = old.slice(0, range.start.character) + newText + old.slice(range.end.character);
      }
      assert.equal(lines[1], fixed);
      assert.deepEqual(
        checkKongConf(lines.join('\r\n')).filter((item) => item.severity === 'error'),
        [],
      );
    });
  }

  it('names the line that has no effect', () => {
    const found = checkKongConf('plugins = bundled,a\nplugins = bundled\n');
    assert.deepEqual(
      found.map((item) => [item.code, item.range.start.line]),
      [['kong.conf/duplicate', 0]],
    );
  });

  const SOUND = [
    'plugins = bundled,my-plugin',
    'plugins = off',
    'log_level = debug # loud',
    'pg_password = {vault://env/pg}',
    'nginx_http_lua_shared_dict = my_dict 1m',
    'pluginserver_go_socket = /tmp/x',
    'pg_port = 5432',
    'lua_package_path = /a/?.lua;/a/?/init.lua;;',
    'pg_port = {vault://env/port}',
    'vault_env_prefix = X',
    'database = off',
  ];
  for (const line of SOUND) it(`says nothing about ${line}`, () => assert.deepEqual(checkKongConf(`${line}\n`), []));
});
