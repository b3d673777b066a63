// Definitions for the Lua language server, against the functions that Kong 2.8.5 and 3.9.1 have.
import assert from 'node:assert/strict';
import expected from '../../fixtures/kong/pdk-phases.json';
import { pdkDefinitions } from '../../../src/kong/pdk/definitions';
import { pdkFunctions } from '../../../src/kong/pdk/pdk';
import { parseKongVersion } from '../../../src/kong/versions';
import { parse } from '../../../src/lua/parser';
import { LuaSource } from '../../../src/lua/source';
import { configDefinitions } from '../../../src/plugin/configTypes';
import { readSchema } from '../../../src/plugin/describe';
import { schema } from '../code/plugin';

/** The functions that a definition file declares, and the tables that it says can be called. */
function declared(text: string): string[] {
  const called = [...text.matchAll(/^---@overload [^\n]*\n(?:---[^\n]*\n)*([\w.]+) = \{\}$/gm)].map(([, name = '']) => name);
  return [...text.matchAll(/^function ([\w.:]+)\(/gm)].map(([, name = '']) => name).concat(called);
}

describe('definitions for the Lua language server', () => {
  for (const [release, functions] of Object.entries(expected)) {
    const version = parseKongVersion(release);
    const text = pdkDefinitions(version);

    it(`are Lua, and hold what ${release} has and nothing else`, () => {
      assert.equal(parse(new LuaSource(text), 'luajit').error, undefined);
      const found = declared(text);
      assert.deepEqual(new Set(found), new Set(pdkFunctions(version).map(({ name }) => name)));
      assert.deepEqual(
        Object.keys(functions).filter((name) => !found.includes(name)),
        [],
      );
    });
  }

  it('say parameters, returns and phases', () => {
    const text = pdkDefinitions(parseKongVersion('3.9'));
    assert.match(text, /---@param name string\n---@return string\|nil\nfunction kong\.request\.get_header\(name\) end/);
    assert.match(text, /---Phases: rewrite, access\.\n[^\n]*\n---@param header string/);
    assert.match(text, /---@class kong\.log\n---@overload fun\(\.\.\.: any\)/);
  });

  it('describe a configuration', () => {
    const fields =
      '{ limit = { type = "integer", default = 1 } }, { tags = { type = "array", elements = { type = "string" } } }, { redis = { type = "record", fields = { { host = { type = "string", required = true } } } } }';
    const text = configDefinitions('demo', readSchema(schema(fields))?.config ?? []);
    assert.match(
      text,
      /---@class kong\.plugins\.demo\.Config\n---@field limit integer\n---@field tags\? string\[\]\n---@field redis kong\.plugins\.demo\.Config\.redis\n/,
    );
    assert.match(text, /---@class kong\.plugins\.demo\.Config\.redis\n---@field host string\n/);
  });
});
