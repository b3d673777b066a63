// What a `.tar.gz` of a plugin holds: where lua_package_path would find it, and whether `luarocks make` works in it.
import { readRockspec } from '../rockspec/read';
import { error, warning, type RockProblem } from '../luarocks/problem';
import type { ArchiveFile } from './archive';
import type { ArchiveEntry } from './entries';
import { normalizePath } from '../luarocks/paths';
import { rockSourceOf } from '../rockspec/rockSourceOf';
import { rockspecName } from '../luarocks/rockSource';

const PLUGIN_FILE = /^(?:(.*)\/)?(kong\/plugins\/(.+)\/(handler|schema)\.lua)$/;

/** More folders called kong are in no path. */
const MAX_ROOTS = 64;

/** Whether the reader should keep a file's content for this. */
export function isTarMetadata(path: string): boolean {
  return path.endsWith('.rockspec') && path.split('/').length <= 3;
}

/** Judges a `.tar.gz` by its entries. */
export function inspectTar(
  fileName: string,
  entries: readonly ArchiveEntry[],
): { files: ArchiveFile[]; problems: RockProblem[] } {
  const files = entries.filter((entry) => entry.type === 'file').map((entry) => ({ ...entry, path: normalizePath(entry.path) }));
  const problems: RockProblem[] = [];
  const plugins = new Map<string, { root: string; has: Set<string> }>();
  for (const { path } of files) {
    const [, root = '', , name = '', what = ''] = PLUGIN_FILE.exec(path) ?? [];
    if (what === '') continue;
    const key = `${root}:${name}`;
    plugins.set(key, { root, has: (plugins.get(key)?.has ?? new Set()).add(what) });
  }
  const tops = new Set(entries.map(({ path }) => normalizePath(path).split('/', 1)[0]));
  if (tops.size > 1)
    problems.push(
      warning('inspect/many-tops', `${fileName} unpacks ${tops.size} things into the current folder; one folder is the custom.`),
    );
  problems.push(...rockspecProblems(files, plugins.size > 0));
  for (const [key, { has }] of plugins) {
    const name = key.slice(key.indexOf(':') + 1);
    if (!has.has('handler'))
      problems.push(error('inspect/no-handler', `The plugin "${name}" has no handler.lua; Kong cannot load it.`));
    if (!has.has('schema'))
      problems.push(
        error(
          'inspect/no-schema',
          `The plugin "${name}" has no schema.lua; Kong says "no configuration schema found for plugin".`,
        ),
      );
  }
  const roots = new Set([...plugins.values()].map(({ root }) => root));
  return {
    problems,
    files: files.map(({ path, size }) => {
      const root = rootOf(path, roots);
      const to =
        root === undefined || !path.endsWith('.lua')
          ? undefined
          : `share/lua/5.1/${path.slice(root === '' ? 0 : root.length + 1)}`;
      return { path, size, ...(to !== undefined && { deploysTo: to }) };
    }),
  };
}

/** The outermost of the roots that a path is in. A path has few folders called kong, an archive may have thousands of roots. */
function rootOf(path: string, roots: ReadonlySet<string>): string | undefined {
  if (path.startsWith('kong/') && roots.has('')) return '';
  for (let at = path.indexOf('/kong/'), left = MAX_ROOTS; at >= 0 && left > 0; at = path.indexOf('/kong/', at + 1), left--) {
    if (roots.has(path.slice(0, at))) return path.slice(0, at);
  }
  return undefined;
}

function rockspecProblems(files: readonly ArchiveEntry[], hasPlugin: boolean): RockProblem[] {
  const problems: RockProblem[] = [];
  const rockspecs = files.filter(({ path }) => isTarMetadata(path));
  if (rockspecs.length === 0 && !hasPlugin) {
    problems.push(error('inspect/no-plugin', 'There is no kong/plugins/<name>/handler.lua and no rockspec in it.'));
  }
  for (const { path, content } of rockspecs) {
    if (content === undefined) continue;
    const rockspec = readRockspec(content, path);
    const source = rockSourceOf(rockspec);
    const failure = rockspec.syntaxError ?? rockspec.evaluation.error ?? rockspec.evaluation.exhausted;
    if (failure !== undefined || source === undefined) {
      const why = failure?.message ?? 'it does not say package and version';
      problems.push(error('inspect/rockspec', `Its rockspec "${path}" is broken: ${why}.`, path));
      continue;
    }
    const base = path.slice(path.lastIndexOf('/') + 1);
    if (base !== rockspecName(source)) {
      problems.push(
        error(
          'inspect/rockspec-name',
          `Its rockspec "${base}" should be called "${rockspecName(source)}"; \`luarocks make\` refuses it.`,
          path,
        ),
      );
    }
    if (source.postInstall !== undefined) {
      problems.push(warning('inspect/hook', `\`luarocks make\` in it runs this command: ${source.postInstall}`, path));
    }
    const type = source.build?.get('type');
    if (typeof type === 'string' && !['builtin', 'module', 'none'].includes(type)) {
      problems.push(warning('inspect/runs-programs', `\`luarocks make\` in it runs programs: build.type = "${type}".`, path));
    }
  }
  return problems;
}
