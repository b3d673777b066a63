// What travels is what counts: for each way on which a plugin reaches a node, what check, preflight and pack say of the requires of its files.
import assert from 'node:assert/strict';
import { packProject } from '../../../src/archive/pack';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { judgePlugin, type Judgement } from '../../../src/plugin/judge';
import { parseKongVersion } from '../../../src/kong/versions';
import { makeWorkspace, type Workspace } from './workspace';

const schemaOf = (name: string): string =>
  `return { name = "${name}", fields = { { config = { type = "record", fields = {} } } } }\n`;
const handler = (before: string, phase = ''): string =>
  `${before}\nlocal Tea = { PRIORITY = 910, VERSION = "0.4.0" }\nfunction Tea:access(conf) ${phase} end\nreturn Tea\n`;
const rockspec = (modules: string, extra = '', type = 'builtin'): string =>
  `package = "kong-plugin-tea"\nversion = "0.4.0-1"\nsource = { url = "git+https://example.org/tea.git", tag = "0.4.0" }\ndescription = { summary = "tea", license = "MIT" }\n${extra}\nbuild = { type = "${type}", modules = {\n  ["kong.plugins.tea.handler"] = "kong/plugins/tea/handler.lua",\n  ["kong.plugins.tea.schema"] = "kong/plugins/tea/schema.lua",\n${modules}} }\n`;
const ROCKSPEC = 'kong-plugin-tea-0.4.0-1.rockspec';
const tea = (handlerText: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  'kong/plugins/tea/handler.lua': handlerText,
  'kong/plugins/tea/schema.lua': schemaOf('tea'),
  ...more,
});

interface Case {
  title: string;
  files: Record<string, string>;
  verdict: string;
  /** Of each way. */
  ways: Record<string, string>;
  message?: RegExp;
  /** `severity file:line text` of each diagnostic, by the beginning of its text. */
  says?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    title: 'a library in another folder under kong/plugins is in no archive',
    files: {
      'kong/plugins/jug-lib/pour.lua': 'return { size = "l", pour = function() end }\n',
      'kong/plugins/jug/handler.lua':
        'local Jug = { PRIORITY = 10, VERSION = "1.0.0" }\nfunction Jug:access(conf) require("kong.plugins.jug-lib.pour").pour() end\nreturn Jug\n',
      'kong/plugins/jug/schema.lua': `local lib = require 'kong.plugins.jug-lib.pour'\n${schemaOf('jug')}`,
    },
    verdict: 'fails',
    ways: { archive: 'fails', folder: 'loads' },
    message: /^as a rock or \.tar\.gz: fails, kong\.plugins\.jug-lib\.pour is not in it; from the mounted folder: loads\n/,
    says: [
      'error handler.lua:2 kong/plugins/jug-lib/pour.lua is none of the files of jug',
      'error schema.lua:1 kong/plugins/jug-lib/pour.lua is none of the files of jug',
    ],
  },
  {
    title: 'an own module that build.modules does not list is not in the rock',
    files: tea(handler('local brew = require "kong.plugins.tea.brew"'), {
      'kong/plugins/tea/brew.lua': 'return {}\n',
      [ROCKSPEC]: rockspec(''),
    }),
    verdict: 'fails',
    ways: { rock: 'fails', folder: 'loads' },
    message: /^as a rock: fails, kong\.plugins\.tea\.brew is not in it; from the mounted folder: loads\n/,
    says: ['error handler.lua:1 kong.plugins.tea.brew is not in the rock'],
  },
  {
    title: 'a listed module travels',
    files: tea(handler('local brew = require "kong.plugins.tea.brew"'), {
      'kong/plugins/tea/brew.lua': 'return {}\n',
      [ROCKSPEC]: rockspec('["kong.plugins.tea.brew"] = "kong/plugins/tea/brew.lua",'),
    }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    says: [],
  },
  {
    title: 'a file at the root is no module of the rock',
    files: tea(handler('local x = require "x"'), { 'x.lua': 'return {}\n', [ROCKSPEC]: rockspec('') }),
    verdict: 'fails',
    ways: { rock: 'fails', folder: 'loads' },
    says: ['error handler.lua:1 x is not in the rock'],
  },
  {
    title: 'a module that only a phase requires is missed too',
    files: tea(handler('', 'require("kong.plugins.tea.brew").run()'), {
      'kong/plugins/tea/brew.lua': 'return {}\n',
      [ROCKSPEC]: rockspec(''),
    }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    says: ['error handler.lua:3 kong.plugins.tea.brew is not in the rock'],
  },
  {
    title: 'an own module that is nowhere',
    files: tea(handler('', 'require "kong.plugins.tea.gone"'), { [ROCKSPEC]: rockspec('') }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    says: ['error handler.lua:3 There is no file for kong.plugins.tea.gone'],
  },
  {
    title: 'a module of others that no dependency brings, in a phase',
    files: tea(handler('', 'require "xml2lua"'), { [ROCKSPEC]: rockspec('') }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    says: ['warning handler.lua:3 Kong has no module xml2lua, and no rock'],
  },
  {
    title: 'a module of others that no dependency brings, while loading',
    files: tea(handler('local xml2lua = require "xml2lua"'), { [ROCKSPEC]: rockspec('') }),
    verdict: 'fails',
    ways: { rock: 'fails', folder: 'fails' },
    says: ["error handler.lua:1 module 'xml2lua' not found. Kong has no module xml2lua"],
  },
  {
    title: 'a rock of that name is assumed to bring it',
    files: tea(handler('local xml2lua = require "xml2lua"'), { [ROCKSPEC]: rockspec('', 'dependencies = { "xml2lua >= 1.5" }') }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    message: /^assumes the rock xml2lua$/,
    says: [],
  },
  {
    title: 'a rock whose modules are known',
    files: tea(handler('local date = require "pl.Date"\nlocal posix = require "posix.unistd"'), {
      [ROCKSPEC]: rockspec('', 'dependencies = { "luaposix" }'),
    }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    message: /^assumes the rock luaposix$/,
  },
  {
    title: 'a rock whose modules are known does not bring others',
    files: tea(handler('local kettle = require "kettle"'), { [ROCKSPEC]: rockspec('', 'dependencies = { "luaposix" }') }),
    verdict: 'fails',
    ways: { rock: 'fails', folder: 'fails' },
  },
  {
    title: 'whether a rock of another name brings it is not known',
    files: tea(handler('local kettle = require "kettle"'), { [ROCKSPEC]: rockspec('', 'dependencies = { "hot-water" }') }),
    verdict: 'unknown',
    ways: { rock: 'unknown', folder: 'unknown' },
    message: /brings the module kettle is not known here: hot-water/,
    says: [],
  },
  {
    title: 'what is caught may be missing',
    files: tea(handler('local ok, kettle = pcall(require, "kettle")', 'pcall(function() require "pot" end)'), {
      [ROCKSPEC]: rockspec('', 'dependencies = { "hot-water" }'),
    }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    says: [],
  },
  {
    title: 'slashes in a name',
    files: tea(handler('local tablex = require "pl/tablex"\nlocal brew = require "kong/plugins/tea/brew"'), {
      'kong/plugins/tea/brew.lua': 'return {}\n',
      [ROCKSPEC]: rockspec('["kong.plugins.tea.brew"] = "kong/plugins/tea/brew.lua",'),
    }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    says: [],
  },
  {
    title: 'a rock that the Dockerfile installs',
    files: tea(handler('local xml2lua = require "xml2lua"'), {
      Dockerfile: 'FROM kong:3.9\nRUN luarocks install xml2lua 1.5-2\n',
    }),
    verdict: 'loads',
    ways: { archive: 'loads', folder: 'loads' },
    message: /^assumes the rock xml2lua$/,
    says: [],
  },
  {
    title: "a folder's init.lua by its whole name",
    files: tea(handler('require "kong.plugins.tea.brew.init"'), { 'kong/plugins/tea/brew/init.lua': 'return {}\n' }),
    verdict: 'loads',
    ways: { archive: 'loads', folder: 'loads' },
    message: /^$/,
    says: [],
  },
  {
    title: 'the README says how to install the rock itself, which brings nothing more',
    files: tea(handler('local xml2lua = require "xml2lua"', 'require "kong.plugins.tea.gone"'), {
      'README.md': '    luarocks install xml2lua\n    luarocks install kong-plugin-tea\n',
    }),
    verdict: 'loads',
    ways: { archive: 'loads', folder: 'loads' },
    message: /^assumes the rock xml2lua$/,
    says: ['error handler.lua:3 There is no file for kong.plugins.tea.gone'],
  },
  {
    title: "another rock's module of the workspace comes with a dependency on that rock",
    files: tea(handler('local b = require "kong.plugins.pot.shared"'), {
      [ROCKSPEC]: rockspec('', 'dependencies = { "kong-plugin-pot" }'),
      'pot/kong/plugins/pot/handler.lua': handler(''),
      'pot/kong/plugins/pot/schema.lua': schemaOf('pot'),
      'pot/kong/plugins/pot/shared.lua': 'return {}\n',
      'pot/kong-plugin-pot-0.4.0-1.rockspec': rockspec('["kong.plugins.tea.shared"] = "kong/plugins/tea/shared.lua",').replaceAll(
        'tea',
        'pot',
      ),
    }),
    verdict: 'loads',
    ways: { rock: 'loads', folder: 'loads' },
    says: [],
  },
  {
    title: 'files that nothing requires may require anything',
    files: tea(handler(''), { 'kong/plugins/tea/old/handler_v2.lua': 'local g = require "kong.plugins.tea.gone" return g\n' }),
    verdict: 'loads',
    ways: { archive: 'loads', folder: 'loads' },
    says: [],
  },
];

async function judge(workspace: Workspace, name = 'tea'): Promise<Judgement> {
  const siblings = await discoverPlugins([workspace.root]);
  const plugin = siblings.find((found) => found.name === name) ?? siblings[0];
  assert.ok(plugin);
  return judgePlugin(plugin, parseKongVersion('3.9'), { siblings });
}

function said({ files }: Judgement): string[] {
  return files
    .flatMap(({ path, diagnostics }) =>
      diagnostics.map(
        ({ severity, range, message }) => `${severity} ${path.split(/[/\\]/).at(-1) ?? ''}:${range.start.line + 1} ${message}`,
      ),
    )
    .sort();
}

describe('what travels with a plugin', () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  for (const { title, files, verdict, ways, message, says } of CASES) {
    it(title, async () => {
      workspace = await makeWorkspace(files);
      const judged = await judge(workspace);
      assert.deepEqual(
        { verdict: judged.verdict.verdict, ways: Object.fromEntries(judged.ways.map((way) => [way.way, way.verdict])) },
        { verdict, ways },
        judged.verdict.message,
      );
      if (message !== undefined) assert.match(judged.verdict.message, message);
      if (says === undefined) return;
      const found = said(judged);
      assert.equal(found.length, says.length, found.join('\n'));
      says.forEach((text, i) => assert.ok(found[i]?.startsWith(text), found[i]));
    });
  }

  it('is put right by the fix that lists the module', async () => {
    const [rock] = CASES.filter(({ title }) => title.startsWith('an own module that build.modules'));
    assert.ok(rock);
    workspace = await makeWorkspace(rock.files);
    const [fix] = (await judge(workspace)).files.flatMap(({ diagnostics }) => diagnostics.flatMap(({ fixes }) => fixes ?? []));
    assert.ok(fix);
    const { applyChanges } = await import('../../../src/system/applyChanges');
    await applyChanges(fix.changes);
    const { verdict } = (await judge(workspace)).verdict;
    assert.equal(verdict, 'loads');
  });

  it('is what pack packs: it refuses a module that only lies beside the plugin, and leaves old copies out with a remark', async () => {
    for (const { title, refused, remarks } of [
      { title: 'a library in another folder', refused: true, remarks: ['pack/missing-module', 'pack/missing-module'] },
      { title: 'a module that only a phase', refused: true, remarks: ['rockspec/module-not-listed', 'pack/missing-module'] },
      { title: 'a module of others that no dependency brings, in', refused: false, remarks: ['pack/missing-module'] },
      { title: 'files that nothing requires', refused: false, remarks: ['pack/left-out'] },
    ]) {
      const project = CASES.find((one) => one.title.startsWith(title));
      assert.ok(project);
      workspace = await makeWorkspace(project.files);
      const [archive] = await packProject(workspace.root, { kind: 'tar', out: workspace.root });
      assert.ok(archive);
      assert.equal(archive.sha256 === null, refused, title);
      assert.deepEqual(
        archive.problems.map(({ code }) => code),
        remarks,
      );
      assert.ok(!archive.files.some(({ path }) => path.includes('old/')));
      await workspace.remove();
    }
  });

  it('is each copy by itself where a rockspec takes another one', async () => {
    const copy = tea(handler(''));
    workspace = await makeWorkspace({
      ...copy,
      'handler.lua': handler('require "kong.plugins.tea.gone"'),
      'schema.lua': schemaOf('tea'),
      [ROCKSPEC]: rockspec('').replaceAll('kong/plugins/tea/', ''),
    });
    const plugins = await discoverPlugins([workspace.root]);
    const verdicts = await Promise.all(
      plugins.map(async (plugin) => (await judgePlugin(plugin, parseKongVersion('3.9'), { siblings: plugins })).verdict.verdict),
    );
    assert.deepEqual(verdicts, ['fails', 'loads']);
  });

  it('is one plugin, also when its folder holds an old copy or a sample of one', async () => {
    workspace = await makeWorkspace(
      tea(handler(''), {
        'kong/plugins/tea/old/handler.lua': handler(''),
        'kong/plugins/tea/old/schema.lua': schemaOf('tea'),
        'doc/sample/handler.lua': handler(''),
        'doc/sample/schema.lua': schemaOf('sample'),
        [ROCKSPEC]: rockspec('["kong.plugins.tea.old.handler"] = "kong/plugins/tea/old/handler.lua",'),
      }),
    );
    assert.deepEqual(
      (await discoverPlugins([workspace.root])).map(({ name }) => name),
      ['tea'],
    );
    const [archive] = await packProject(workspace.root, { kind: 'rock', out: workspace.root });
    assert.ok(archive?.sha256, JSON.stringify(archive?.problems));
  });
});
