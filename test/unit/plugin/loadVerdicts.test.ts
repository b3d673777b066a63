// The predicted verdicts and messages against what the loaders of twelve real Kong versions said to the same files.
import assert from 'node:assert/strict';
import verdicts from '../../fixtures/plugin/load-verdicts.json';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { preflightCode } from '../../../src/plugin/preflight';

interface Recorded {
  case: string;
  files: Record<string, string>;
  kong: { from: string; to: string; outcome: string; message: string }[];
}

const RECORDED: readonly Recorded[] = verdicts.map((recorded) => ({
  ...recorded,
  files: Object.fromEntries(
    Object.entries(recorded.files).filter((file): file is [string, string] => typeof file[1] === 'string'),
  ),
}));
const VERSIONS = ['1.2.3', '1.5.1', '2.0.5', '2.1.4', '2.3.3', '2.8.5', '3.0.2', '3.2.2', '3.4.2', '3.6.1', '3.9.3', 'HEAD'];

const position = (version: string): number => VERSIONS.indexOf(version);

/** Kong lists these in another order at every start. */
function sorted(message: string): string {
  return message
    .replace(
      /(expected one of: |must be non-empty: )([^"\n]*)/g,
      (_all, before: string, list: string) => before + list.split(', ').sort().join(', '),
    )
    .trim();
}

describe('preflightCode', () => {
  for (const { case: title, files, kong } of RECORDED) {
    it(`says what every Kong said: ${title}`, () => {
      const sources = new Map(
        Object.entries(files).map(([file, text]) => [
          `kong.plugins.my-plugin.${file.replace('.lua', '')}`,
          new LuaSource(text, `/workspace/${file}`),
        ]),
      );
      for (const version of VERSIONS) {
        const recorded = kong.find(({ from, to }) => position(from) <= position(version) && position(version) <= position(to));
        assert.ok(recorded, `a recording of ${version}`);
        const { verdict } = preflightCode({ name: 'my-plugin', sources, dependencies: [] }, parseKongVersion(version));
        const loads = recorded.outcome === 'loads' || recorded.message.endsWith('OK');
        assert.deepEqual(
          { version, verdict: verdict.verdict, message: sorted(verdict.message) },
          { version, verdict: loads ? 'loads' : 'fails', message: loads ? '' : sorted(recorded.message) },
        );
      }
    });
  }

  it('says where an error is raised whose text it cannot know', () => {
    const handler =
      'local cache, err = require("resty.lrucache").new(50)\nif not cache then\n  error("no cache: " .. err)\nend\n';
    const sources = new Map([
      ['kong.plugins.my-plugin.handler', new LuaSource(`${handler}return { PRIORITY = 1, VERSION = "1.0.0" }`, '/w/handler.lua')],
      ['kong.plugins.my-plugin.schema', new LuaSource('return { name = "my-plugin", fields = {} }', '/w/schema.lua')],
    ]);
    const { verdict } = preflightCode({ name: 'my-plugin', sources, dependencies: [] }, parseKongVersion('3.9'));
    assert.equal(verdict.verdict, 'unknown');
    assert.match(verdict.message, /cannot be known here: the error with a computed text in handler\.lua:3$/);
  });

  for (const [title, fields, verdict, message] of [
    [
      'a VERSION that is read from a file',
      'PRIORITY = 1, VERSION = io.open("VERSION"):read()',
      'unknown',
      /handler's VERSION cannot/,
    ],
    [
      'a PRIORITY from the environment',
      'PRIORITY = os.getenv("P"), VERSION = "1.0.0"',
      'unknown',
      /handler's PRIORITY cannot be known here: the variable P$/,
    ],
    [
      'a file that must be there',
      'PRIORITY = 1, VERSION = "1.0.0", key = assert(io.open("/etc/key"))',
      'unknown',
      /handler\.lua:1: the file \/etc\/key is read while the plugin loads, and may not be there$/,
    ],
    ['lines of a file', 'PRIORITY = 1, VERSION = "1.0.0", key = io.lines("/etc/key")', 'unknown', /the file \/etc\/key is read/],
    [
      'a variable that must be there',
      'PRIORITY = 1, VERSION = "1.0.0", key = assert(os.getenv("KEY"), "no KEY")',
      'unknown',
      /the variable KEY is read/,
    ],
    ['a file that may be missing', 'PRIORITY = 1, VERSION = "1.0.0", key = io.open("/etc/key") or 1', 'loads', /^$/],
    ['memory that Kong has', 'PRIORITY = 1, VERSION = "1.0.0", dict = ngx.shared.kong_locks or error("none")', 'loads', /^$/],
    [
      'memory that is perhaps not there',
      'PRIORITY = 1, VERSION = "1.0.0", dict = ngx.shared.mine or error("none")',
      'unknown',
      /none/,
    ],
    ["Kong's own entry table", 'PRIORITY = 1, VERSION = require("kong").version or "1.0.0"', 'loads', /^$/],
    ['a yield', 'PRIORITY = 1, VERSION = "1.0.0", coroutine.yield()', 'fails', /attempt to yield across C-call boundary/],
    ['a coroutine', 'PRIORITY = 1, VERSION = "1.0.0", wrapped = coroutine.wrap(function() coroutine.yield() end)', 'loads', /^$/],
    ['a sleep', 'PRIORITY = 1, VERSION = "1.0.0", ngx.sleep(0)', 'loads', /^$/],
    ["Kong's own version", 'PRIORITY = 1, VERSION = require("kong.meta").version', 'loads', /^$/],
  ] as const) {
    it(`is not taken for good when it cannot be known: ${title}`, () => {
      const sources = new Map([
        ['kong.plugins.my-plugin.handler', new LuaSource(`return { ${fields} }`, '/w/handler.lua')],
        ['kong.plugins.my-plugin.schema', new LuaSource('return { name = "my-plugin", fields = {} }', '/w/schema.lua')],
      ]);
      const found = preflightCode({ name: 'my-plugin', sources, dependencies: [] }, parseKongVersion('3.9')).verdict;
      assert.equal(found.verdict, verdict);
      assert.match(found.message, message);
    });
  }

  for (const [title, code, named] of [
    ['a file that is read', 'local f = io.open("/etc/x")\nlocal text = f:read("*a")\nf:close()', 'the file /etc/x'],
    [
      'a file that is read if it is there, by a function',
      'local function text(path)\n  local f = io.open(path)\n  if not f then return nil end\n  return f:read("*a")\nend\nlocal x = text("/etc/x")',
      'the file /etc/x',
    ],
    ['lines of a file', 'local f = io.open("/etc/x")\nif f then for line in f:lines() do print(line) end end', 'the file /etc/x'],
    ['another chunk', 'local chunk = loadfile("/etc/x.lua")\nif chunk then chunk() end', 'the file /etc/x.lua'],
    ['a chunk that is run', 'dofile("/etc/x.lua")', 'the file /etc/x.lua'],
    ['a chunk that is tried', 'local ok = pcall(dofile, "/etc/x.lua")', 'the file /etc/x.lua'],
    ['a module that reads a file', 'local text = require("pl.file").read("/etc/x")', 'the file /etc/x'],
    ['what a program says', 'local text = io.popen("hostname"):read()', 'the program hostname'],
    ['a variable that is joined', 'local path = os.getenv("ROOT") .. "/x"', 'the variable ROOT'],
    ['a variable that is counted with', 'local limit = tonumber(os.getenv("LIMIT")) * 2', 'the variable LIMIT'],
    ['a variable that has a method called', 'local low = os.getenv("MODE"):lower()', 'the variable MODE'],
    ['a variable that is given to a library', 'local low = string.lower(os.getenv("MODE"))', 'the variable MODE'],
    [
      'a variable that is missed and used all the same',
      'local root = os.getenv("ROOT")\nif not root then print("no ROOT") end\nlocal path = root .. "/x"',
      'the variable ROOT',
    ],
    ['a socket', 'local sock = ngx.socket.tcp()\nsock:settimeout(10)\nlocal ok = sock:connect("db", 80)', 'the network'],
    ['a client', 'local res = require("resty.http").new():request_uri("http://x/")', 'the network'],
    ['a client of LuaSocket', 'local http = require("socket.http")\nlocal body = http.request("http://x/")', 'the network'],
    [
      'a client, in a function',
      'local http = require("resty.http")\nlocal function keys()\n  local c = http.new()\n  return c:request_uri("http://x/", {})\nend\nlocal k = keys()',
      'the network',
    ],
    ['a file opened and closed', 'local f = io.open("/etc/x")\nif f then f:close() end', ''],
    ['a file in a phase', 'function x() local f = io.open("/etc/x") return f:read() end', ''],
    ['a variable with a default', 'local path = (os.getenv("ROOT") or "/opt") .. "/x"', ''],
    ['a variable that was asked for', 'local mode = os.getenv("MODE")\nlocal low = mode and mode:lower()', ''],
    [
      'a variable that is asked for first',
      'local function low(name)\n  local value = os.getenv(name)\n  if value == nil or value:lower() == "no" then return "" end\n  return value .. "/x"\nend\nlocal x = low("MODE")',
      '',
    ],
    ['a variable that is missed and replaced', 'local r = os.getenv("R")\nif not r then r = "/opt" end\nlocal p = r .. "/x"', ''],
    [
      'a client that is only made',
      'local c, err = require("resty.http").new()\nif not c then error(err) end\nc:set_timeout(5)',
      '',
    ],
    ['a socket that is only made', 'local sock = ngx.socket.tcp()\nsock:settimeouts(1, 2, 3)', ''],
    ['the time', 'math.randomseed(require("socket").gettime() * 1000)', ''],
  ] as const) {
    it(`${named === '' ? 'loads with' : 'is not known with'} what is outside: ${title}`, () => {
      const sources = new Map([
        [
          'kong.plugins.my-plugin.handler',
          new LuaSource(`${code}\nreturn { PRIORITY = 1, VERSION = "1.0.0" }`, '/w/handler.lua'),
        ],
        ['kong.plugins.my-plugin.schema', new LuaSource('return { name = "my-plugin", fields = {} }', '/w/schema.lua')],
      ]);
      const found = preflightCode({ name: 'my-plugin', sources, dependencies: [] }, parseKongVersion('3.9')).verdict;
      assert.equal(found.verdict, named === '' ? 'loads' : 'unknown', found.message);
      if (named !== '') assert.ok(found.message.includes(`${named} is `), found.message);
    });
  }

  it('is refused before Kong 3.0 for a sleep while it loads', () => {
    const sources = new Map([
      ['kong.plugins.my-plugin.handler', new LuaSource('ngx.sleep(1)\nreturn { PRIORITY = 1, VERSION = "1" }', '/w/handler.lua')],
      ['kong.plugins.my-plugin.schema', new LuaSource('return { name = "my-plugin", fields = {} }', '/w/schema.lua')],
    ]);
    const verdict = (kong: string): string =>
      preflightCode({ name: 'my-plugin', sources, dependencies: [] }, parseKongVersion(kong)).verdict.verdict;
    assert.deepEqual(['2.8', '3.0', '3.9'].map(verdict), ['fails', 'loads', 'loads']);
  });
});
