// The PDK as data, against what Kong 2.8.5 and 3.9.1 answered when each function was called in each phase.
import assert from 'node:assert/strict';
import phases from '../../fixtures/kong/pdk-phases.json';
import { pdkFields, pdkFunctions, pdkName, pdkPhases, pdkSiblings, pdkSignature } from '../../../src/kong/pdk/pdk';
import { parseKongVersion } from '../../../src/kong/versions';

describe('the PDK', () => {
  for (const [release, expected] of Object.entries(phases)) {
    const version = parseKongVersion(release);

    it(`has the functions of ${release}`, () => {
      const here = new Set<string>(pdkFunctions(version).map(({ name }) => name));
      assert.deepEqual(
        Object.keys(expected).filter((name) => !here.has(name)),
        [],
      );
      // Kong's own helpers on the same tables are listed beside them; `disable_http2_alpn` of 3.9 and others are of one release only.
      const others = [...here].filter((name) => !(name in expected));
      for (const name of others) assert.match(name, /^kong\.(?:tracing|vault)\./);
    });

    it(`lets each of them run in the phases that ${release} does`, () => {
      for (const [name, told] of Object.entries(expected)) {
        const known = pdkPhases(name, version);
        const text = known === undefined ? 'any' : [...known].sort().join(' ');
        assert.equal(text, told.split(' ').sort().join(' '), name);
      }
    });
  }

  it('says since when and until when', () => {
    const [old, now] = [parseKongVersion('2.8'), parseKongVersion('3.9')];
    assert.deepEqual(pdkName('kong.service.set_retries', old), { kind: 'otherVersion', since: '3.8.0', until: undefined });
    assert.equal(pdkName('kong.service.set_retries', now).kind, 'function');
    assert.equal(pdkName('kong.tracing', old).kind, 'otherVersion');
    assert.equal(pdkName('kong.pdk_version', now).kind, 'otherVersion');
    assert.equal(pdkName('kong.pdk_version', old).kind, 'field');
  });

  it('tells tables, fields, what is below them, and what is not there', () => {
    const now = parseKongVersion('3.9');
    assert.equal(pdkName('kong.request', now).kind, 'module');
    assert.equal(pdkName('kong.ctx', now).kind, 'module');
    assert.equal(pdkName('kong.ctx.shared.anything', now).kind, 'open');
    assert.equal(pdkName('kong.db.consumers.select', now).kind, 'open');
    assert.equal(pdkName('kong.request.get_heder', now).kind, 'unknown');
    assert.equal(pdkName('kong.client.get_consumer_groups', now).kind, 'function', 'of Enterprise');
    assert.equal(pdkName('kong.tracing.set_should_sample', now).kind, 'function', 'a method');
  });

  it('does not guess phases before Kong 2.0, nor those of Enterprise', () => {
    assert.equal(pdkPhases('kong.response.exit', parseKongVersion('1.5')), undefined);
    assert.equal(pdkPhases('kong.client.get_consumer_groups', parseKongVersion('3.9')), undefined);
  });

  it('allows between two releases that were read what either allows', () => {
    const between = pdkPhases('kong.client.get_consumer', parseKongVersion('2.5'));
    assert.equal(between?.has('response'), true);
    assert.equal(pdkPhases('kong.client.get_consumer', parseKongVersion('2.3'))?.has('response'), false);
  });

  it('writes a call, and names what stands beside a name', () => {
    const now = parseKongVersion('3.9');
    const found = pdkName('kong.response.exit', now);
    assert.equal(found.kind === 'function' && pdkSignature(found.function), 'kong.response.exit(status, body?, headers?)');
    assert.ok(pdkSiblings('kong.request.x', now).includes('kong.request.get_header'));
    assert.ok(pdkSiblings('kong.x', now).includes('kong.request'));
  });

  it('describes everything in a sentence', () => {
    const now = parseKongVersion('3.9');
    for (const { name, doc } of [...pdkFunctions(now, true), ...pdkFields(now)]) assert.match(doc, /^[A-Z].{5,}\.$/, name);
  });
});
