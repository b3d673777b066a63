// The plugins list, lua_package_path, environment files, and who decides a setting.
import assert from 'node:assert/strict';
import { adminListeners, localUrl } from '../../../src/kong/listen';
import { parseConf } from '../../../src/kong/conf';
import { envValues, setEnvValue } from '../../../src/kong/envFile';
import { pluginRoots, searchPatterns, withoutRoot, withRoot } from '../../../src/kong/packagePath';
import { enabledNames, pluginNameProblem, withoutPlugin, withPlugin } from '../../../src/kong/pluginsSetting';
import { effectiveSetting } from '../../../src/kong/settings';

describe('the plugins setting', () => {
  const added: readonly (readonly [string | undefined, string])[] = [
    [undefined, 'bundled,p'],
    ['bundled', 'bundled,p'],
    ['bundled,p', 'bundled,p'],
    ['bundled, a', 'bundled, a, p'],
    ['bundled,a,', 'bundled,a,p'],
    ['off', 'p'],
    ['', 'p'],
    ['"bundled,a"', 'bundled,a,p'],
    ['bundled;a', 'bundled,a,p'],
    ['bundled a', 'bundled,a,p'],
  ];
  for (const [value, expected] of added) {
    it(`adds to ${JSON.stringify(value)}`, () => assert.equal(withPlugin(value, 'p'), expected));
  }

  const removed: readonly (readonly [string | undefined, string])[] = [
    [undefined, 'bundled'],
    ['bundled,p', 'bundled'],
    ['p,bundled, p', 'bundled'],
    ['bundled, p, a', 'bundled, a'],
    ['p', 'off'],
    ['bundled,pp', 'bundled,pp'],
    ['bundled , a,p', 'bundled , a'],
    ['p , a', 'a'],
    ['"bundled,p"', 'bundled'],
  ];
  for (const [value, expected] of removed) {
    it(`removes from ${JSON.stringify(value)}`, () => assert.equal(withoutPlugin(value, 'p'), expected));
  }

  for (const name of ['two words', '"quoted"', 'my-plugin;', '']) {
    it(`takes out ${JSON.stringify(name)} as it stands in the list, and repairs nothing else`, () => {
      assert.equal(withoutPlugin(`bundled,${name},a b`, name), 'bundled,a b');
    });
  }

  it('takes off only as the first entry as all off', () => {
    assert.deepEqual(enabledNames('off,a'), { bundled: false, names: [] });
    assert.deepEqual(enabledNames('a,off,bundled,a'), { bundled: true, names: ['a'] });
  });

  for (const name of ['a b', 'a;b', '$(id)', '-x', '../x', 'a,b', '"a"', 'bundled', 'off', '', 'ä', 'a.b']) {
    it(`refuses the name ${JSON.stringify(name)}`, () => assert.notEqual(pluginNameProblem(name), undefined));
  }
  for (const name of ['my-plugin', 'my_plugin', 'MyPlugin2', '0x']) {
    it(`accepts the name ${name}`, () => assert.equal(pluginNameProblem(name), undefined));
  }
});

describe('lua_package_path', () => {
  it('puts a folder first and keeps the built-in path', () => {
    assert.equal(withRoot(undefined, '/opt/a'), '/opt/a/?.lua;/opt/a/?/init.lua;;');
    assert.equal(withRoot('/opt/b/?.lua;;', '/opt/a'), '/opt/a/?.lua;/opt/a/?/init.lua;/opt/b/?.lua;;');
    assert.equal(withRoot(';;', '/opt/a'), '/opt/a/?.lua;/opt/a/?/init.lua;;');
  });
  it('does not put it twice', () => {
    const once = withRoot('/opt/b/?.lua;;', '/opt/a');
    assert.equal(withRoot(once, '/opt/a'), once);
  });
  it('takes a folder out again', () => {
    assert.equal(withoutRoot(withRoot('/opt/b/?.lua;;', '/opt/a'), '/opt/a'), '/opt/b/?.lua;;');
    assert.equal(withoutRoot('/opt/a/?.lua;/opt/a/?/init.lua;;', '/opt/a'), ';;');
    assert.equal(withoutRoot('/opt/ab/?.lua', '/opt/a'), '/opt/ab/?.lua');
  });
  it('searches its own entries first, relative ones from where Kong starts, then the tree', () => {
    assert.deepEqual(pluginRoots(searchPatterns('/x/?.lua;./?/init.lua;;', '/srv', '/usr/local', undefined)), [
      '/x',
      '/srv',
      '/usr/local/share/lua/5.1',
    ]);
  });
});

describe('who decides a setting', () => {
  const file = parseConf('plugins = bundled,f\n');
  const cases = [
    ['an argument', { arguments: { plugins: 'arg' }, environment: { KONG_PLUGINS: 'env' }, file }, 'arg', 'argument'],
    ['the environment', { environment: { KONG_PLUGINS: 'env' }, file }, 'env', 'environment'],
    ['the file', { environment: {}, file }, 'bundled,f', 'file'],
    ['the default', { environment: {}, file: undefined }, 'bundled', 'default'],
  ] as const;
  for (const [who, sources, value, from] of cases) {
    it(`is ${who}`, () => assert.deepEqual(effectiveSetting(sources, 'plugins'), { value, from }));
  }
});

describe('an environment file', () => {
  it('is read as compose reads it', () => {
    assert.deepEqual(envValues('X=1\nexport KONG_PLUGINS="bundled,a"\r\nKONG_PLUGINS=b\n# KONG_X=1\n'), { KONG_PLUGINS: 'b' });
  });
  it('is changed in its last line of that name, quotes and endings kept', () => {
    assert.equal(setEnvValue('A=1\r\nKONG_PLUGINS="x"\r\n', 'KONG_PLUGINS', 'y'), 'A=1\r\nKONG_PLUGINS="y"\r\n');
  });
  it('gets a line when it has none', () => assert.equal(setEnvValue('A=1', 'KONG_PLUGINS', 'y'), 'A=1\nKONG_PLUGINS=y\n'));
});

describe('admin_listen', () => {
  it('prefers a plain listener and reaches every-address ones over loopback', () => {
    const [first] = adminListeners('0.0.0.0:8444 ssl http2, 0.0.0.0:8001 reuseport backlog=16384');
    assert.equal(first === undefined ? undefined : localUrl(first), 'http://127.0.0.1:8001');
  });
  it('knows off', () => assert.deepEqual(adminListeners('off'), []));
});
