// The rockspec's own checks as problems of the archive to come.
import { basename } from 'node:path';
import { checkRead } from '../rockspec/check';
import { DiskFiles } from '../rockspec/projectFiles';
import type { Rockspec } from '../rockspec/read';
import type { Diagnostic } from '../text/diagnostic';
import type { ArchiveProblem } from './archive';

/** What packing judges itself, by the files that are really packed. */
const JUDGED_BY_CONTENT = new Set(['rockspec/no-handler', 'rockspec/no-schema']);

/** What is wrong with a rockspec; hints are left to the editor. What only `luarocks lint` refuses does not keep an archive from working, so it is a warning. */
export async function checkRockspecFile(rockspec: Rockspec): Promise<ArchiveProblem[]> {
  const path = basename(rockspec.path);
  const diagnostics = await checkRead(rockspec, { files: new DiskFiles() });
  return diagnostics
    .filter(({ code, severity }) => (severity === 'error' || severity === 'warning') && !JUDGED_BY_CONTENT.has(code))
    .map((diagnostic) => ({
      code: diagnostic.code,
      severity: isOnlyLint(diagnostic) ? 'warning' : diagnostic.severity,
      message: `line ${diagnostic.range.start.line + 1}: ${diagnostic.message}`,
      path,
    }));
}

function isOnlyLint({ enforcedBy }: Diagnostic): boolean {
  return enforcedBy.length > 0 && enforcedBy.every((enforcer) => enforcer === 'luarocks-lint');
}
