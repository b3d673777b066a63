// The VERSION of a handler, as far as it can be read without running it.
import { evaluateChunk } from '../../lua/evaluate';
import { parse } from '../../lua/parser';
import { LuaSource } from '../../lua/source';
import { standardGlobals } from '../../lua/library/standardLibrary';
import { hostFunction, LuaTable, LuaUnknown, textValue, type Values } from '../../lua/values';
import { located, type LocatedString } from '../read';
import { wellFormedVersion } from '../../luarocks/versions';

const LIMITS = { steps: 200_000, memory: 16_000_000 };

/** Kong's base class of old plugins: `extend` gives a table to fill. Everything else that is required stays unknown. */
function required(name: string | undefined): LuaTable | undefined {
  if (name !== 'kong.plugins.base_plugin') return undefined;
  const extend = hostFunction('extend', () => {
    const child = new LuaTable();
    child.open = true;
    return [child];
  });
  return new LuaTable().set('extend', extend);
}

/** Whether a VERSION is that release as far as LuaRocks can write it: `1.0.0-rc.1` is 1.0.0rc1. */
export function namesRelease(version: string, release: string): boolean {
  const plain = release.replace(/^v/, '');
  return [release, plain].includes(version) || wellFormedVersion(`${version}-1`) === `${plain}-1`;
}

/** The VERSION that a handler's table has as a string; undefined when it has none or it cannot be known. */
export function handlerVersion(text: Uint8Array, path: string): LocatedString | undefined {
  const source = new LuaSource(text, path);
  const { chunk, error } = parse(source, 'luajit');
  if (error !== undefined) return undefined;
  const globals = standardGlobals();
  const unknown = (name: string): LuaUnknown => new LuaUnknown(name);
  globals.set(
    'require',
    hostFunction('require', ([name]): Values => [required(textValue(name)) ?? unknown('a required module')]),
  );
  for (const name of ['ngx', 'kong', 'os', 'io', 'package', 'debug', 'jit', 'bit', 'coroutine']) globals.set(name, unknown(name));
  const [handler] = evaluateChunk(chunk, { globals, limits: LIMITS }).returns;
  return handler instanceof LuaTable ? located(source, handler.entry('VERSION')) : undefined;
}
