// The manifest of a LuaRocks tree (`lib/luarocks/rocks-5.1/manifest`): read, a rock added or removed, written as LuaRocks writes it,
// so that `luarocks list` and `luarocks remove` go on working (manif/writer.lua, 3.8.0).
import { parseDependency, parseVersion, satisfies, versionLess } from './versions';
import type { Dependency } from './versions';
import { UserError } from '../system/userError';
import { readDataFile } from './readData';
import { pathToModule, ROCKS_FOLDER } from './paths';
import { writeAssignments } from './writeData';
import type { DataTable, LuaData } from './writeData';

/** Where the manifest is, relative to a tree. */
export const TREE_MANIFEST = `${ROCKS_FOLDER}/manifest`;

/** What the Lua of the node provides itself; such dependencies are never looked up (util.lua get_rocks_provided). */
const PROVIDED = new Set(['lua', 'luabitop', 'luajit']);
/** A tree's manifest: strings are bytes, one character each. */
export type TreeManifest = Record<'commands' | 'dependencies' | 'modules' | 'repository', DataTable>;

/** A rock as the manifest knows it. */
export interface ManifestRock {
  name: string;
  version: string;
  /** Files below `lua`, `lib` and `bin` of its rock_manifest, relative to these. */
  deployed: { kind: 'lua' | 'lib' | 'bin'; file: string }[];
  /** Dependency strings of its rockspec. */
  dependencies: readonly string[];
}

/** Reads a manifest; an empty one when there is none. Throws UserError when it cannot be read, because writing it anew would forget rocks. */
export function readTreeManifest(content: Buffer | undefined): TreeManifest {
  const file = content === undefined ? { data: new Map<string | number, LuaData>() } : readDataFile(content, 'bytes');
  if (file.data === undefined) {
    throw new UserError(`The tree's manifest cannot be read: ${file.error}`, {
      next: 'Let `luarocks-admin make-manifest --local-tree` write it again.',
    });
  }
  const { data } = file;
  const of = (key: string): DataTable => child(data, key);
  return { commands: of('commands'), dependencies: of('dependencies'), modules: of('modules'), repository: of('repository') };
}

/** The rock that a module belongs to. */
export interface Provider {
  name: string;
  version: string;
}

/** What was asked last: whoever looks at a node again and again finds the same manifest there. */
let lastAsked: { content: Buffer; owners: ReadonlyMap<string, Provider> } | undefined;

/** The rock whose file lies under each module's plain name. Throws UserError when the manifest cannot be read. */
export function moduleOwners(content: Buffer | undefined): ReadonlyMap<string, Provider> {
  if (content === undefined) return new Map();
  if (lastAsked?.content.equals(content) === true) return lastAsked.owners;
  const manifest = readTreeManifest(content);
  const owners = new Map<string, Provider>();
  for (const module of manifest.modules.keys()) {
    const [, name, version] = /^([^/]+)\/(.+)$/s.exec(providersOf(manifest, 'modules', String(module))[0] ?? '') ?? [];
    if (name !== undefined && version !== undefined) owners.set(String(module), { name, version });
  }
  lastAsked = { content, owners };
  return owners;
}

/** The manifest's file, with what the dependencies come to now. Throws UserError where that is more than any tree holds. */
export function writeTreeManifest(manifest: TreeManifest): Buffer {
  updateDependencies(manifest);
  return Buffer.from(writeAssignments(new Map<string | number, LuaData>(Object.entries(manifest))), 'latin1');
}

/** The table under a key, made when missing. */
function child(table: DataTable, key: string | number): DataTable {
  const there = table.get(key);
  if (there instanceof Map) return there;
  const created: DataTable = new Map<string | number, LuaData>();
  table.set(key, created);
  return created;
}

function stringOf(value: LuaData | undefined): string {
  return typeof value === 'string' ? value : '';
}

function bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Names and versions of the rocks in a tree. */
export function rocksIn(manifest: TreeManifest): { name: string; version: string }[] {
  return [...manifest.repository].flatMap(([name, versions]) =>
    versions instanceof Map ? [...versions.keys()].map((version) => ({ name: String(name), version: String(version) })) : [],
  );
}

/** The item a deployed file provides: a command by its file, a module by its name (manif.lua get_provided_item). */
export function itemOf({ kind, file }: ManifestRock['deployed'][number]): { table: 'commands' | 'modules'; item: string } {
  return kind === 'bin' ? { table: 'commands', item: bytes(file) } : { table: 'modules', item: bytes(pathToModule(file)) };
}

/** `name/version` of the rocks that provide an item, the one under the plain name first. */
export function providersOf(manifest: TreeManifest, table: 'commands' | 'modules', item: string): string[] {
  const providers = manifest[table].get(item);
  return providers instanceof Map
    ? [...providers].sort(([a], [b]) => Number(a) - Number(b)).map(([, provider]) => stringOf(provider))
    : [];
}

/** Items that a rock provides, with their files, as the manifest lists them. */
export function itemsOfRock(
  manifest: TreeManifest,
  name: string,
  version: string,
): { table: 'commands' | 'modules'; item: string; file: string }[] {
  const entry = child(child(child(manifest.repository, bytes(name)), bytes(version)), 1);
  return (['modules', 'commands'] as const).flatMap((table) =>
    [...child(entry, table)].map(([item, file]) => ({ table, item: String(item), file: stringOf(file) })),
  );
}

/** Adds a rock (writer.add_to_manifest), or replaces what the manifest says of this version. */
export function addRock(manifest: TreeManifest, rock: ManifestRock): void {
  const entry: DataTable = new Map<string | number, LuaData>([['arch', 'installed']]);
  for (const deployed of [...rock.deployed].sort((a, b) => Number(a.kind === 'lua') - Number(b.kind === 'lua'))) {
    const { table, item } = itemOf(deployed);
    child(entry, table).set(item, bytes(deployed.file));
  }
  for (const table of ['modules', 'commands'] as const) {
    for (const item of child(entry, table).keys()) {
      const all = [...new Set([...providersOf(manifest, table, String(item)), bytes(`${rock.name}/${rock.version}`)])].sort(
        compareProviders,
      );
      manifest[table].set(item, new Map(all.map((provider, i): [number, string] => [i + 1, provider])));
    }
  }
  child(manifest.repository, bytes(rock.name)).set(bytes(rock.version), new Map([[1, entry]]));
  child(manifest.dependencies, bytes(rock.name)).set(
    bytes(rock.version),
    list(rock.dependencies.map(parseDependency).flatMap((dependency) => ('error' in dependency ? [] : [persisted(dependency)]))),
  );
}

/** Takes a rock out (writer.remove_from_manifest); nothing happens when it is not there. */
export function removeRock(manifest: TreeManifest, name: string, version: string): void {
  const versions = manifest.repository.get(bytes(name));
  if (!(versions instanceof Map) || !versions.has(bytes(version))) return;
  for (const { table, item } of itemsOfRock(manifest, name, version)) {
    const left = providersOf(manifest, table, item).filter((provider) => provider !== bytes(`${name}/${version}`));
    if (left.length === 0) manifest[table].delete(item);
    else manifest[table].set(item, new Map(left.map((provider, i): [number, string] => [i + 1, provider])));
  }
  for (const table of [manifest.repository, manifest.dependencies]) {
    const own = child(table, bytes(name));
    own.delete(bytes(version));
    if (own.size === 0) table.delete(bytes(name));
  }
}

/** Rocks by name, then the newest version first (writer.lua sort_pkgs). */
function compareProviders(a: string, b: string): number {
  const [nameA = '', versionA = ''] = a.split('/');
  const [nameB = '', versionB = ''] = b.split('/');
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return newestFirst(versionA, versionB);
}

function newestFirst(a: string, b: string): number {
  const [versionA, versionB] = [parseVersion(a), parseVersion(b)];
  return versionLess(versionB, versionA) ? -1 : versionLess(versionA, versionB) ? 1 : 0;
}

function list(items: readonly LuaData[]): DataTable {
  return new Map(items.map((item, i): [number, LuaData] => [i + 1, item]));
}

/** A dependency as LuaRocks stores it. */
function persisted({ name, namespace, constraints }: Dependency): DataTable {
  const table: DataTable = new Map<string | number, LuaData>([['name', name]]);
  if (namespace !== undefined) table.set('namespace', namespace);
  table.set(
    'constraints',
    list(
      constraints.map(({ operator, version, noUpgrade }) => {
        const parsed = parseVersion(version);
        const numbers = list(parsed.parts);
        numbers.set('string', parsed.text);
        if (parsed.revision !== undefined) numbers.set('revision', parsed.revision);
        const constraint: DataTable = new Map<string | number, LuaData>([
          ['op', operator],
          ['version', numbers],
        ]);
        if (noUpgrade) constraint.set('no_upgrade', true);
        return constraint;
      }),
    ),
  );
  return table;
}

/** More dependencies of dependencies than this are in no tree: a chain of some thousand rocks makes them. */
const MOST_DEPENDENCIES = 200_000;

/** For every rock, the rocks its dependencies come to (writer.lua update_dependencies). */
function updateDependencies(manifest: TreeManifest): void {
  const matches = new Map<string, string | undefined>();
  let found = 0;
  for (const [name, versions] of manifest.repository) {
    if (!(versions instanceof Map)) continue;
    for (const [version, entries] of versions) {
      if (!(entries instanceof Map)) continue;
      for (const entry of entries.values()) {
        if (!(entry instanceof Map) || entry.get('arch') !== 'installed') continue;
        const results = dependenciesOf(manifest, { name: String(name), version: String(version) }, matches);
        found += results.size;
        if (found > MOST_DEPENDENCIES)
          throw new UserError("The rocks in the tree's manifest depend on more rocks than a tree can hold.");
        results.delete(String(name));
        entry.set('dependencies', new Map<string | number, LuaData>(results));
      }
    }
  }
}

/** deps.scan_deps: each dependency's newest installed version that fits, and theirs, a rock before those it depends on. */
function dependenciesOf(manifest: TreeManifest, rock: Provider, matches: Map<string, string | undefined>): Map<string, string> {
  const results = new Map<string, string>();
  const open = [rock];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, version } = next;
    if (results.has(name)) continue;
    results.set(name, version);
    if (results.size > MOST_DEPENDENCIES) break;
    const below = [...child(child(manifest.dependencies, name), version).values()].flatMap((dependency): Provider[] => {
      if (!(dependency instanceof Map)) return [];
      const wanted = stringOf(dependency.get('name'));
      const match = PROVIDED.has(wanted) ? undefined : newestMatch(manifest, wanted, dependency, matches);
      return match === undefined ? [] : [{ name: wanted, version: match }];
    });
    for (const one of below.reverse()) open.push(one);
  }
  return results;
}

/** The newest version there that fits; `matches` holds those that were looked for before. */
function newestMatch(
  manifest: TreeManifest,
  name: string,
  dependency: DataTable,
  matches: Map<string, string | undefined>,
): string | undefined {
  const text = [...child(dependency, 'constraints').values()]
    .map((constraint) =>
      constraint instanceof Map
        ? `${stringOf(constraint.get('op'))} ${stringOf(child(constraint, 'version').get('string'))}`
        : '',
    )
    .join(', ');
  const key = `${name} ${text}`;
  if (matches.has(key)) return matches.get(key);
  const parsed = parseDependency(`x ${text}`);
  const constraints = 'error' in parsed ? [] : parsed.constraints;
  const installed = manifest.repository.get(name);
  const [match] = [...(installed instanceof Map ? installed.keys() : [])]
    .map(String)
    .filter((version) => satisfies(version, constraints))
    .sort(newestFirst);
  matches.set(key, match);
  return match;
}
