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
