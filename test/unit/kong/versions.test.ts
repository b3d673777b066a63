// Versions after --kong: which there are, what an image and an Enterprise release mean, the LuaRocks and the plugins inside.
import assert from 'node:assert/strict';
import { bundledPlugins, isBundledPlugin, laterKongWith } from '../../../src/kong/bundledPlugins';
import { kongVersionOfNode, parseKongVersion } from '../../../src/kong/versions';
import { parseTarget } from '../../../src/rockspec/target';

/** `rules (Enterprise release)`. */
function rules(text: string): string {
  const { major, minor, enterprise } = parseKongVersion(text);
  return `${major}.${minor}${enterprise === undefined ? '' : ` (${enterprise.major}.${enterprise.minor})`}`;
}

describe('Kong versions', () => {
  for (const [text, expected] of [
    ['3.9', '3.9'],
    ['v2.8.5', '2.8'],
    ['HEAD', '3.10'],
    ['3.4.3.5', '3.4 (3.4)'],
    ['enterprise-3.4', '3.4 (3.4)'],
    ['enterprise-3.12', '3.9 (3.12)'],
    ['3.12.0.1', '3.9 (3.12)'],
    ['3.16', '3.9 (3.16)'],
    ['kong', '3.9'],
    ['kong:2.8.5-alpine', '2.8'],
    ['docker.io/library/kong:3.9.3-ubuntu', '3.9'],
    ['kong/kong:3.8.1', '3.8'],
    ['kong/kong-gateway:3.12', '3.9 (3.12)'],
    ['kong/kong-gateway:3.4.3.5-debian', '3.4 (3.4)'],
    ['registry.example.com:5000/kong/kong-gateway:latest', '3.9 (3.16)'],
  ] as const) {
    it(`${text} has the rules of ${expected}`, () => assert.equal(rules(text), expected));
  }

  for (const text of ['9.9', '4.0', '2.9', '3.9.9', '3.17', '1.0.4', '0.14', 'enterprise-4.0', 'kong:9.9', 'nginx:1.25', '', 'x'])
    it(`refuses ${text === '' ? 'nothing' : text}`, () => {
      assert.throws(() => parseKongVersion(text), /is not a Kong version whose rules are known/);
    });

  it('takes a patch that nobody knew yet from a node', () => {
    assert.equal(kongVersionOfNode('3.9.9')?.minor, 9);
    assert.equal(kongVersionOfNode('0.14.1'), undefined);
  });

  it('tells the LuaRocks inside by patch', () => {
    const inside = (kong: string): string => parseTarget({ kong }).kongLuarocks;
    assert.deepEqual(
      [
        '2.3.0',
        '2.3.4',
        '3.9',
        '3.9.1',
        '3.9.2',
        '3.9.3',
        '3.9.1.1',
        '3.9.1.2',
        'enterprise-3.10',
        '3.10.0.4',
        '3.15.0.0',
        '3.16',
      ].map(inside),
      ['3.4.0', '3.8.0', '3.11.1', '3.11.1', '3.12.2', '3.12.2', '3.11.1', '3.12.1', '3.11.1', '3.12.2', '3.13.0', '3.13.0'],
    );
  });

  it('tells the plugins inside, and those of later ones', () => {
    assert.equal(isBundledPlugin('ace', parseKongVersion('3.9')), false);
    assert.equal(isBundledPlugin('ace', parseKongVersion('enterprise-3.12')), true);
    assert.equal(bundledPlugins(parseKongVersion('enterprise-3.12')).get('datakit'), 810);
    assert.equal(laterKongWith('ace', parseKongVersion('3.9')), 'Kong Enterprise 3.12');
    assert.equal(laterKongWith('redirect', parseKongVersion('3.4')), 'Kong 3.9');
    assert.equal(laterKongWith('ace', parseKongVersion('3.16')), undefined);
    assert.equal(laterKongWith('tea', parseKongVersion('3.9')), undefined);
  });
});
