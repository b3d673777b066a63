// Checking a plugin's code: every check in one table, every problem at its place.
import type { LuaSource } from '../lua/source';
import type { Value } from '../lua/values';
import type { KongVersion } from '../kong/versions';
import type { Diagnostic } from '../text/diagnostic';
import { callGraph } from './calls';
import { CONFIG_CHECKS } from './checks/config';
import type { CodeCheck, CodeContext, CodeProblem } from './checks/context';
import { ENTRY_TABLE_CHECKS } from './checks/entryTable';
import { GLOBAL_CHECKS } from './checks/globals';
import { HANDLER_CHECKS } from './checks/handler';
import { NGINX_CHECKS } from './checks/nginx';
import { PDK_CHECKS } from './checks/pdk';
import { ConfigValues } from './config';
import { Program } from './program';
import { reachOf } from './reach';
import { configRecord } from './schemaFields';
import { addTo } from '../text/grouped';

/** Every check of code; a new one is a row in one of these tables. */
export const CODE_CHECKS: readonly CodeCheck[] = [
  ...PDK_CHECKS,
  ...NGINX_CHECKS,
  ...HANDLER_CHECKS,
  ...CONFIG_CHECKS,
  ...GLOBAL_CHECKS,
  ...ENTRY_TABLE_CHECKS,
];

/** What is checked. */
export interface CodeToCheck {
  /** The plugin's name. */
  name: string;
  /** Its modules, by name. */
  sources: ReadonlyMap<string, LuaSource>;
  /** What its schema.lua returns; undefined when that is not known. */
  schema: Value;
}

/** As many problems of one check as anybody reads. */
const MAX_PROBLEMS = 200;

/** The problems of a plugin's code for a Kong, by the path of the file; files without a path have none. Files that do not parse are left out. */
export function checkCode(code: CodeToCheck, version: KongVersion): Map<string, Diagnostic[]> {
  const context = codeContext(code, version);
  const byPath = new Map<string, Diagnostic[]>();
  for (const check of CODE_CHECKS) {
    let count = 0;
    for (const problem of check.run(context)) {
      const { path } = problem.file.source;
      if (path === undefined) continue;
      addTo(byPath, path, diagnosticOf(check, problem));
      if (++count >= MAX_PROBLEMS) break;
    }
  }
  return byPath;
}

/** What the checks of a plugin's code are made from. */
export function codeContext({ name, sources, schema }: CodeToCheck, version: KongVersion): CodeContext {
  const program = new Program(name, sources);
  const graph = callGraph(program);
  const reach = reachOf(program, graph, version);
  const config = new ConfigValues(program, graph, reach);
  return { program, graph, reach, config, schema: configRecord(schema), version };
}

function diagnosticOf(
  check: CodeCheck,
  { file, at, message, severity = check.severity, related, fixes }: CodeProblem,
): Diagnostic {
  return {
    code: check.code,
    severity,
    message,
    range: file.source.firstLine(at),
    enforcedBy: [],
    ...(related === undefined || related.length === 0 ? {} : { related }),
    ...(fixes === undefined || fixes.length === 0 ? {} : { fixes }),
  };
}
