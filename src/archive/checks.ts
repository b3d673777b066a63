// The rockspec's own checks as problems of the archive to come.
import { basename } from 'node:path';
import { checkRead } from '../rockspec/check';
import { DiskFiles } from '../rockspec/projectFiles';
import type { Rockspec } from '../rockspec/read';
import type { Diagnostic } from '../text/diagnostic';
import type { RockProblem } from '../luarocks/problem';

/** What packing judges itself, by the files that are really packed. */
const JUDGED_BY_CONTENT = new Set(['rockspec/no-handler', 'rockspec/no-schema']);

/** What the rockspec is wanted for: an archive of files that are here, or a rock that a server builds from `source`. */
export type Purpose = 'archive' | 'publish';

/**
 * What is wrong with a rockspec; hints are left to the editor. An archive works all the same with what only `luarocks lint` refuses and with
 * what concerns `source`: such errors are warnings there, and every error is one for publishing.
 */
export async function checkRockspecFile(rockspec: Rockspec, purpose: Purpose): Promise<RockProblem[]> {
  const path = basename(rockspec.path);
  const diagnostics = await checkRead(rockspec, { files: new DiskFiles() });
  return diagnostics
    .filter(({ code, severity }) => (severity === 'error' || severity === 'warning') && !JUDGED_BY_CONTENT.has(code))
    .map((diagnostic) => ({
      code: diagnostic.code,
      severity: purpose === 'publish' || refusesArchive(diagnostic) ? diagnostic.severity : 'warning',
      message: `line ${diagnostic.range.start.line + 1}: ${diagnostic.message}`,
      path,
    }));
}

function refusesArchive({ enforcedBy }: Diagnostic): boolean {
  return enforcedBy.includes('luarocks-make') || enforcedBy.includes('kong-load');
}
