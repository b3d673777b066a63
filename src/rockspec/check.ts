// Checking a rockspec: every check in one table, every problem reported at once, each at its own place.
import { dirname } from 'node:path';
import type { Diagnostic } from '../text/diagnostic';
import { CheckContext, type Check, type Problem } from './checks/context';
import { DEPENDENCY_CHECKS } from './checks/dependencies';
import { IDENTITY_CHECKS } from './checks/identity';
import { LOAD_CHECKS } from './checks/load';
import { FolderView, type ProjectFiles } from './projectFiles';
import { readRockspec, type Rockspec } from './read';
import { parseTarget } from './target';

/** Every check of a rockspec; a new one is a row in one of these tables. */
export const ROCKSPEC_CHECKS: readonly Check[] = [...LOAD_CHECKS, ...IDENTITY_CHECKS, ...DEPENDENCY_CHECKS];

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
  const files = options.files && new FolderView(dirname(rockspec.path), options.files);
  await files?.load([]);
  const context = new CheckContext(rockspec, target, files);
  const diagnostics = ROCKSPEC_CHECKS.flatMap((check) => [...check.run(context)].map((problem) => diagnosticOf(check, problem)));
  return diagnostics.sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character);
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
