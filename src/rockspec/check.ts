// Checking a rockspec: every check in one table, every problem reported at once, each at its own place.
import { dirname } from 'node:path';
import { byPosition, type Diagnostic } from '../text/diagnostic';
import { BUILD_CHECKS } from './checks/build';
import { CheckContext, type Check, type Problem } from './checks/context';
import { DEPENDENCY_CHECKS } from './checks/dependencies';
import { FILE_CHECKS } from './checks/files';
import { IDENTITY_CHECKS } from './checks/identity';
import { LOAD_CHECKS } from './checks/load';
import { PLUGIN_CHECKS } from './checks/plugin';
import { SOURCE_CHECKS } from './checks/source';
import { cleanPath, rockspecPlugins } from './pluginModules';
import { FolderView, type ProjectFiles } from './projectFiles';
import { readRockspec, type Rockspec } from './read';
import { parseTarget, type Target } from './target';
import { projectFolder } from './projectFolder';

/** Every check of a rockspec; a new one is a row in one of these tables. */
export const ROCKSPEC_CHECKS: readonly Check[] = [
  ...LOAD_CHECKS,
  ...IDENTITY_CHECKS,
  ...DEPENDENCY_CHECKS,
  ...SOURCE_CHECKS,
  ...BUILD_CHECKS,
  ...FILE_CHECKS,
  ...PLUGIN_CHECKS,
];

export interface CheckOptions {
  /** The Kong it is for, `3.9` without; its LuaRocks is the judge unless `luarocks` names another. */
  kong?: string | undefined;
  luarocks?: string | undefined;
  /** The files around it; without them nothing on disk is looked at. */
  files?: ProjectFiles | undefined;
}

/** Checks a rockspec's text. Throws UserError only for versions that are not known; a bad rockspec is what it is here for. */
export async function checkRockspec(text: string | Uint8Array, path: string, options: CheckOptions = {}): Promise<Diagnostic[]> {
  return checkRead(readRockspec(text, path), options);
}

/** Checks a rockspec that was read before. */
export async function checkRead(rockspec: Rockspec, options: CheckOptions = {}): Promise<Diagnostic[]> {
  const target = parseTarget(options);
  const context = await prepare(rockspec, target, options.files);
  const diagnostics = ROCKSPEC_CHECKS.flatMap((check) =>
    first(check.run(context), MAX_PROBLEMS).map((problem) => diagnosticOf(check, problem)),
  );
  return diagnostics.sort(byPosition);
}

/** As many problems of one check as anybody reads. */
const MAX_PROBLEMS = 200;

function first<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of items) if (taken.push(item) >= count) break;
  return taken;
}

/** Reads from disk what the checks will ask for, so that they need not wait. */
async function prepare(rockspec: Rockspec, target: Target, disk: ProjectFiles | undefined): Promise<CheckContext> {
  if (disk === undefined) return new CheckContext(rockspec, target, undefined, undefined, [], undefined);
  const files = new FolderView(projectFolder(rockspec.path), disk);
  const { build } = rockspec;
  const named = (build?.modules ?? []).flatMap(({ sources }) => (sources ?? []).map(({ value }) => value));
  const installed = Object.values(build?.install ?? {}).flatMap((lines) => lines.map(({ file }) => file.value));
  const folders = (build?.copyDirectories ?? []).map(({ value }) => value);
  await files.load([...named, ...installed, ...folders]);
  const trees = new Map<string, readonly string[]>();
  const handlers: { path: string; text: Uint8Array }[] = [];
  for (const { dir, modules } of rockspecPlugins(rockspec)) {
    if (dir !== undefined && !trees.has(dir)) trees.set(dir, await files.loadTree(dir));
    const handler = modules.find(({ part }) => part === 'handler')?.file?.value;
    const text = handler === undefined ? undefined : await files.read(handler);
    if (handler !== undefined && text !== undefined) handlers.push({ path: cleanPath(handler), text });
  }
  const beside = files.root === dirname(rockspec.path) ? files.names('') : await disk.list(dirname(rockspec.path));
  return new CheckContext(rockspec, target, files, trees, handlers, beside);
}

function diagnosticOf(check: Check, problem: Problem): Diagnostic {
  const { severity = check.severity, enforcedBy = check.enforcedBy, fixes = [], related, message, range } = problem;
  return {
    code: check.code,
    severity,
    message,
    range,
    enforcedBy: [...enforcedBy],
    ...(related === undefined ? {} : { related }),
    ...(fixes.length > 0 ? { fixes } : {}),
  };
}
