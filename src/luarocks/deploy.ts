// Installing a rock into a LuaRocks tree, and taking it out again, as a plan of file operations: for trees where no LuaRocks can do it.
// The tree afterwards is what LuaRocks 3.8.0 leaves (repos.lua deploy_files, delete_version), but for hooks, which are not run.
import { byPath, type FileContent } from './files';
import { ROCKS_FOLDER, versionedName } from './paths';
import { ROCK_MANIFEST, writeRockManifest } from './rockManifest';
import type { Rock } from './rock';
import { isLua, wrapperOf, type TreePlace } from './scripts';
import {
  addRock,
  itemOf,
  itemsOfRock,
  providersOf,
  readTreeManifest,
  removeRock,
  rocksIn,
  TREE_MANIFEST,
  writeTreeManifest,
  type ManifestRock,
  type TreeManifest,
} from './treeManifest';

/**
 * Operations on a tree, to be done in this order; all paths are relative to the tree, with forward slashes. What is not there need not be removed or
 * renamed; folders are made as needed.
 */
export interface TreePlan {
  removeFiles: string[];
  /** Whole, with everything in them. */
  removeFolders: string[];
  renames: { from: string; to: string }[];
  /** Files to write, the tree's manifest last. */
  write: FileContent[];
}

const FOLDERS = { lua: 'share/lua/5.1', lib: 'lib/lua/5.1', bin: 'bin' } as const;

/** Plans the installation of a rock; versions of it that are there are replaced. `manifest` is the tree's manifest file, undefined when it has none. */
export function planInstall(manifest: Buffer | undefined, rock: Rock, where: TreePlace): TreePlan {
  const state = readTreeManifest(manifest);
  const plan: TreePlan = { removeFiles: [], removeFolders: [], renames: [], write: [] };
  for (const there of rocksIn(state)) if (there.name === rock.name) takeOut(state, plan, there.name, there.version);
  const own = `${ROCKS_FOLDER}/${rock.name}/${rock.version}`;
  const deployed: ManifestRock['deployed'] = [];
  for (const { path, content, mode, deploysTo } of rock.files) {
    const [, kind, file] = /^(lua|lib|bin)\/(.+)$/s.exec(path) ?? [];
    if (deploysTo !== undefined && file !== undefined && isKind(kind)) {
      const place = `${FOLDERS[kind]}/${choosePlace(state, plan, rock, { kind, file })}`;
      const wrapped = kind === 'bin' && rock.wrapBinScripts && isLua(content);
      plan.write.push({
        path: place,
        content: wrapped ? Buffer.from(wrapperOf(`${where.tree}/${own}/${path}`, rock, where)) : content,
        mode: kind === 'lua' ? 0o644 : 0o755,
      });
      deployed.push({ kind, file });
      if (kind !== 'bin') continue;
    }
    plan.write.push({ path: `${own}/${path}`, content, mode });
  }
  if (!rock.files.some(({ path }) => path === ROCK_MANIFEST)) {
    plan.write.push({ path: `${own}/${ROCK_MANIFEST}`, content: Buffer.from(writeRockManifest(rock.files)), mode: 0o644 });
  }
  addRock(state, { name: rock.name, version: rock.version, deployed, dependencies: rock.dependencies });
  // What is written anew need not be removed before.
  const written = new Set(plan.write.map(({ path }) => path));
  return {
    ...plan,
    removeFiles: plan.removeFiles.filter((path) => !written.has(path)),
    write: [...plan.write.sort(byPath), { path: TREE_MANIFEST, content: writeTreeManifest(state), mode: 0o644 }],
  };
}

/** Plans the removal of a rock (all its versions when none is named); undefined when the tree does not have it. */
export function planRemoval(manifest: Buffer | undefined, name: string, version?: string): TreePlan | undefined {
  const state = readTreeManifest(manifest);
  const plan: TreePlan = { removeFiles: [], removeFolders: [], renames: [], write: [] };
  const there = rocksIn(state).filter((rock) => rock.name === name && (version === undefined || rock.version === version));
  for (const rock of there) takeOut(state, plan, rock.name, rock.version);
  plan.write.push({ path: TREE_MANIFEST, content: writeTreeManifest(state), mode: 0o644 });
  return there.length === 0 ? undefined : plan;
}

function isKind(kind: string | undefined): kind is keyof typeof FOLDERS {
  return kind !== undefined && kind in FOLDERS;
}

function text(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}

/** The folder a file of a rock in the manifest was deployed to. */
function deployedFolder(table: 'commands' | 'modules', file: string): string {
  return table === 'commands' ? FOLDERS.bin : file.endsWith('.so') ? FOLDERS.lib : FOLDERS.lua;
}

/** Plain name, or with the rock's name before it when another rock has the plain one; the rock that loses it is renamed (repos.lua check_spot_if_available). */
function choosePlace(state: TreeManifest, plan: TreePlan, rock: Rock, deployed: ManifestRock['deployed'][number]): string {
  const { table, item } = itemOf(deployed);
  const [current] = providersOf(state, table, item);
  if (current === undefined) return deployed.file;
  const [name = '', version = ''] = text(current).split('/');
  if (rock.name > name) return versionedName(deployed.file, rock.name, rock.version);
  const file =
    itemsOfRock(state, name, version).find((theirs) => theirs.table === table && theirs.item === item)?.file ?? deployed.file;
  const folder = deployedFolder(table, file);
  plan.renames.push({ from: `${folder}/${text(file)}`, to: `${folder}/${versionedName(text(file), name, version)}` });
  return deployed.file;
}

/** Removes a version from the manifest and plans what that does to files: the next rock that provides a module gets the plain name. */
function takeOut(state: TreeManifest, plan: TreePlan, name: string, version: string): void {
  for (const { table, item, file } of itemsOfRock(state, name, version)) {
    const providers = providersOf(state, table, item).map(text);
    const folder = deployedFolder(table, file);
    const isFirst = providers[0] === `${name}/${version}`;
    plan.removeFiles.push(`${folder}/${isFirst ? text(file) : versionedName(text(file), name, version)}`);
    const [nextName, nextVersion] = providers[1]?.split('/') ?? [];
    if (!isFirst || nextName === undefined || nextVersion === undefined) continue;
    const theirs =
      itemsOfRock(state, nextName, nextVersion).find((next) => next.table === table && next.item === item)?.file ?? file;
    const theirFolder = deployedFolder(table, theirs);
    plan.renames.push({
      from: `${theirFolder}/${versionedName(text(theirs), nextName, nextVersion)}`,
      to: `${theirFolder}/${text(theirs)}`,
    });
  }
  removeRock(state, name, version);
  plan.removeFolders.push(state.repository.has(name) ? `${ROCKS_FOLDER}/${name}/${version}` : `${ROCKS_FOLDER}/${name}`);
}
