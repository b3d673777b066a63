// The texts of a project in which a plugin's modules may be named: Lua, rockspecs, and what deploys, tests or documents them.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errorCode } from '../system/userError';

/** Folders whose files are copies, packages or version control. */
const NEVER = new Set(['.git', 'node_modules', 'lua_modules', 'bower_components', 'servroot', '.luarocks']);
const TEXT =
  /\.(?:lua|rockspec|md|ya?ml|json|toml|conf|ini|cfg|sh|bash|ps1|cmd|bat|env|template|tpl|j2|mk|tf|tfvars|hcl|http|rest)$|^(?:Dockerfile|Makefile|Justfile|Jenkinsfile|Vagrantfile|\.env|\.lua(?:cov|checkrc)|\.busted|\.pongo)/i;
/** What is told of the past stays as it was. */
const HISTORY = /^(?:changelog|changes|history|news)\b/i;
/** Larger ones are data. */
const MAX_BYTES = 1024 * 1024;

/** Paths of the texts below a folder, sorted; folders in `without` are left out. */
export async function projectTexts(root: string, without: ReadonlySet<string>): Promise<string[]> {
  const found: string[] = [];
  const visit = async (dir: string): Promise<void> => {
    for (const entry of await entries(dir)) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) {
        if (!NEVER.has(entry.name) && !without.has(path)) await visit(path);
      } else if (entry.isFile() && TEXT.test(entry.name) && !HISTORY.test(entry.name) && (await stat(path)).size <= MAX_BYTES) {
        found.push(path);
      }
    }
  };
  await visit(root);
  return found.sort();
}

/** Whether a rockspec is of a branch, not of a version that was released: `x-scm-1.rockspec`. */
export function isBranchRockspec(path: string): boolean {
  return /-(?:scm|cvs|dev|main|master)[^-]*-\d+\.rockspec$/.test(basename(path));
}

/** What a folder holds; nothing when it cannot be read. */
export async function entries(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}
