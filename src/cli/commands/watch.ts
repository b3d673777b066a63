// `kong-plugin watch`: every save of a plugin goes to nodes, is loaded and proved there, or is undone and explained; until Ctrl-C.
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { AddCommand } from '../addCommand';
import type { Round } from '../../lifecycle/operations/watch';
import type { Plugin } from '../../plugin/plugin';
import { UserError } from '../../system/userError';
import type { Io, OutputFormat } from '../io';
import { oneArgument, openNamedNodes, printResults, withNodeOptions, type NodeFlags } from '../nodes';

export const addWatch: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program
      .command('watch')
      .description('bring every save of a plugin to nodes, reload and verify, or undo and explain; ends with Ctrl-C')
      .argument('[dir]', 'folder of the plugin (default: the working directory)'),
  ).action(async (given: string | undefined, flags: NodeFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const folder = resolve(io.cwd, oneArgument(given, rest, 'folder') ?? '.');
    const [{ openDiscovery }, { pluginsTouched, startWatch }, { watchFolders }] = await Promise.all([
      import('../../plugin/discovery'),
      import('../../lifecycle/operations/watch'),
      import('../../system/watchFolders'),
    ]);
    const discovery = await openDiscovery([folder], { signal: io.signal });
    const lua = (): Plugin[] => discovery.plugins.filter(({ language }) => language === 'lua');
    if (lua().length === 0) throw new UserError(`${folder} holds no Lua plugin.`, { exitCode: 2 });
    for (const node of nodes) await node.facts(io.signal);

    let failure: unknown;
    const stop = new AbortController();
    const watching = startWatch({
      nodes,
      plugins: lua,
      onRound: (round) => void print(io, round, flags.format),
      onError: (error) => {
        failure = error;
        stop.abort();
      },
      signal: AbortSignal.any([io.signal, stop.signal]),
    });
    const folders = watchFolders((path) => void apply([path]));
    const apply = async (paths: string[]): Promise<void> => {
      const before = lua();
      await discovery.applyChanges(paths);
      folders.follow(await foldersOf(lua()));
      for (const { name } of pluginsTouched([...before, ...lua()], paths)) watching.changed(name);
    };
    folders.follow(await foldersOf(lua()));
    for (const { name } of lua()) watching.changed(name);
    if (flags.format === 'text') {
      io.err(
        `Watching ${lua()
          .map(({ name }) => name)
          .join(', ')} for ${nodes.map(({ id }) => id).join(', ')}. Ctrl-C ends it.\n`,
      );
    }
    await ended(AbortSignal.any([io.signal, stop.signal]));
    folders.close();
    await watching.idle();
    if (failure instanceof Error) throw failure;
    finish(0);
  });
};

/** Every folder in which a file of a plugin can appear. */
async function foldersOf(plugins: readonly Plugin[]): Promise<Set<string>> {
  const below = plugins.map(async ({ dir }) => {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  });
  const own = plugins.flatMap(({ dir, root, modules }) => [dir, root, ...[...modules.values()].map((file) => dirname(file))]);
  return new Set([...own, ...(await Promise.all(below)).flat()]);
}

async function print(io: Io, { plugin, ms, results }: Round, format: OutputFormat): Promise<void> {
  if (format === 'json') {
    io.out(`${JSON.stringify({ plugin, ms, results })}\n`);
    return;
  }
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (results.every(({ ok }) => ok)) {
    const last = results[0]?.steps.findLast(({ name, status }) => status === 'done' && name !== 'next-start')?.detail ?? '';
    io.out(`${plugin}: on ${results.map(({ node }) => node).join(', ')} after ${seconds}. ${last}\n`);
    return;
  }
  io.out(`${plugin}: failed after ${seconds}.\n`);
  await printResults(io, results, format);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    const timer = setInterval(() => undefined, 60_000);
    const done = (): void => {
      clearInterval(timer);
      settle();
    };
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
