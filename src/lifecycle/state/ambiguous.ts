// Words of Kong that can mean several things, told apart by looking at the node they came from.
import { bundledPlugins } from '../../kong/bundledPlugins';
import { moduleCandidates } from '../../kong/packagePath';
import { enabledNames } from '../../kong/pluginsSetting';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import type { EntryId } from '../../troubleshoot/catalogue';
import { proseOf } from '../../troubleshoot/conclude';
import type { Finding } from '../../troubleshoot/finding';
import { installedPlugins } from './installed';
import { loaderProblems } from './loaderProblems';
import { viewNode, type NodeView, type ViewOptions } from './view';

type TellApart = (view: NodeView, finding: Finding, plugin: string) => Promise<Finding> | Finding;

const AMBIGUOUS: Readonly<Record<string, TellApart>> = {
  'plugin-enabled-not-installed': (view, finding, plugin) => byFile(view, finding, plugin, 'handler'),
  'no-configuration-schema': (view, finding, plugin) => byFile(view, finding, plugin, 'schema'),
  'plugin-in-use-not-enabled': byBundle,
};

/** Kong does not say whose fault these are; the files of the node do. */
const NAMELESS: readonly EntryId[] = [
  'handler-returned-nothing',
  'handler-not-callable-1x',
  'handler-bad-priority',
  'schema-returned-nothing',
  'plugin-module-runtime-error',
];

/**
 * The findings of a node's log, each that has several meanings with the one that holds on that node now. A finding stays as it is when the node
 * cannot be looked at.
 */
export async function tellApart(node: Node, findings: readonly Finding[], options: ViewOptions = {}): Promise<Finding[]> {
  const isNameless = ({ id, plugin }: Finding): boolean => plugin === null && NAMELESS.includes(id);
  if (!findings.some((finding) => isNameless(finding) || (finding.id in AMBIGUOUS && finding.plugin !== null)))
    return [...findings];
  try {
    const view = await viewNode(node, options);
    return await Promise.all(
      findings.map(async (finding) => {
        if (isNameless(finding)) return whose(view, finding);
        const choose = AMBIGUOUS[finding.id];
        return choose === undefined || finding.plugin === null ? finding : choose(view, finding, finding.plugin);
      }),
    );
  } catch (error) {
    if (error instanceof UserError) return [...findings];
    throw error;
  }
}

/** Not found, or not readable: Kong says the same of both. */
async function byFile(view: NodeView, finding: Finding, plugin: string, part: 'handler' | 'schema'): Promise<Finding> {
  const paths = moduleCandidates(view.patterns, `kong.plugins.${plugin}.${part}`);
  const present = await firstPresent(view.node, paths);
  if (present === undefined) {
    const external = part === 'handler' && view.setting('pluginserver_names').value.trim() !== '';
    return {
      ...without(finding, external ? ['plugin-file-unreadable'] : ['plugin-file-unreadable', 'pluginserver-plugin-not-found']),
      cause: `${finding.cause} Looked on this node: there is none of ${paths.filter((path) => !path.endsWith('/init.lua')).join(', ')}.`,
    };
  }
  if ((await mayRead(view, present)) === false)
    return retold(view, finding, 'plugin-file-unreadable', { plugin, file: present, reason: 'Permission denied' });
  return {
    ...without(finding, ['plugin-file-unreadable', 'pluginserver-plugin-not-found']),
    cause: `Looked on this node: ${present} is there now. Kong said this before it was, or was started with another lua_package_path.`,
    steps: ['Reload Kong (restart it if that does not help): it finds the file now.', ...finding.steps],
    fixes: ['restart', ...(finding.fixes ?? [])],
  };
}

/** The one enabled plugin whose files would make Kong say it. */
async function whose(view: NodeView, finding: Finding): Promise<Finding> {
  const list = enabledNames(view.setting('plugins').value).names;
  const running = enabledNames(view.running('plugins') ?? '').names;
  const names = [...new Set([...list, ...running])];
  const plugins = await installedPlugins(view, names);
  const judged = await Promise.all(
    names.map(async (name) => (plugins.has(name) ? (await loaderProblems(view, name, plugins.get(name))).stops : [])),
  );
  const guilty = names.filter((_, i) => judged[i]?.some(({ id }) => id === finding.id) === true);
  const [plugin] = guilty;
  if (plugin === undefined || guilty.length > 1) return finding;
  return { ...finding, plugin, cause: `${finding.cause} Looked on this node: it is ${plugin}.` };
}

/** Taken out of `plugins`, or set without the word that means the plugins that come with Kong. */
function byBundle(view: NodeView, finding: Finding, plugin: string): Finding {
  const comesWithKong = bundledPlugins(view.version).has(plugin);
  if (!comesWithKong || enabledNames(view.setting('plugins').value).bundled) return without(finding, ['plugins-without-bundled']);
  return retold(view, finding, 'plugins-without-bundled', { plugin });
}

function without(finding: Finding, excluded: readonly string[]): Finding {
  const { alternatives, ...rest } = finding;
  const left = (alternatives ?? []).filter(({ id }) => !excluded.includes(id));
  return left.length === 0 ? rest : { ...rest, alternatives: left };
}

function retold(view: NodeView, finding: Finding, id: EntryId, words: Readonly<Record<string, string>>): Finding {
  const { plugin, module, line, evidence } = finding;
  return { plugin, module, file: finding.file, line, evidence, id, ...proseOf(id, words, view.facts.kong ?? null) };
}

async function firstPresent(node: Node, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if ((await node.stat(path)) !== undefined) return path;
  return undefined;
}

/** Whether Kong's user may read a file; where nothing can be run the permissions for everybody decide. undefined: not known. */
async function mayRead(view: NodeView, path: string): Promise<boolean | undefined> {
  const tested = await view.node.run(['test', '-r', path], { as: 'kong', inCopy: true, quick: true });
  if (tested !== undefined) return tested.code === 0 ? true : tested.code === 1 ? false : undefined;
  const folders = path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'));
  for (const folder of folders.filter((name) => name.startsWith(`${view.facts.tree}/`))) {
    const info = await view.node.stat(folder);
    if (info?.type === 'directory' && (info.mode & 0o001) === 0) return false;
  }
  const info = await view.node.stat(path);
  return info?.type !== 'file' || (info.mode & 0o004) !== 0;
}
