// What a plugin's files read from outside while they are loaded: files, programs, variables of the process, the network. One rule: none of it
// is known here, each is called by what it is, and where loading goes on only with it, that is a possible error.
import type { Machine } from '../../lua/machine';
import { hostFunction, LuaFunction, LuaString, LuaTable, LuaUnknown, str, textValue, type Value } from '../../lua/values';

/** A variable of the process: null where there is none, undefined where that is not known. */
export type Variable = (name: string) => string | null | undefined;

/** What is outside of the files that were looked at. */
export interface Outside {
  /** The globals that read from outside: `io`, `os`, `dofile`, `loadfile`, and `assert`, which ends the loading when there is nothing. */
  setGlobals: (globals: LuaTable) => void;
  /** A module that reads files or asks the network, as a table of what does; undefined for any other. */
  module: (name: string) => LuaTable | undefined;
}

/** What comes from outside, and the methods that read it although it is there; with the variable of an environment nothing is left to read. */
interface Source {
  what: string;
  reads: ReadonlySet<string>;
}

const FILE_READS = new Set(['read', 'lines']);
const NOTHING: ReadonlySet<string> = new Set();

/** Modules of Kong's image that read files, by the functions that do. */
const FILE_MODULES: Readonly<Record<string, readonly string[]>> = {
  'pl.config': ['read'],
  'pl.data': ['read'],
  'pl.file': ['read'],
  'pl.utils': ['readfile', 'readlines'],
  lfs: ['dir'],
};

/** Modules that talk to something: LuaSocket, LuaSec, and the clients of OpenResty. */
const NETWORK_MODULE =
  /^(?:socket|ssl)(?:\.(?:http|https|ftp|smtp|tp|core))?$|^(?:resty\.(?:http|redis|mysql|memcached|websocket\.client|dns\.resolver|luasocket)|pgmoon)$/;
/** Their functions and methods that need an answer. To make an object, or to set its times, needs none. */
const NETWORK_CALLS = [
  ...['connect', 'connect4', 'connect6', 'connect_proxy', 'connect_uri', 'setpeername', 'bind', 'ssl_handshake', 'sslhandshake'],
  ...['request', 'request_uri', 'request_pipeline', 'send_request', 'send', 'sendto', 'receive', 'receiveany', 'receivefrom'],
  ...['receiveuntil', 'query', 'tcp_query', 'reverse_query', 'get', 'put', 'toip', 'tohostname', 'getaddrinfo', 'accept'],
];
const NETWORK_OBJECTS = ['new', 'tcp', 'tcp4', 'tcp6', 'udp', 'udp4', 'udp6', 'stream'];

/** What is outside for the code that a machine runs. */
export function createOutside(machine: Machine, variable: Variable = () => undefined): Outside {
  const sources = new WeakMap<LuaUnknown, Source>();
  const note = (message: string): void => {
    const { result } = machine.attempt(() => machine.fail(message));
    machine.noteError(result);
  };
  const noteRead = (what: string): void => note(`${what} is read while the plugin loads, and may not be there`);
  machine.onUse = (value, key) => {
    const source = sources.get(value);
    if (source === undefined) return;
    // A file that is there may be empty or hold anything.
    if (!machine.tested.has(value) || source.reads.has(textValue(key) ?? '')) noteRead(source.what);
  };
  const named = (kind: string, name: Value): string =>
    name instanceof LuaString ? `the ${kind} ${name.text}` : `a ${kind} whose name is not known`;
  const unknown = (what: string, reads: ReadonlySet<string>): LuaUnknown => {
    const value = machine.unknown(what);
    sources.set(value, { what, reads });
    return value;
  };
  const opens = (name: string, kind: string): LuaFunction =>
    hostFunction(name, ([path]) => {
      const what = named(kind, path);
      return [unknown(what, FILE_READS), machine.unknown(what)];
    });
  const reads = (name: string): LuaFunction =>
    hostFunction(name, ([path]) => {
      const what = named('file', path);
      noteRead(what);
      return [machine.unknown(what), machine.unknown(what)];
    });
  const standardInput = hostFunction('read', () => {
    noteRead('the standard input');
    return [machine.unknown('the standard input')];
  });
  // In init_by_lua the master still has all of its own variables (ngx_process_cycle.c).
  const getenv = hostFunction('getenv', ([name]) => {
    const value = name instanceof LuaString ? variable(name.text) : undefined;
    return [value === undefined ? unknown(named('variable', name), NOTHING) : value === null ? undefined : str(value)];
  });

  const network = (name: string): LuaTable => {
    const table = openTable();
    // What else it has, and what it inherits, is not known.
    table.metatable = machine.unknown(name);
    for (const call of NETWORK_CALLS) {
      const asks = hostFunction(call, () => {
        note(`the network is asked while the plugin loads (${name}: ${call}), and may not answer`);
        return [machine.unknown('an answer of the network'), machine.unknown('an answer of the network')];
      });
      table.set(call, asks);
    }
    for (const object of NETWORK_OBJECTS)
      table.set(
        object,
        hostFunction(object, () => [network(name)]),
      );
    return table;
  };

  return {
    setGlobals: (globals) => {
      globals
        .set('os', openTable().set('getenv', getenv))
        .set(
          'io',
          openTable()
            .set('open', opens('open', 'file'))
            .set('popen', opens('popen', 'program'))
            .set('lines', reads('lines'))
            .set('read', standardInput),
        )
        .set('dofile', reads('dofile'))
        .set('loadfile', reads('loadfile'));
      const nginx = globals.get('ngx');
      if (nginx instanceof LuaTable) nginx.set('socket', network('ngx.socket'));
      const standard = globals.get('assert');
      if (!(standard instanceof LuaFunction) || standard.host === undefined) return;
      const { host } = standard;
      globals.set(
        'assert',
        hostFunction('assert', (args, caller) => {
          const [value] = args;
          const source = value instanceof LuaUnknown ? sources.get(value) : undefined;
          if (source !== undefined) noteRead(source.what);
          machine.test(value);
          return host(args, caller);
        }),
      );
    },
    module: (name) => {
      if (NETWORK_MODULE.test(name)) return network(name);
      const functions = Object.hasOwn(FILE_MODULES, name) ? FILE_MODULES[name] : undefined;
      if (functions === undefined) return undefined;
      const table = openTable();
      table.metatable = machine.unknown(name);
      for (const call of functions) table.set(call, reads(call));
      return table;
    },
  };
}

/** A table that also holds what is not known here. */
export function openTable(): LuaTable {
  const table = new LuaTable();
  table.open = true;
  return table;
}
