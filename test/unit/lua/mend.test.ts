// Texts that somebody is still writing: whatever is missing, the rest is read as it is meant.
import assert from 'node:assert/strict';
import { mend, rangeOf } from '../../../src/lua/mend';
import { parse } from '../../../src/lua/parser';
import { LuaSource } from '../../../src/lua/source';

const HANDLER = `local Demo = { PRIORITY = 10, VERSION = "1.0.0" }

local function report(conf, text)
  if conf.verbose and #text > 3 then
    for _, name in ipairs(conf.names) do
      kong.log.debug("name: ", name, [[ raw ]])
    end
  elseif not text then
    return nil
  end
  while true do break end
end

function Demo:access(conf)
  local value = kong.request.get_header("x-demo")
  report(conf, value .. tostring(conf.limits["a"]))
  -- a comment that says "something
  local timers = { first = function() return 1 end, 'x', [1 + 2] = true }
  repeat value = 0x1f + 1e3 until value
end

function Demo:log(conf)
  kong.log.serialize()
end

return Demo
`;

const error = (source: LuaSource): string | undefined => parse(mend(source).source, 'luajit').error?.message;

/** The names of the functions that stand in no other one. */
function outermost(text: string): string[] {
  const { source } = mend(new LuaSource(text));
  return parse(source, 'luajit').chunk.body.block.statements.flatMap((statement) =>
    statement.kind === 'assign' ? source.text(statement.targets[0] ?? statement) : [],
  );
}

describe('mending Lua', () => {
  it('leaves what parses as it is', () => {
    const source = new LuaSource(HANDLER);
    assert.equal(mend(source).source, source);
  });

  it('makes a text parse that ends anywhere', () => {
    for (let end = 0; end <= HANDLER.length; end++) {
      const text = HANDLER.slice(0, end);
      assert.equal(error(new LuaSource(text)), undefined, text.slice(-40));
    }
  });

  it('makes a text parse that lacks any one line, or the end of one', () => {
    const lines = HANDLER.split('\n');
    for (const [i, line] of lines.entries()) {
      for (const left of ['', line.slice(0, line.length / 2), line.slice(0, -1)]) {
        const text = lines.with(i, left).join('\n');
        assert.equal(error(new LuaSource(text)), undefined, `line ${i + 1}: ${left}`);
      }
    }
  });

  const BEHIND: readonly (readonly [title: string, written: string])[] = [
    ['an open function', 'function Demo:access(conf)\n  kong.log.debug("x")\n'],
    ['an open if', 'function Demo:access(conf)\n  if conf.x then\n    kong.log.debug("x")\nend\n'],
    ['an open call', 'function Demo:access(conf)\n  kong.log.debug("x",\nend\n'],
    ['an open text', 'function Demo:access(conf)\n  kong.log.debug("x\nend\n'],
    ['half a condition', 'function Demo:access(conf)\n  if conf.\n  end\nend\n'],
    ['half a loop', 'function Demo:access(conf)\n  for _, x in ipairs(conf.x\n  end\nend\n'],
    ['half an assignment', 'function Demo:access(conf)\n  local x =\nend\n'],
    ['a name alone', 'function Demo:access(conf)\n  kong.request\nend\n'],
    ['a colon alone', 'function Demo:access(conf)\n  conf.list:\nend\n'],
    ['an open callback', 'function Demo:access(conf)\n  pcall(function()\n    kong.log.debug("x")\nend\n'],
  ];
  for (const [title, written] of BEHIND) {
    it(`keeps what stands behind ${title}`, () => {
      const text = `local Demo = {}\n\n${written}\nfunction Demo:log(conf)\n  kong.log.err("x")\nend\n\nreturn Demo\n`;
      assert.deepEqual(outermost(text), ['Demo:access', 'Demo:log'], error(new LuaSource(text)));
    });
  }

  it('puts a name in behind a dot at the cursor, so that the next line is not taken for it', () => {
    const text = 'kong.request.\nfoo()\n';
    const { source, toMended } = mend(new LuaSource(text), 13);
    assert.equal(toMended(13), 13);
    assert.match(source.bytes, /^kong\.request\._\s*\(\)\s*foo\(\)/);
    assert.equal(mend(new LuaSource('a = "x" ..'), 10).source.bytes.includes('.._'), false);
  });

  it('tells of places as they are in the text that was written', () => {
    const original = new LuaSource('foo(\nlocal näme = 1\n');
    const { source, toOriginal } = mend(original);
    const mendedAt = source.bytes.indexOf('= 1');
    assert.equal(toOriginal(mendedAt), original.bytes.indexOf('= 1'));
    assert.deepEqual(rangeOf(source, { start: mendedAt, end: mendedAt + 1 }), {
      start: { line: 1, character: 11 },
      end: { line: 1, character: 12 },
    });
  });

  it('gives up on what nobody can read, and does not take long', () => {
    const deep = `x = ${'('.repeat(5000)}`;
    assert.notEqual(error(new LuaSource(deep)), undefined);
  });
});
