// What is wrong with an archive by the files that are really in it: whether what is installed would work.
import { join } from 'node:path';
import { candidateFiles } from '../lua/moduleName';
import type { FileContent } from '../luarocks/files';
import { pathKind } from '../luarocks/installTree';
import { error, warning, type RockProblem } from '../luarocks/problem';
import type { RockSource } from '../luarocks/rockSource';
import { halfPlugins, isEssential, missingModules, pluginsInRock, syntaxErrors, type MissingRequire } from './soundness';

/** What is wrong with the rock as a whole: nothing in it, modules missing from it, programs that installing it runs. */
export async function contentProblems(
  root: string,
  files: readonly FileContent[],
  source: Pick<RockSource, 'postInstall'> | undefined,
  dependencies: readonly string[],
): Promise<RockProblem[]> {
  const problems: RockProblem[] = [];
  if (!files.some(({ path }) => /^(?:lua|lib|bin)\//.test(path))) {
    problems.push(error('pack/installs-nothing', 'The archive would install nothing: no module and no program.'));
  }
  for (const { name, missing } of halfPlugins(files)) {
    problems.push(
      error(`pack/no-${missing}`, `The plugin "${name}" would be packed without its ${missing}; Kong does not load it.`),
    );
  }
  for (const missing of missingModules(files, dependencies))
    problems.push(await missingProblem(root, missing, source !== undefined));
  const plugins = pluginsInRock(files.map(({ path }) => path));
  for (const { path, line, message } of syntaxErrors(files)) {
    const text = `${path.replace(/^lua\//, '')}:${line} is no Lua that Kong can read: ${message}`;
    problems.push(isEssential(path, plugins) ? error('pack/syntax', text, path) : warning('pack/syntax', text, path));
  }
  if (source?.postInstall !== undefined) {
    problems.push(warning('pack/hook', `Installing it runs a command on the node: ${source.postInstall}`));
  }
  return problems;
}

/** A module of the plugin, or with a file in its project, is missing for certain; any other may be on the node. */
async function missingProblem(
  root: string,
  { module, path, line, own }: MissingRequire,
  hasRockspec: boolean,
): Promise<RockProblem> {
  const text = `${path.replace(/^lua\//, '')}:${line} requires "${module}", which would not be in the archive`;
  const isBeside = own || (await hasFileOf(root, module));
  if (!isBeside) return warning('pack/missing-module', `${text}, and neither Kong nor a rock it depends on brings it.`, path);
  const then = hasRockspec ? '; add it to build.modules.' : "; without a rockspec only the plugin's own folder is packed.";
  return error('pack/missing-module', text + then, path);
}

async function hasFileOf(root: string, module: string): Promise<boolean> {
  for (const file of candidateFiles(module)) if ((await pathKind(join(root, file))) === 'file') return true;
  return false;
}
