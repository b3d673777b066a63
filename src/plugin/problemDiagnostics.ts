// What Kong's loader has against a plugin's files, as diagnostics on their lines.
import { isBundledPlugin, laterKongWith } from '../kong/bundledPlugins';
import type { KongVersion } from '../kong/versions';
import type { LuaSource } from '../lua/source';
import { byPosition, type Diagnostic, type FileDiagnostics, type Range } from '../text/diagnostic';
import { BUNDLED_NAME_CHECK } from './checks';
import type { PluginFile, PluginProblem } from './loader/problem';
import { fixesOf } from './problemFixes';
import type { Plugin } from './plugin';
import type { PluginCode } from './pluginCode';

/** Problems as diagnostics, each in the file where it is. */
export function diagnosticsOf(
  plugin: Plugin,
  code: PluginCode,
  problems: readonly PluginProblem[],
  version: KongVersion,
): FileDiagnostics[] {
  const byPath = new Map<string, Diagnostic[]>();
  for (const problem of problems) {
    const path = problem.place?.source.path ?? fileOf(plugin, code, problem.file);
    const found = byPath.get(path) ?? [];
    byPath.set(path, found);
    const source = code.sources.get(`kong.plugins.${code.name}.${problem.file}`);
    const fixes = fixesOf(problem, { plugin: plugin.name, source, version, rockVersion: code.rockVersion });
    found.push({
      code: `kong/${problem.id}`,
      severity: problem.severity ?? (problem.fails ? 'error' : 'warning'),
      message: problem.message,
      range: problem.place === undefined ? START : problem.place.source.firstLine(problem.place),
      enforcedBy: problem.fails ? ['kong-load'] : [],
      ...(fixes.length === 0 ? {} : { fixes }),
    });
  }
  return [...byPath].map(([path, diagnostics]) => ({ path, diagnostics: diagnostics.sort(byPosition) }));
}

const START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** The file a problem without a place is told in: its own, or for a file that is missing the handler, the schema or the rockspec. */
function fileOf(plugin: Plugin, { sources, name }: PluginCode, file: PluginFile): string {
  const source: LuaSource | undefined = sources.get(`kong.plugins.${name}.${file}`);
  return source?.path ?? plugin.handler ?? plugin.schema ?? plugin.rockspec ?? plugin.dir;
}

/** The warning about a name that a bundled plugin has, or will have in a later Kong. What a rockspec says of today's is said there. */
export function bundledNameDiagnostics({ name, handler, schema, rockspec }: Plugin, version: KongVersion): FileDiagnostics[] {
  const path = handler ?? schema;
  if (path === undefined) return [];
  const later = laterKongWith(name, version);
  const now = rockspec === undefined && isBundledPlugin(name, version) ? `Kong ${version.text}` : undefined;
  const which = now ?? later;
  if (which === undefined) return [];
  const message = `${which} ships a plugin called ${name} itself: which of the two is loaded depends on the order of the search path.`;
  return [{ path, diagnostics: [{ code: BUNDLED_NAME_CHECK.code, severity: 'warning', message, range: START, enforcedBy: [] }] }];
}
