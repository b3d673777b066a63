// `kong-plugin persist`: prints what makes a plugin survive the recreation of a container, for review.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '.';
import { UserError } from '../../system/userError';
import { oneArgument, openNodes, withNodeOptions, type NodeFlags } from '../nodes';

interface PersistFlags extends NodeFlags {
  as: 'compose' | 'dockerfile';
  image?: string;
  service: string;
}

export const addPersist: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program
      .command('persist')
      .description('print a compose override or a Dockerfile that keeps a plugin when its container is recreated')
      .argument('[dir]', 'folder of the plugin (default: the working directory)'),
  )
    .addOption(new Option('--as <form>', 'what to print').choices(['compose', 'dockerfile']).default('compose'))
    .option('--image <image>', "the image to build on (default: kong with the node's version)")
    .option('--service <name>', 'the compose service to override', 'kong')
    .action(async (given: string | undefined, flags: PersistFlags) => {
      const { nodes, rest } = await openNodes(io, flags);
      const folder = resolve(io.cwd, oneArgument(given, rest, 'folder') ?? '.');
      const [{ discoverPlugins }, { viewNode }, { composeOverride, dockerfile }] = await Promise.all([
        import('../../plugin/discovery'),
        import('../../lifecycle/view'),
        import('../../lifecycle/persist'),
      ]);
      const plugins = (await discoverPlugins([folder], { signal: io.signal })).filter((plugin) => plugin.language === 'lua');
      const [node] = nodes;
      if (plugins.length === 0 || node === undefined) throw new UserError(`${folder} holds no Kong plugin.`, { exitCode: 2 });
      const view = await viewNode(node, { signal: io.signal });
      const setting = view.setting('plugins');
      const text = (flags.as === 'compose' ? composeOverride : dockerfile)({
        plugins,
        current: setting.from === 'default' ? undefined : setting.value,
        folder: io.cwd,
        image: flags.image ?? `kong:${view.facts.kong ?? 'latest'}`,
        user: view.facts.user ?? 'kong',
        service: flags.service,
        luaRoot: `${view.node.kind === 'folder' ? '/usr/local' : view.facts.tree}/share/lua/5.1`,
      });
      io.out(flags.format === 'json' ? `${JSON.stringify({ [flags.as]: text }, null, 2)}\n` : text);
      finish(0);
    });
};
