// Whether a rock that a plugin depends on brings a module: known for some rocks, told by their names for most, otherwise not known.
import { hasKongModule } from '../../kong/kongModules';
import type { KongVersion } from '../../kong/versions';
import data from './rockModules.json';

/** What may be said of a module that is not among the plugin's files. */
export type Supply =
  /** Nothing that is installed with the plugin brings it. */
  | { kind: 'absent' }
  /** This rock does, by its known list of modules or by its name. */
  | { kind: 'assumed'; rock: string }
  /** One of these may. */
  | { kind: 'perhaps'; rocks: readonly string[] };

/** Rock to the modules it installs, where its name does not tell: `x` is the module, `x.*` with all below it. */
const KNOWN: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(data.rocks).map(([rock, list]) => [rock, list.split(' ')]),
);

/** What the rocks that a plugin depends on say about a module. */
export function supplyOf(module: string, plugin: string, dependencies: readonly string[], version: KongVersion): Supply {
  const isOwn = module.startsWith(`kong.plugins.${plugin}.`);
  const named = dependencies.find((rock) => (isOwn ? isPartOf(rock, plugin) : brings(rock, module)));
  if (named !== undefined) return { kind: 'assumed', rock: named };
  if (module === 'kong' || module.startsWith('kong.')) return { kind: 'absent' };
  const rocks = dependencies.filter(
    (rock) => !KNOWN.has(rock.toLowerCase()) && words(rock).length > 0 && !isKongRock(rock, version),
  );
  return rocks.length > 0 ? { kind: 'perhaps', rocks } : { kind: 'absent' };
}

/** A rock that has a plugin's whole name in its own may hold a part of the plugin. */
function isPartOf(rock: string, plugin: string): boolean {
  const own = words(rock);
  return words(plugin).every((word) => own.includes(word));
}

function brings(rock: string, module: string): boolean {
  const known = KNOWN.get(rock.toLowerCase());
  if (known !== undefined) {
    return known.some((name) => (name.endsWith('.*') ? `${module}.`.startsWith(name.slice(0, -1)) : name === module));
  }
  if (rock === module) return true;
  const segments = new Set([...words(module), words(module).join('')]);
  const own = words(rock);
  return own.some((word) => segments.has(word)) || segments.has(own.join(''));
}

/** The words of a rock's or module's name that tell what it is. */
function words(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[._-]/)
    .filter((word) => !['lua', 'luajit', 'resty', 'kong', 'plugin', 'plugins', 'lib', 'api', 'init', ''].includes(word));
}

function isKongRock(rock: string, version: KongVersion): boolean {
  const own = words(rock);
  const name = own.join('.');
  return [name, `resty.${name}`, `resty.${own[0] ?? ''}`, own[0] ?? ''].some((module) => hasKongModule(module, version) === true);
}
