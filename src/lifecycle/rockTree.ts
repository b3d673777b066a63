// A rock in a tree without LuaRocks at hand: which files it owns, and the tree's manifest with it or without it.
import type { Node, NodeFacts } from '../node/node';
import { readDataFile } from '../archive/luaData';
import { addRock, readTreeManifest, removeRock, rocksIn, writeTreeManifest, type ManifestRock } from '../archive/treeManifest';
import type { DataTable } from '../archive/persist';
import { readRockspec } from '../rockspec/read';
import { rocksFolder } from './luarocks';
import type { Rock } from './source';

/** The part of a tree that a rock's `lua`, `lib` and `bin` are deployed to (LuaRocks repos.deploy_files). */
const DEPLOYED: Readonly<Record<string, string>> = { lua: 'share/lua/5.1', lib: 'lib/lua/5.1', bin: 'bin' };

/** Where a member of a rock goes in a tree. */
export function treePath(tree: string, rock: Pick<Rock, 'name' | 'version'>, member: string): string {
  const [first = '', ...rest] = member.split('/');
  const target = rest.length > 0 ? DEPLOYED[first] : undefined;
  return target === undefined
    ? `${rocksFolder(tree)}/${rock.name}/${rock.version}/${member}`
    : `${tree}/${target}/${rest.join('/')}`;
}

/** Every file that the installed versions of a rock own: those in its folder, and what its rock_manifest says was deployed. */
export async function filesOfRock(node: Node, facts: NodeFacts, name: string): Promise<string[]> {
  const folder = `${rocksFolder(facts.tree)}/${name}`;
  const kept = await node.readTree(folder);
  if (kept === undefined) return [];
  const deployed = [...kept].flatMap(([path, content]) => {
    const version = /^([^/]+)\/rock_manifest$/.exec(path)?.[1];
    if (version === undefined) return [];
    return membersOf(content).map((member) => treePath(facts.tree, { name, version }, member));
  });
  const candidates = [...new Set([...[...kept.keys()].map((path) => `${folder}/${path}`), ...deployed])];
  const present = await Promise.all(candidates.map(async (path) => ((await node.stat(path)) === undefined ? [] : [path])));
  return present.flat();
}

/** The paths that a rock_manifest lists. */
function membersOf(content: Buffer): string[] {
  const root = readDataFile(content).data?.get('rock_manifest');
  return root instanceof Map ? pathsOf(root) : [];
}

function pathsOf(table: DataTable): string[] {
  return [...table].flatMap(([name, value]) =>
    value instanceof Map ? pathsOf(value).map((path) => `${String(name)}/${path}`) : [String(name)],
  );
}

/** A tree's manifest with a rock in it, and no other version of that rock. */
export function manifestWith(content: Buffer | undefined, rock: Rock): Buffer {
  const manifest = readTreeManifest(content);
  for (const { name, version } of rocksIn(manifest)) if (name === rock.name) removeRock(manifest, name, version);
  addRock(manifest, manifestRock(rock));
  return writeTreeManifest(manifest);
}

/** A tree's manifest without any version of a rock. */
export function manifestWithout(content: Buffer, name: string): Buffer {
  const manifest = readTreeManifest(content);
  for (const rock of rocksIn(manifest)) if (rock.name === name) removeRock(manifest, name, rock.version);
  return writeTreeManifest(manifest);
}

function manifestRock(rock: Rock): ManifestRock {
  const rockspec = rock.files.find((file) => file.path === `${rock.name}-${rock.version}.rockspec`);
  const dependencies = rockspec === undefined ? [] : readRockspec(rockspec.content, rockspec.path).dependencies;
  return {
    name: rock.name,
    version: rock.version,
    deployed: rock.files.flatMap(({ path }) => {
      const [kind, ...rest] = path.split('/');
      return (kind === 'lua' || kind === 'lib' || kind === 'bin') && rest.length > 0 ? [{ kind, file: rest.join('/') }] : [];
    }),
    dependencies: dependencies.map((dependency) => dependency.value),
  };
}
