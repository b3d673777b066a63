// A new version: what changes, what stays, and what is refused.
import assert from 'node:assert/strict';
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '../../../src/cli/program';
import { bump, type Bump } from '../../../src/rockspec/bump';
import { UserError } from '../../../src/system/userError';
import { applyEdits } from '../../../src/text/edits';

const PATH = '/p/kong-plugin-x-0.1.0-1.rockspec';
const HANDLER = '/p/kong/plugins/x/handler.lua';
const OTHER = '/p/kong/plugins/x/other.lua';

interface Texts {
  rockspec: string;
  handler?: string;
  other?: string;
}

function plan({ rockspec, handler, other }: Texts, version: string): Bump {
  const modules = new Map<string, { path: string; text: string }>();
  if (handler !== undefined) modules.set('kong.plugins.x.handler', { path: HANDLER, text: handler });
  if (other !== undefined) modules.set('kong.plugins.x.other', { path: OTHER, text: other });
  return bump({ rockspec: { path: PATH, text: rockspec }, modules, version });
}

/** The texts after a bump. */
function bumped(texts: Texts, version = '1.2.3'): Texts {
  const { changes } = plan(texts, version);
  const after = (path: string, text: string): string =>
    changes.reduce(
      (result, change) => (change.kind === 'edit' && change.path === path ? applyEdits(text, change.edits) : result),
      text,
    );
  return {
    rockspec: after(PATH, texts.rockspec),
    ...(texts.handler === undefined ? {} : { handler: after(HANDLER, texts.handler) }),
    ...(texts.other === undefined ? {} : { other: after(OTHER, texts.other) }),
  };
}

const PACKAGE = 'package = "kong-plugin-x"\n';
const REST = 'source = { url = "git+https://e.com/x" }\n';

/** What a version is made of, before and after. */
const VERSIONS: readonly (readonly [what: string, before: string, after: string, version?: string])[] = [
  ['a literal', 'version = "0.1.0-1"', 'version = "1.2.3-1"'],
  ['a literal in single quotes', "version = '0.1.0-1' -- note", "version = '1.2.3-1' -- note"],
  ['a long string', 'version = [[0.1.0-1]]', 'version = [[1.2.3-1]]'],
  ['a literal and a revision', 'version = "0.1.0" .. "-1"', 'version = "1.2.3" .. "-1"'],
  [
    'locals',
    'local v = "0.1.0"\nlocal r = "1"\nversion = v .. "-" .. r',
    'local v = "1.2.3"\nlocal r = "1"\nversion = v .. "-" .. r',
  ],
  [
    'locals, a new revision',
    'local v = "0.1.0"\nlocal r = "1"\nversion = v .. "-" .. r',
    'local v = "1.2.3"\nlocal r = "12"\nversion = v .. "-" .. r',
    '1.2.3-12',
  ],
  [
    'a revision only',
    'local v = "0.1.0"\nlocal r = "1"\nversion = v .. "-" .. r',
    'local v = "0.1.0"\nlocal r = "2"\nversion = v .. "-" .. r',
    '0.1.0-2',
  ],
  [
    'a number as revision',
    'local v, r = "0.1.0", 1\nversion = v .. "-" .. r',
    'local v, r = "1.2.3", 1\nversion = v .. "-" .. r',
  ],
  ['a format', 'version = ("%s-%s"):format("0.1.0", "1")', 'version = ("%s-%s"):format("1.2.3", "1")'],
  [
    'major, minor, patch',
    'local a, b, c = "0", "1", "0"\nversion = a.."."..b.."."..c.."-1"',
    'local a, b, c = "1", "2", "3"\nversion = a.."."..b.."."..c.."-1"',
  ],
  ['a prefix', 'local v = "0.1.0"\nversion = "v" .. v .. "-1"', 'local v = "1.2.3"\nversion = "v" .. v .. "-1"', 'v1.2.3'],
  ['scm', 'version = "scm-1"', 'version = "1.2.3-1"'],
  ['a version without a revision', 'version = "latest"', 'version = "1.2.3-1"'],
  ['a longer version', 'local v = "1"\nversion = v .. "-1"', 'local v = "1.2.3rc1"\nversion = v .. "-1"', '1.2.3rc1'],
];

describe('bump', () => {
  for (const [what, before, after, version] of VERSIONS) {
    it(`changes ${what}`, () => {
      assert.equal(bumped({ rockspec: `${PACKAGE}${before}\n${REST}` }, version).rockspec, `${PACKAGE}${after}\n${REST}`);
    });
  }

  it('renames the rockspec, in lower case', () => {
    const { changes, from, to } = plan({ rockspec: 'package = "Kong-Plugin-X"\nversion = "0.1.0-1"\n' }, '1.2.3');
    assert.deepEqual([from, to], ['0.1.0-1', '1.2.3-1']);
    assert.deepEqual(changes.at(-1), { kind: 'rename', path: PATH, to: '/p/kong-plugin-x-1.2.3-1.rockspec' });
  });

  it('keeps CRLF, tabs, comments and text that is not ASCII', () => {
    const rockspec = '-- é €\r\n\tpackage="kong-plugin-x"\r\nversion\t=\t"0.1.0-1"--ü\r\n';
    assert.equal(bumped({ rockspec }).rockspec, rockspec.replace('0.1.0', '1.2.3'));
  });

  const SOURCES: readonly (readonly [what: string, before: string, after: string])[] = [
    ['a tag', '{ url = "u", tag = "0.1.0" }', '{ url = "u", tag = "1.2.3" }'],
    ['a tag with v', '{ url = "u", tag = "v0.1.0" }', '{ url = "u", tag = "v1.2.3" }'],
    ['a tag with a revision', '{ url = "u", tag = "0.1.0-1" }', '{ url = "u", tag = "1.2.3-1" }'],
    [
      'an archive and its folder',
      '{ url = "https://e.com/v0.1.0.tar.gz", dir = "x-0.1.0" }',
      '{ url = "https://e.com/v1.2.3.tar.gz", dir = "x-1.2.3" }',
    ],
    ['no other version', '{ url = "https://e.com/10.1.0/0.1.01/0.1.0.1" }', '{ url = "https://e.com/10.1.0/0.1.01/0.1.0.1" }'],
    ['no branch', '{ url = "u", branch = "0.1.0" }', '{ url = "u", branch = "0.1.0" }'],
  ];
  for (const [what, before, after] of SOURCES) {
    it(`changes ${what} in source`, () => {
      const rockspec = (version: string, source: string): string => `${PACKAGE}version = "${version}"\nsource = ${source}\n`;
      assert.equal(bumped({ rockspec: rockspec('0.1.0-1', before) }).rockspec, rockspec('1.2.3-1', after));
    });
  }

  it('lets a tag follow the local it is made of', () => {
    const rockspec = `${PACKAGE}local v = "0.1.0"\nversion = v .. "-1"\nsource = { url = "u", tag = "v" .. v }\n`;
    assert.equal(bumped({ rockspec }).rockspec, rockspec.replace('"0.1.0"', '"1.2.3"'));
  });

  it('tells of a tag that names something else, and of an old md5', () => {
    const { notes } = plan(
      { rockspec: `${PACKAGE}version = "0.1.0-1"\nsource = { url = "https://e.com/0.1.0.zip", tag = "main", md5 = "0" }\n` },
      '1.2.3',
    );
    assert.equal(notes.length, 2);
    assert.match(notes[0] ?? '', /source\.tag is "main"/);
    assert.match(notes[1] ?? '', /md5/);
  });

  const rockspec = `${PACKAGE}version = "0.1.0-1"\n${REST}`;
  const HANDLERS: readonly (readonly [what: string, before: string, after: string])[] = [
    ['a field', 'return { PRIORITY = 1, VERSION = "0.1.0" }', 'return { PRIORITY = 1, VERSION = "1.2.3" }'],
    ['a field that was behind', 'return { VERSION = "0.1" }', 'return { VERSION = "1.2.3" }'],
    ['an assignment', 'local H = {}\nH.VERSION = "0.1.0"\nreturn H', 'local H = {}\nH.VERSION = "1.2.3"\nreturn H'],
    ['a local', 'local V = "0.1.0"\nreturn { VERSION = V }', 'local V = "1.2.3"\nreturn { VERSION = V }'],
    [
      'a class of old',
      'local B = require "kong.plugins.base_plugin"\nlocal H = B:extend()\nH.VERSION = "0.1.0"\nfunction H:new() H.super.new(self, "x") end\nreturn H',
      'local B = require "kong.plugins.base_plugin"\nlocal H = B:extend()\nH.VERSION = "1.2.3"\nfunction H:new() H.super.new(self, "x") end\nreturn H',
    ],
    [
      'a handler that uses Kong',
      'local kong = kong\nlocal ngx_re = ngx.re\nlocal http = require "resty.http"\nlocal H = { VERSION = "0.1.0" }\nfor _, n in ipairs { "access" } do H[n] = function() kong.log(n) end end\nreturn H',
      'local kong = kong\nlocal ngx_re = ngx.re\nlocal http = require "resty.http"\nlocal H = { VERSION = "1.2.3" }\nfor _, n in ipairs { "access" } do H[n] = function() kong.log(n) end end\nreturn H',
    ],
  ];
  for (const [what, before, after] of HANDLERS) {
    it(`changes VERSION as ${what}`, () => assert.equal(bumped({ rockspec, handler: before }).handler, after));
  }

  it('changes VERSION where another module of the rock holds it', () => {
    const handler = 'return { VERSION = require("kong.plugins.x.other").version }';
    assert.deepEqual(bumped({ rockspec, handler, other: 'return { version = "0.1.0" }' }), {
      rockspec: rockspec.replace('0.1.0', '1.2.3'),
      handler,
      other: 'return { version = "1.2.3" }',
    });
  });

  it("leaves a VERSION that is Kong's, and tells so", () => {
    const handler = 'return { VERSION = require("kong.meta").version }';
    const { notes, changes } = plan({ rockspec, handler }, '1.2.3');
    assert.match(notes[0] ?? '', /VERSION is what require "kong\.meta" gives/);
    assert.ok(changes.every(({ path }) => path === PATH));
  });

  it('tells of a handler without VERSION, also when it cannot be known what it returns', () => {
    for (const handler of ['return { PRIORITY = 1 }', 'return require("x").handler()'])
      assert.match(plan({ rockspec, handler }, '1.2.3').notes[0] ?? '', /sets no VERSION/);
  });

  const REFUSED: readonly (readonly [what: string, texts: Texts, version: string, message: RegExp])[] = [
    ['a version LuaRocks does not take', { rockspec }, '1.2.3-rc.1', /"1\.2\.3-rc\.1" is not a version/],
    ['nothing', { rockspec }, '', /is not a version/],
    ['the version it has', { rockspec }, '0.1.0', /already has version 0\.1\.0-1/],
    [
      'a version out of a function',
      { rockspec: `${PACKAGE}version = ("1-1.0"):gsub("(.*)-(.*)", "%2-%1")` },
      '1.2.3',
      /`version` is computed/,
    ],
    [
      'a local that feeds more',
      { rockspec: `${PACKAGE}local v = "0.1.0"\nversion = v .. "-1"\ndependencies = { "y == " .. v }` },
      '1.2.3',
      /would change `dependencies\.1` too/,
    ],
    ['a rockspec without a version', { rockspec: PACKAGE }, '1.2.3', /no version/],
    ['a rockspec that does not parse', { rockspec: 'version = = 1' }, '1.2.3', /:1: /],
    ['a rockspec that fails', { rockspec: 'print("x")' }, '1.2.3', /cannot be read/],
    [
      'a VERSION from elsewhere',
      { rockspec, handler: 'return { VERSION = os.getenv("V") }' },
      '1.2.3',
      /VERSION of plugin x is computed.*handler\.lua:1/,
    ],
    [
      'a handler that returns what nobody knows',
      { rockspec, handler: 'return require("x").handler({ VERSION = "0.1.0" })' },
      '1.2.3',
      /cannot be read/,
    ],
  ];
  for (const [what, from, to, isLower] of [
    ['an earlier version', '1.10.0-1', '1.9.0', true],
    ['an earlier revision', '1.0.0-2', '1.0.0-1', true],
    ['a pre-release of the same', '1.0.0-1', '1.0.0rc1', true],
    ['the release of a pre-release', '1.0.0rc1-1', '1.0.0', false],
    ['the first version after that of a branch', 'scm-1', '0.1.0', false],
  ] as const) {
    it(`goes to ${what} ${isLower ? 'only when told' : 'at once'}`, () => {
      const input = {
        rockspec: { path: PATH, text: `${PACKAGE}version = "${from}"\n${REST}` },
        modules: new Map<string, never>(),
        version: to,
      };
      if (isLower) assert.throws(() => bump(input), /is lower than/);
      assert.equal(bump({ ...input, lower: isLower }).from, from);
    });
  }

  for (const [what, texts, version, message] of REFUSED) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => plan(texts, version),
        (error) => error instanceof UserError && message.test(error.message),
      );
    });
  }
});

describe('kong-plugin bump', () => {
  let dir: string;
  let out: string;
  let err: string;

  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), text);
  };
  const bumpCommand = async (...args: string[]): Promise<number> => {
    out = err = '';
    return run(['bump', ...args], {
      cwd: dir,
      env: {},
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      stdin: new PassThrough(),
      interactive: false,
      signal: new AbortController().signal,
    });
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kong-plugin-bump-'));
    await write(
      'kong-plugin-x-0.1.0-1.rockspec',
      `${PACKAGE}version = "0.1.0-1"\nbuild = { modules = { ["kong.plugins.x.handler"] = "kong/plugins/x/handler.lua" } }\n`,
    );
    await write('kong/plugins/x/handler.lua', 'return { VERSION = "0.1.0" }\n');
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('changes and renames the files', async () => {
    assert.equal(await bumpCommand('1.0.0'), 0, err);
    assert.deepEqual((await readdir(dir)).sort(), ['kong', 'kong-plugin-x-1.0.0-1.rockspec']);
    assert.match(await readFile(join(dir, 'kong-plugin-x-1.0.0-1.rockspec'), 'utf8'), /version = "1\.0\.0-1"/);
    assert.equal(await readFile(join(dir, 'kong/plugins/x/handler.lua'), 'utf8'), 'return { VERSION = "1.0.0" }\n');
    assert.match(out, /Changed 0\.1\.0-1 to 1\.0\.0-1/);
  });

  it('changes nothing in a dry run, and says what it would', async () => {
    assert.equal(await bumpCommand('1.0.0', '--dry-run', '--format', 'json'), 0, err);
    const { changes } = JSON.parse(out) as { changes: { kind: string; path: string }[] };
    assert.deepEqual(
      changes.map(({ kind, path }) => `${kind} ${path}`),
      ['edit kong-plugin-x-0.1.0-1.rockspec', 'edit kong/plugins/x/handler.lua', 'rename kong-plugin-x-0.1.0-1.rockspec'],
    );
    assert.ok((await readdir(dir)).includes('kong-plugin-x-0.1.0-1.rockspec'));
  });

  it('changes nothing when the new name is taken', async () => {
    await write('kong-plugin-x-1.0.0-1.rockspec', 'mine');
    assert.equal(await bumpCommand('1.0.0', 'kong-plugin-x-0.1.0-1.rockspec'), 1);
    assert.match(err, /is there already/);
    assert.match(await readFile(join(dir, 'kong-plugin-x-0.1.0-1.rockspec'), 'utf8'), /0\.1\.0-1/);
    assert.match(await readFile(join(dir, 'kong/plugins/x/handler.lua'), 'utf8'), /0\.1\.0/);
  });

  it('leaves a file that is not UTF-8 alone', async () => {
    const bytes = Buffer.from(`-- \xe9\n${PACKAGE}version = "0.1.0-1"\n`, 'latin1');
    await writeFile(join(dir, 'kong-plugin-x-0.1.0-1.rockspec'), bytes);
    assert.equal(await bumpCommand('1.0.0'), 1);
    assert.match(err, /not UTF-8/);
    assert.deepEqual(await readFile(join(dir, 'kong-plugin-x-0.1.0-1.rockspec')), bytes);
  });

  it('names a handler that is not there as the rockspec does', async () => {
    await rm(join(dir, 'kong/plugins/x/handler.lua'));
    assert.equal(await bumpCommand('1.0.0'), 1);
    assert.match(err, /kong-plugin-x-0\.1\.0-1\.rockspec lists kong\/plugins\/x\/handler\.lua: it is not there\.\n/);
  });

  it('asks which one when there are several rockspecs, and says when there is none', async () => {
    await write('kong-plugin-x-0.2.0-1.rockspec', PACKAGE);
    assert.equal(await bumpCommand('1.0.0'), 2);
    assert.match(err, /several rockspecs/);
    assert.equal(await bumpCommand('1.0.0', 'kong'), 2);
    assert.match(err, /no rockspec/);
    assert.equal(await bumpCommand('1.0.0', 'nowhere'), 2);
  });
});
