// The step that copies what differs from the workspace to where a plugin lies on a node.
import { readFile } from 'node:fs/promises';
import { moduleCandidates } from '../../kong/packagePath';
import { candidateFiles } from '../../lua/moduleName';
import type { Plugin } from '../../plugin/plugin';
import { Skip } from '../failure';
import type { FileEdit, Step, StepContext } from '../plan/plan';
import { runningSettings } from '../plan/reload';
import { workspaceFiles, type InstalledPlugin } from '../state/installed';
import { firstFile } from '../state/loaderProblems';

/** Copies what differs from the workspace to where the plugin lies on the node. */
export function copyStep(plugin: Plugin, found: InstalledPlugin): Step {
  return {
    name: 'copy',
    describe: `Copy what differs into ${found.dir}.`,
    async run(context) {
      const edits = [...(await ownEdits(plugin, found)), ...(await otherEdits(context, plugin, found))];
      if (edits.length === 0) throw new Skip('The node has these files already.');
      // New files and the reload that follows are one change: noted together, they cost one write.
      const view = await context.view();
      await context.edit(edits, view.facts.running ? { reload: runningSettings(view) } : {});
      return `${edits.length} ${edits.length === 1 ? 'file' : 'files'} in ${found.dir}.`;
    },
  };
}

/** The modules below `kong.plugins.NAME`: changed and new ones come, those that the workspace no longer has go. */
async function ownEdits(plugin: Plugin, { dir, files }: InstalledPlugin): Promise<FileEdit[]> {
  const wanted = await workspaceFiles(plugin);
  const changed = [...wanted].filter(([path, content]) => files.get(path)?.equals(content) !== true);
  const gone = [...files.keys()].filter((path) => path.endsWith('.lua') && !wanted.has(path));
  return [
    ...changed.map(([path, content]): FileEdit => ({ path: `${dir}/${path}`, content, basedOn: files.get(path) })),
    ...gone.map((path): FileEdit => ({ path: `${dir}/${path}`, content: null, basedOn: files.get(path) })),
  ];
}

/** The modules a plugin brings beside its own: to where the node finds them now, or beside the plugin. */
async function otherEdits(context: StepContext, plugin: Plugin, { root }: InstalledPlugin): Promise<FileEdit[]> {
  const { node } = context;
  const { patterns } = await context.view();
  const others = [...plugin.modules].filter(([module]) => !module.startsWith(`kong.plugins.${plugin.name}.`));
  const edits = others.map(async ([module, file]): Promise<FileEdit[]> => {
    const there = await firstFile(node, moduleCandidates(patterns, module));
    const [content, before] = [await readFile(file), there === undefined ? undefined : await node.read(there)];
    if (before?.equals(content) === true) return [];
    return [{ path: there ?? `${root}/${candidateFiles(module)[0]}`, content, basedOn: before }];
  });
  return (await Promise.all(edits)).flat();
}
