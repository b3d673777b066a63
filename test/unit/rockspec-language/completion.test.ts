// Completion, by the place of the cursor (`|`).
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseKongVersion } from '../../../src/kong/versions';
import { complete } from '../../../src/rockspec/completion';
import type { CompletionWorld, Suggestion } from '../../../src/rockspec/suggestion';
import { applyEdits } from '../../../src/text/edits';
import { marked } from './marked';

const WORLD: CompletionWorld = {
  kong: parseKongVersion('3.9'),
  files: () =>
    Promise.resolve([
      'README.md',
      'kong/plugins/x/handler.lua',
      'kong/plugins/x/init.lua',
      'kong/plugins/x/schema.lua',
      'src/c.c',
    ]),
  folders: () => Promise.resolve(['doc', 'kong', 'kong/plugins']),
};

async function at(source: string): Promise<Suggestion[]> {
  const { text, offset } = marked(source);
  return complete(text, offset, WORLD);
}

/** The text with one suggestion taken; `$0` shows where the cursor goes. */
async function taken(source: string, label: string): Promise<string> {
  const suggestion = (await at(source)).find((candidate) => candidate.label === label);
  assert.ok(suggestion, `no suggestion ${label}`);
  return applyEdits(marked(source).text, [{ range: suggestion.range, newText: suggestion.insertText }]);
}

interface Case {
  what: string;
  source: string;
  has?: string[];
  hasNot?: string[];
  /** The first suggestions, in order. */
  first?: string[];
  none?: true;
}

const CASES: readonly Case[] = [
  { what: 'fields at the top', source: '|', has: ['package', 'build', 'test'], hasNot: ['summary', 'modules'] },
  { what: 'fields that are not there yet', source: 'package = "x"\n|\nversion = "1-1"', hasNot: ['package', 'version'] },
  { what: 'fields of a table', source: 'description = { | }', has: ['summary', 'license'], hasNot: ['package'] },
  { what: 'fields of a table that is written elsewhere', source: 'local d = { | }\ndescription = d', has: ['license'] },
  { what: 'fields behind a dot', source: 'build.|', has: ['modules'], hasNot: ['package'] },
  { what: 'fields of the build type', source: 'build = { type = "make", | }', has: ['makefile'], hasNot: ['modules', 'cmake'] },
  {
    what: 'fields of a build type that follows',
    source: 'build = {\n|\n type = "cmake" }',
    has: ['cmake'],
    hasNot: ['makefile'],
  },
  { what: 'fields below a platform', source: 'build = { platforms = { linux = { | } } }', has: ['modules'] },
  { what: 'fields while an upper table is open', source: 'source = { url = "x"\nbuild = { |', has: ['modules'], hasNot: ['url'] },
  { what: 'fields behind a broken line', source: 'package = = "x"\ndescription = { | }', has: ['license'] },
  { what: 'nothing in a comment', source: '-- pack|', none: true },
  { what: 'nothing in a block comment', source: '--[[ pack| ]]', none: true },
  { what: 'nothing in an expression', source: 'version = v .. |', none: true },
  { what: 'nothing for a string that is free', source: 'description = { summary = "|" }', none: true },
  { what: 'formats', source: 'rockspec_format = "|"', first: ['1.0', '1.1', '3.0', '3.1'] },
  { what: 'build types', source: 'build = { type = "|" }', has: ['builtin', 'none'], hasNot: ['busted'] },
  { what: 'test types', source: 'test = { type = "|" }', first: ['busted', 'command'] },
  { what: 'licences, common ones first', source: 'description = { license = "|" }', first: ['Apache-2.0', 'MIT'], has: ['Zlib'] },
  { what: 'platforms', source: 'supported_platforms = { "linux", "|" }', has: ['macosx'], hasNot: ['linux'] },
  { what: 'platforms as keys', source: 'build = { platforms = { | } }', has: ['linux'] },
  {
    what: 'modules on disk',
    source: 'build = { modules = { | } }',
    first: ['kong.plugins.x.handler', 'kong.plugins.x', 'kong.plugins.x.schema'],
  },
  {
    what: 'modules not listed yet',
    source: 'build = { modules = { ["kong.plugins.x.handler"] = "h.lua", ["|"] } }',
    has: ['kong.plugins.x.schema'],
    hasNot: ['kong.plugins.x.handler'],
  },
  {
    what: 'the file of the module first',
    source: 'build = { modules = { ["kong.plugins.x.schema"] = "|" } }',
    first: ['kong/plugins/x/schema.lua'],
  },
  {
    what: 'files while the string is open',
    source: 'build = { modules = { ["kong.plugins.x"] = "|',
    first: ['kong/plugins/x/init.lua'],
  },
  { what: 'folders', source: 'build = { copy_directories = { "|" } }', first: ['doc', 'kong'] },
  { what: 'rocks inside Kong', source: 'dependencies = { "|" }', first: ['lua >= 5.1'], has: ['lua-resty-http >= 0.17.2'] },
  {
    what: 'rocks when the constraint is begun',
    source: 'dependencies = { "lua-resty-http >= |" }',
    has: ['lua-resty-http >= 0.17.2'],
  },
  { what: 'the tag of the version', source: 'version = "1.2.0-1"\nsource = { tag = "|" }', first: ['1.2.0', 'v1.2.0'] },
  { what: 'package names of the plugins on disk', source: 'package = "|"', first: ['kong-plugin-x'] },
  { what: 'booleans', source: 'deploy = { wrap_bin_scripts = | }', first: ['true', 'false'] },
];

describe('rockspec completion', () => {
  for (const { what, source, has = [], hasNot = [], first = [], none } of CASES) {
    it(`offers ${what}`, async () => {
      const labels = (await at(source)).map(({ label }) => label);
      for (const label of has) assert.ok(labels.includes(label), `${label} not in ${labels.slice(0, 30).join(' ')}`);
      for (const label of hasNot) assert.ok(!labels.includes(label), label);
      assert.deepEqual(labels.slice(0, first.length), first);
      if (none) assert.deepEqual(labels, []);
    });
  }

  const EDITS: readonly (readonly [source: string, label: string, result: string])[] = [
    ['pack|', 'package', 'package = "$0"'],
    ['description = { lic| }', 'license', 'description = { license = "$0", }'],
    ['description = { lic|, }', 'license', 'description = { license = "$0", }'],
    ['description = { lic| = "x" }', 'license', 'description = { license = "x" }'],
    ['|', 'description', 'description = {\n\t$0\n}'],
    ['depend|', 'dependencies', 'dependencies = { "$0" }'],
    ['build.ty|', 'type', 'build.type = "$0"'],
    ['package = |', 'kong-plugin-x', 'package = "kong-plugin-x"'],
    ["package = 'kong|-foo'", 'kong-plugin-x', "package = 'kong-plugin-x'"],
    [
      'build = { modules = { | } }',
      'kong.plugins.x.schema',
      'build = { modules = { ["kong.plugins.x.schema"] = "kong/plugins/x/schema.lua", } }',
    ],
    ['build = { modules = { ["|"] = "a.lua" } }', 'kong.plugins.x', 'build = { modules = { ["kong.plugins.x"] = "a.lua" } }'],
    ['dependencies = { "lua|" }', 'lua >= 5.1', 'dependencies = { "lua >= 5.1" }'],
    ['dependencies = { |', 'lua >= 5.1', 'dependencies = { "lua >= 5.1",'],
    ['description = { license = "Apa|', 'Apache-2.0', 'description = { license = "Apache-2.0'],
  ];
  for (const [source, label, result] of EDITS) {
    it(`turns ${source.replaceAll('\n', '⏎')} into ${result.replaceAll('\n', '⏎')}`, async () => {
      assert.equal(await taken(source, label), result);
    });
  }

  it('says which format a field needs', async () => {
    const issues = (source: string): Promise<string | undefined> =>
      at(source).then((suggestions) => suggestions.find(({ label }) => label === 'issues_url')?.detail);
    assert.equal(await issues('description = { | }'), 'needs rockspec_format "3.0"');
    assert.equal(await issues('rockspec_format = "3.0"\ndescription = { | }'), 'string');
  });

  it('never throws, whatever the text', async () => {
    const pieces = fc.constantFrom(
      'build',
      ' = ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '[[',
      ']]',
      '--',
      '\n',
      '.',
      ',',
      'modules',
      'local ',
      '(',
      ')',
      'é',
      '\\',
      '\0',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), fc.nat(), async (parts, seed) => {
        const text = parts.join('');
        const offset = seed % (text.length + 1);
        for (const { range } of await complete(text, offset, WORLD)) assert.ok(range.start.line <= range.end.line);
      }),
      { numRuns: 1000 },
    );
  });
});
