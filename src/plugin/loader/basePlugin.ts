// The class that handlers inherited from before Kong 3.0, as values: kong.plugins.base_plugin and the object model below it.
import { isAtLeast, type KongVersion } from '../../kong/versions';
import type { HostFunction, HostMachine } from '../../lua/hostFunction';
import { hostFunction, LuaTable, LuaUnknown, str, type Value } from '../../lua/values';

const PHASES = ['init_worker', 'certificate', 'rewrite', 'access', 'header_filter', 'body_filter', 'log'];

/** The root class: `extend`, `new`, `is`, `implement`, and instances by calling (what kong.vendor.classic@2.8.5 does). */
export function classic(): LuaTable {
  const object = new LuaTable();
  const method = (name: string, host: HostFunction): void => void object.set(name, hostFunction(name, host));
  object.set('__index', object);
  method('new', () => []);
  method('implement', () => []);
  method('extend', ([parent], machine) => {
    if (!(parent instanceof LuaTable)) return [machine.unknown('a class of something unknown')];
    const child = new LuaTable(machine.place);
    for (const [key, entry] of parent.fields) if (typeof key === 'string' && key.startsWith('__')) child.fields.set(key, entry);
    child.set('__index', child).set('super', parent);
    child.metatable = parent;
    return [child];
  });
  method('is', ([instance, wanted], machine) => [isA(instance, wanted, machine)]);
  method('__call', ([parent, ...args], machine) => {
    const instance = new LuaTable(machine.place);
    if (!(parent instanceof LuaTable)) return [machine.unknown('an instance of something unknown')];
    instance.metatable = parent;
    machine.call(machine.index(instance, str('new')), [instance, ...args], "method 'new'");
    return [instance];
  });
  return object;
}

/** Whether a class or instance descends from another: true, false, or unknown. */
export function isA(value: Value, ancestor: Value, machine: HostMachine): boolean | LuaUnknown {
  const seen = new Set<Value>();
  for (let at = machine.metatable(value); at !== undefined; at = machine.metatable(at)) {
    if (at === ancestor) return true;
    if (at instanceof LuaUnknown || seen.has(at)) return machine.unknown('the class of something unknown');
    seen.add(at);
  }
  return false;
}

/** `require "kong.plugins.base_plugin"` of that Kong: a class with an empty function for every phase. */
export function basePlugin(version: KongVersion, machine: HostMachine): LuaTable {
  const root = classic();
  const [base] = machine.call(root.get('extend'), [root]);
  if (!(base instanceof LuaTable)) return root;
  // `response` came with the phase of that name.
  for (const phase of isAtLeast(version, '2.2') ? [...PHASES, 'response'] : PHASES)
    base.set(
      phase,
      hostFunction(phase, () => []),
    );
  return base.set(
    'new',
    hostFunction('new', ([self, name], caller) => {
      caller.setIndex(self, str('_name'), { value: name, keyPlace: undefined, valuePlace: caller.place, place: caller.place });
      return [];
    }),
  );
}
