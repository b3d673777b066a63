// Which rocks a project installs beside its rockspec: in a Dockerfile, a script, a Makefile, or as its README says.
import { projectTexts } from '../projectTexts';
import type { ReadFile } from '../pluginCode';

const COMMAND = /\bluarocks(?:-5\.1)?\s+(?:--[\w-]+(?:[= ]\S+)?\s+)*(?:install|build)\s+([^\n;&|#`]*)/g;

/** Names of the rocks that a project's texts install with `luarocks install`, but for `own` (small letters): a README says how to get the plugin itself. */
export async function rocksInstalledBy(root: string, read: ReadFile, own: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const path of await projectTexts(root, new Set())) {
    if (path.endsWith('.lua') || path.endsWith('.rockspec')) continue;
    const content = await read(path);
    if (content === undefined) continue;
    const text = (typeof content === 'string' ? content : Buffer.from(content).toString('latin1')).replace(/\\\r?\n/g, ' ');
    for (const [, words = ''] of text.matchAll(COMMAND)) {
      const rock = words
        .trim()
        .split(/\s+/)
        .find((word) => /^[A-Za-z][\w.-]*(?:\/[\w.-]+)?$/.test(word) && !/\.(?:rock|rockspec)$/.test(word));
      if (rock !== undefined) names.add(rock.replace(/^.*\//, ''));
    }
  }
  return [...names].filter((name) => !own.includes(name.toLowerCase()));
}
