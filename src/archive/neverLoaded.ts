// Files of a plugin's folder that are no part of it, by their names: old copies, tests, documents, samples.

const FOLDERS = /^(?:old|backups?|bak|archived?|deprecated|unused|attic|specs?|tests?|docs?|examples?|samples?|demos?)$/i;
const FILES = /(?:_spec|_test|[._-](?:old|bak|backup|orig|copy|sample|example))\.lua$/i;

/** Whether a path in a plugin's folder names something that Kong never loads, unless a file that it loads requires it. */
export function isNeverLoaded(path: string): boolean {
  const parts = path.split(/[/\\]/);
  return parts.slice(0, -1).some((folder) => FOLDERS.test(folder)) || FILES.test(parts.at(-1) ?? '');
}
