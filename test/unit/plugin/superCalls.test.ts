// Calls of super that are left over from BasePlugin: found where super is nil, and taken out by one fix.
import assert from 'node:assert/strict';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { preflightCode } from '../../../src/plugin/preflight';
import { removeSuper } from '../../../src/plugin/sourceEdits/superCalls';

const SCHEMA = 'return { name = "tea", fields = { { config = { type = "record", fields = {} } } } }\n';
const LEFT = `local Tea = { PRIORITY = 910, VERSION = "1.0.0" }

function Tea:new()
  Tea.super.new(self, "tea")
end

function Tea:access(conf)
  Tea.super.access(self)
  kong.log.debug(conf.level)
end

Tea.log = function(self)
  self.super.log(self)
end

local function helper(self)
  return Tea.super.rewrite(self)
end

return Tea
`;

/** `severity line` of each leftover that is found. */
function found(handler: string, kong: string): string[] {
  const sources = new Map([
    ['kong.plugins.tea.handler', new LuaSource(handler, '/w/handler.lua')],
    ['kong.plugins.tea.schema', new LuaSource(SCHEMA, '/w/schema.lua')],
  ]);
  return preflightCode({ name: 'tea', sources, dependencies: [] }, parseKongVersion(kong)).problems.flatMap((problem) =>
    problem.id === 'base-plugin-super-left' && problem.place !== undefined
      ? [`${problem.severity ?? ''} ${problem.place.source.line(problem.place.start)}`]
      : [],
  );
}

describe('calls of super that are left over', () => {
  it('are errors in the phases of a plain table, and warnings elsewhere', () => {
    for (const kong of ['2.8', '3.9']) assert.deepEqual(found(LEFT, kong), ['warning 4', 'error 8', 'error 13', 'warning 17']);
  });

  for (const [title, handler, kong] of [
    [
      'extends BasePlugin',
      'local B = require "kong.plugins.base_plugin"\nlocal H = B:extend()\nH.PRIORITY = 1\nfunction H:access() H.super.access(self) end\nreturn H',
      '2.8',
    ],
    [
      'has a super of its own',
      'local H = { PRIORITY = 1, VERSION = "1.0.0", super = { access = function() end } }\nfunction H:access() H.super.access(self) end\nreturn H',
      '3.9',
    ],
    [
      'inherits one',
      'local H = setmetatable({ PRIORITY = 1, VERSION = "1.0.0" }, { __index = { super = {} } })\nfunction H:access() H.super.access(self) end\nreturn H',
      '3.9',
    ],
    [
      'is made by code that is not known',
      'local H = require("kong.plugins.key-auth.handler")\nfunction H:access() H.super.access(self) end\nreturn H',
      '3.9',
    ],
  ] as const) {
    it(`are none in a handler that ${title}`, () => {
      assert.deepEqual(found(handler, kong), []);
    });
  }

  it('are all taken out by the fix, with a new that does nothing else', () => {
    const [change] = removeSuper(new LuaSource(LEFT, '/w/handler.lua'));
    assert.ok(change?.kind === 'edit');
    const lines = LEFT.split('\n');
    for (const { range, newText } of [...change.edits].reverse()) {
      const { start, end } = range;
      const before = (lines[start.line] ?? '').slice(0, start.character);
      const after = (lines[end.line] ?? '').slice(end.character);
      lines.splice(start.line, end.line - start.line + 1, before + newText + after);
    }
    const text = lines.join('\n');
    assert.doesNotMatch(text, /super|new/);
    assert.match(text, /kong\.log\.debug/);
    assert.deepEqual(found(text, '3.9'), []);
  });
});
