// What a plugin's file reads from outside while it is loaded: files, variables of the process, programs. None of it is known here, each is
// called by what it is, and where the file goes on only if it is there (`assert`, io.lines), that is a possible error.
import type { Machine } from '../../lua/machine';
import { hostFunction, LuaFunction, LuaString, LuaTable, LuaUnknown, str, type Value } from '../../lua/values';

/** A variable of the process: null where there is none, undefined where that is not known. */
export type Variable = (name: string) => string | null | undefined;

/** Sets the globals that read from outside: `io`, `os`, `dofile`, `loadfile`, and `assert`, which ends the loading when there is nothing. */
export function setOutside(globals: LuaTable, machine: Machine, variable: Variable = () => undefined): void {
  const mayLack = new WeakMap<LuaUnknown, string>();
  const unknown = (kind: string, name: Value): LuaUnknown => {
    const what = name instanceof LuaString ? `the ${kind} ${name.text}` : `a ${kind} whose name is not known`;
    const value = machine.unknown(what);
    mayLack.set(value, what);
    return value;
  };
  const noteLack = (value: LuaUnknown): void => {
    const what = mayLack.get(value);
    if (what === undefined) return;
    const { result } = machine.attempt(() => machine.fail(`${what} is read while the plugin loads, and may not be there`));
    machine.noteError(result);
  };
  const reader = (name: string, kind: string, needsIt: boolean): LuaFunction =>
    hostFunction(name, ([path]) => {
      const value = unknown(kind, path);
      if (needsIt) noteLack(value);
      return [value, machine.unknown(value.reason)];
    });
  // In init_by_lua the master still has all of its own variables (ngx_process_cycle.c).
  const getenv = hostFunction('getenv', ([name]) => {
    const value = name instanceof LuaString ? variable(name.text) : undefined;
    return [value === undefined ? unknown('variable', name) : value === null ? undefined : str(value)];
  });
  globals
    .set('os', openTable().set('getenv', getenv))
    .set(
      'io',
      openTable()
        .set('open', reader('open', 'file', false))
        .set('popen', reader('popen', 'program', false))
        .set('lines', reader('lines', 'file', true)),
    )
    .set('dofile', reader('dofile', 'file', true))
    .set('loadfile', reader('loadfile', 'file', false));
  const standard = globals.get('assert');
  if (!(standard instanceof LuaFunction) || standard.host === undefined) return;
  const { host } = standard;
  globals.set(
    'assert',
    hostFunction('assert', (args, caller) => {
      if (args[0] instanceof LuaUnknown) noteLack(args[0]);
      return host(args, caller);
    }),
  );
}

/** A table that also holds what is not known here. */
export function openTable(): LuaTable {
  const table = new LuaTable();
  table.open = true;
  return table;
}
