// The document of a configuration: the skeleton is one that its own check takes, and what is wrong is told where it stands.
import assert from 'node:assert/strict';
import { checkUseDocument, isUseDocument, readUseDocument, useDocument, withId } from '../../../src/config/given/useDocument';
import { bundledSchema, type PluginSchema } from '../../../src/config/pluginSchema';
import { parseKongVersion } from '../../../src/kong/versions';

const HEAD = { node: 'docker:kong', plugin: 'rate-limiting', at: { scope: 'service:orders' }, words: 'on service orders' };

function schemaNamed(name: string): PluginSchema {
  const schema = bundledSchema(name, parseKongVersion('3.9'));
  assert.ok(schema);
  return schema;
}

/** What is said, each as `text that is marked: message`. */
function said(text: string, kinds: readonly string[] = [], plugin = 'rate-limiting'): string[] {
  const lines = text.split('\n');
  return checkUseDocument(readUseDocument(text), schemaNamed(plugin), kinds).map(({ range: { start, end }, message }) => {
    assert.equal(start.line, end.line);
    return `${lines[start.line]?.slice(start.character, end.character) ?? ''}: ${message}`;
  });
}

const skeleton = (): string => useDocument(HEAD, schemaNamed('rate-limiting'));

describe('the document of a configuration', () => {
  it('is known by its beginning, and is right as it is opened where nothing must be chosen', () => {
    const text = useDocument({ ...HEAD, plugin: 'key-auth' }, schemaNamed('key-auth'));
    assert.ok(isUseDocument(text));
    assert.match(
      text,
      /^# Configure key-auth on service orders\n[^]*\nnode: docker:kong\nplugin: key-auth\nscope: service:orders\n/,
    );
    assert.deepEqual(said(text, ['service'], 'key-auth'), []);
  });

  it('shows what else there is as comments with its rules', () => {
    assert.match(skeleton(), /\n {2}# ?hour: # number/);
  });

  it('gives the entity without what it is about', () => {
    const { node, plugin, scope, id, entity } = readUseDocument(skeleton());
    assert.deepEqual(
      { node, plugin, scope, id },
      { ...{ node: 'docker:kong', plugin: 'rate-limiting' }, scope: 'service:orders', id: undefined },
    );
    assert.deepEqual(Object.keys(entity), ['enabled', 'config']);
  });

  it('marks values, unknown fields and what is missing', () => {
    const text = `# Configure x
node: docker:kong
plugin: rate-limiting
scope: global
config:
  minute: five
  secnd: 5
  policy: [redis]
`;
    assert.deepEqual(said(text), ['five: expected a number', 'secnd: unknown field', '[redis]: expected a string']);
    const { lineOf } = readUseDocument(text);
    assert.equal(lineOf(['config', 'secnd']), 7);
    assert.equal(lineOf(['config', 'not-there']), 5);
  });

  it('tells what is missing above, and what cannot be said there', () => {
    assert.deepEqual(
      said('# Configure\nplugin: rate-limiting\nservice: orders\nconfig: {minute: 1}\n').map((one) =>
        one.slice(one.indexOf(':') + 2),
      ),
      [
        'The node is missing: "node: docker:NAME".',
        'It is not said what it is applied to: "scope: global", "scope: service:NAME" …',
        'What it is applied to is said by "scope", and which plugin by "plugin".',
      ],
    );
    assert.match(said(`${skeleton()}id: x\n`).join(), /only one of them/);
  });

  it('says nothing of fields while the text cannot be read', () => {
    assert.match(said('# Configure\nnode: [\nconfig: {minute: x}\n').join(), /^[^:]*: Flow/);
    assert.match(said(`${skeleton()}---\na: 1\n`).join(), /Only what stands above/);
  });

  it('becomes that of a use which is there, and nothing else in it changes', () => {
    const text = withId(skeleton(), 'abc');
    const line = /^# What is not given .*$/m;
    assert.match(text, /^# A line that you take out leaves its field as it is/m);
    assert.equal(text.replace(/^# A line .*$/m, ''), skeleton().replace('scope: service:orders', 'id: abc').replace(line, ''));
    assert.equal(readUseDocument(text).id, 'abc');
  });

  it('is filled with what a use has, and quoted where a reader would take it for something else', () => {
    const at = { id: 'abc' };
    const entity = { enabled: false, tags: ['yes'], config: { minute: 5 } };
    const text = useDocument({ ...HEAD, at }, schemaNamed('rate-limiting'), entity);
    assert.deepEqual(readUseDocument(text).entity, entity);
    assert.deepEqual(said(text), []);
  });

  it('of a plugin whose schema is not known has an empty configuration', () => {
    const text = useDocument(HEAD, undefined);
    assert.deepEqual(readUseDocument(text).entity, { enabled: true, config: {} });
    assert.deepEqual(checkUseDocument(readUseDocument(text), undefined, []), []);
  });
});
