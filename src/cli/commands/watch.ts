// `kong-plugin watch`: every save of a plugin goes to nodes, is loaded and proved there, or is undone and explained; until Ctrl-C.
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { AddCommand } from '../addCommand';
import type { Round } from '../../lifecycle/operations/watch';
import type { Plugin } from '../../plugin/plugin';
import { UserError } from '../../system/userError';
import type { Io } from '../io';
import type { ToldTry } from '../tryAfter';
import { oneArgument, openNamedNodes, printResults, withNodeOptions, type NodeFlags } from '../nodes';

export const addWatch: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program
      .command('watch')
      .description('bring every save of a plugin to nodes, reload and verify, or undo and explain; ends with Ctrl-C')
      .argument('[dir]', 'folder of the plugin (default: the working directory)')
      .option('--try <request>', "after every save that is loaded: send 'GET /path', or the requests of FILE.http"),
  ).action(async (given: string | undefined, flags: NodeFlags & { try?: string }) => {
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
    const { triedText, triesOf, tryOn } = await import('../tryAfter');
    const tries = flags.try === undefined ? [] : await triesOf(io, flags.try);
    for (const node of nodes) await node.facts(io.signal);

    let failure: unknown;
    const stop = new AbortController();
    const signal = AbortSignal.any([io.signal, stop.signal]);
    const fail = (error: unknown): void => {
      if (!signal.aborted) failure = error;
      stop.abort();
    };
    let printing: Promise<unknown> = Promise.resolve();
    const tell = async (round: Round): Promise<void> => {
      const isLoaded = round.results.every(({ ok }) => ok);
      const send = async (): Promise<ToldTry[]> =>
        (await Promise.all(isLoaded ? nodes.map((node) => tryOn(node, tries, lua(), signal)) : [])).flat();
      if (flags.format === 'json') {
        const tried = tries.length === 0 ? {} : { tried: await send() };
        const { plugin, ms, results } = round;
        io.out(`${JSON.stringify({ plugin, ms, results, ...tried })}\n`);
        return;
      }
      await print(io, round);
      for (const told of await send()) io.out(triedText(told));
    };
    const watching = startWatch({
      nodes,
      plugins: lua,
      onRound: (round) => void (printing = printing.then(() => tell(round)).catch(fail)),
      onError: fail,
      signal,
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
    await ended(signal);
    folders.close();
    await watching.idle();
    await printing;
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

async function print(io: Io, { plugin, ms, results }: Round): Promise<void> {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (results.every(({ ok }) => ok)) {
    const last = results[0]?.steps.findLast(({ name, status }) => status === 'done' && name !== 'next-start')?.detail ?? '';
    io.out(`${plugin}: on ${results.map(({ node }) => node).join(', ')} after ${seconds}. ${last}\n`);
    return;
  }
  io.out(`${plugin}: failed after ${seconds}.\n`);
  await printResults(io, results, 'text');
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
