// Hover, outline, links, definitions, hints and folding of rockspecs.
import assert from 'node:assert/strict';
import { parseKongVersion } from '../../../src/kong/versions';
import { FIELD_DOCS, fieldDoc, patternOf } from '../../../src/rockspec/fieldDocs';
import { foldingOf } from '../../../src/rockspec/folding';
import { FORMATS } from '../../../src/rockspec/formats';
import { hoverAt } from '../../../src/rockspec/hover';
import { inlayHintsOf } from '../../../src/rockspec/inlayHints';
import { definitionAt, linksOf, mentionsOf } from '../../../src/rockspec/links';
import { readRockspec } from '../../../src/rockspec/read';
import { ROCKSPEC_SHAPE } from '../../../src/rockspec/schema';
import { symbolsOf, type RockspecSymbol } from '../../../src/rockspec/symbols';
import { marked } from './marked';

const PATH = '/plugin/x-1-1.rockspec';
const KONG = parseKongVersion('3.9');

function hover(source: string): string | undefined {
  const { text, position } = marked(source);
  return hoverAt(readRockspec(text, PATH), text, position, KONG)?.markdown;
}

describe('rockspec hover', () => {
  it('says what a field means and what it evaluates to', () => {
    const markdown = hover('local n = "x"\npack|age = "kong-plugin-" .. n') ?? '';
    assert.match(markdown, /\*\*package\*\*/);
    assert.match(markdown, /Name of the rock/);
    assert.match(markdown, /"kong-plugin-x"/);
  });

  it('shows the value when pointing into the expression', () => {
    assert.match(hover('local n = "x"\npackage = "kong-" .. n|') ?? '', /"kong-x"/);
  });

  it('says since when a field exists', () => {
    assert.match(hover('test_dep|endencies = {}') ?? '', /rockspec_format = "3\.0"/);
    assert.doesNotMatch(hover('depend|encies = {}') ?? '', /rockspec_format/);
  });

  it('says what Kong brings of a dependency', () => {
    assert.match(hover('dependencies = { "lua-resty-|http >= 0.1" }') ?? '', /Kong 3\.9 brings it \(== 0\.17\.2\)/);
    assert.match(hover('dependencies = { "in|spector" }') ?? '', /does not bring it/);
  });

  it('says that a value is not known', () => {
    assert.match(hover('pack|age = f and f() or function() end') ?? '', /cannot be known/);
  });

  it('speaks of fields while the file does not parse', () => {
    assert.match(hover('description = {\n lic|ense = "MIT"\n') ?? '', /SPDX/);
  });

  it('has nothing to say in an empty place', () => {
    assert.equal(hover('package = "x"\n|\n'), undefined);
    assert.equal(hover('build = {\n|\n}'), undefined);
  });

  it('does not let a value break out of its code block', () => {
    assert.equal((hover('pack|age = "```\\n# no"') ?? '').match(/```/g)?.length, 2);
  });
});

describe('rockspec field documentation', () => {
  it('has the formats of the type checker', () => {
    const walk = (shape: typeof ROCKSPEC_SHAPE, path: string[], inherited: string): void => {
      for (const [name, field] of Object.entries(shape.fields ?? {})) {
        const since = field.since ?? inherited;
        const doc = FIELD_DOCS[[...path, name].join('.')];
        assert.equal(doc?.since, since, [...path, name].join('.'));
        walk(field, [...path, name], since);
      }
    };
    walk(ROCKSPEC_SHAPE, [], FORMATS[0]);
  });

  it('is found by a path, whatever its free names', () => {
    assert.equal(patternOf(['build', 'modules', 'kong.plugins.x.handler']), 'build.modules.*');
    assert.equal(patternOf(['build', 'platforms', 'linux', 'modules', 'x', 'sources']), 'build.modules.*.sources');
    assert.equal(fieldDoc(['source', 'platforms', 'windows', 'url']), FIELD_DOCS['source.url']);
    assert.equal(fieldDoc(['nothing']), undefined);
  });
});

describe('rockspec outline', () => {
  const names = (symbols: readonly RockspecSymbol[]): unknown[] =>
    symbols.map(({ name, children }) => (children.length > 0 ? [name, names(children)] : name));

  it('holds locals, fields, list items and computed keys', () => {
    const rockspec = readRockspec(
      'local a, b = 1, 2\nlocal function f() end\ndependencies = { "lua" }\nbuild = { ["k" .. a] = true }',
      PATH,
    );
    assert.deepEqual(names(symbolsOf(rockspec)), ['a', 'b', 'f', ['dependencies', ['"lua"']], ['build', ['k1']]]);
  });

  it('gives no symbol an empty name, and every name lies in its symbol', () => {
    const check = (symbols: readonly RockspecSymbol[]): void => {
      for (const { name, range, selection, children } of symbols) {
        assert.notEqual(name.trim(), '');
        assert.ok(range.start.line <= selection.start.line && selection.end.line <= range.end.line, name);
        check(children);
      }
    };
    check(
      symbolsOf(readRockspec('t = { [""] = 1, f(), {}, [true] = 2 }\nlocal m = {}\nm.a = 1\nbuild = m\nbuild.b =\n 2', PATH)),
    );
  });

  it('ends on a table that holds itself', () => {
    assert.equal(symbolsOf(readRockspec('build = {}\nbuild.build = build', PATH)).length, 1);
  });
});

describe('rockspec links', () => {
  const TEXT = `source = { url = "git+https://e.com/x" }
description = { homepage = "mailto:x" }
build = { modules = { ["a"] = "src/a.lua", b = { "b.c", "c.c" } }, install = { bin = { "bin/x" }, lua = { ["m"] = "m.lua" } } }`;

  it('go to files and pages', () => {
    const found = linksOf(readRockspec(TEXT, PATH)).map((link) => ('url' in link ? link.url : link.path));
    assert.deepEqual(found, [
      '/plugin/src/a.lua',
      '/plugin/b.c',
      '/plugin/c.c',
      '/plugin/m.lua',
      '/plugin/bin/x',
      'https://e.com/x',
    ]);
  });

  it('start above a rockspec folder', () => {
    const [link] = linksOf(readRockspec('build = { modules = { a = "a.lua" } }', '/plugin/rockspecs/x-1-1.rockspec'));
    assert.ok(link !== undefined && 'path' in link);
    assert.equal(link.path, '/plugin/a.lua');
  });

  it('lead back from a file to its lines', () => {
    const rockspec = readRockspec(TEXT, PATH);
    assert.deepEqual(
      mentionsOf(rockspec, '/plugin/src/a.lua').map(({ module, range }) => [module, range.start.line]),
      [['a', 2]],
    );
    assert.deepEqual(mentionsOf(rockspec, '/plugin/other.lua'), []);
  });

  const definition = (source: string): string | undefined => {
    const { text, position } = marked(source);
    const found = definitionAt(readRockspec(text, PATH), position);
    return found && `${found.path}:${found.range.start.line}:${found.range.start.character}`;
  };

  it('define a module by its file, from key and value', () => {
    assert.equal(definition('build = { modules = { ["a|"] = "a.lua" } }'), '/plugin/a.lua:0:0');
    assert.equal(definition('build = { modules = { ["a"] = "a|.lua" } }'), '/plugin/a.lua:0:0');
    assert.equal(definition('build = { install = { lua = { ["m"] = "m|.lua" } } }'), '/plugin/m.lua:0:0');
  });

  it('define a local by its declaration', () => {
    assert.equal(definition('\nlocal abc = "x"\npackage = a|bc'), `${PATH}:1:6`);
    assert.equal(definition('local a = "x"\ndo local a = "y"\npackage = a| end'), `${PATH}:1:9`);
  });

  it('define nothing else', () => {
    assert.equal(definition('package = "a|bc"'), undefined);
  });
});

describe('rockspec inlay hints', () => {
  const hints = (text: string): string[] => inlayHintsOf(readRockspec(text, PATH)).map(({ label }) => label);

  it('show computed keys and values', () => {
    assert.deepEqual(hints('local v = "1"\nversion = v .. "-1"\nbuild = { ["a" .. v] = ("b"):upper() }'), [
      '= "1-1"',
      '= "a1"',
      '= "B"',
    ]);
  });

  it('show the value of a local', () => {
    assert.deepEqual(hints('local v = "1-1"\nversion = v'), ['= "1-1"']);
  });

  it('leave literals and tables alone', () => {
    assert.deepEqual(hints('version = "1-1"\nlocal t = {}\nbuild = t\nx = { 1, true, [[a]], ["b"] = -2 }'), []);
  });

  it('say nothing where a loop gives several values', () => {
    assert.deepEqual(hints('build = {}\nfor i = 1, 2 do build["m" .. i] = "x" end'), []);
  });

  it('shorten what is long and keep it in the tooltip', () => {
    const [hint] = inlayHintsOf(readRockspec('package = ("x"):rep(200)', PATH));
    assert.ok((hint?.label.length ?? 0) < 60);
    assert.equal(hint?.tooltip, `"${'x'.repeat(200)}"`);
  });
});

describe('rockspec folding', () => {
  const folds = (text: string): string[] =>
    foldingOf(readRockspec(text, PATH).chunk).map(
      ({ startLine, endLine, kind }) => `${startLine}-${endLine}${kind === undefined ? '' : ` ${kind}`}`,
    );

  it('folds tables, functions and long strings, leaving the end to be seen', () => {
    assert.deepEqual(folds('build = {\n modules = {\n  a = 1,\n },\n}\nlocal function f()\n return 1\nend\nx = [[\n\n]]'), [
      '0-3',
      '1-2',
      '5-6',
      '8-9',
    ]);
  });

  it('folds comments', () => {
    assert.deepEqual(folds('-- a\n-- b\npackage = "x"\n--[[\n c\n]]\n-- d'), ['0-1 comment', '3-5 comment']);
  });

  it('folds what stands before an error', () => {
    assert.ok(folds('build = {\n a = 1,\n}\nsource = = 1').includes('0-1'));
  });
});
