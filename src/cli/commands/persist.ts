// `kong-plugin persist`: prints what makes a plugin survive the recreation of a container, for review.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import { UserError } from '../../system/userError';
import { oneArgument, openNamedNodes, withNodeOptions, type NodeFlags } from '../nodes';

interface PersistFlags extends NodeFlags {
  as?: 'compose' | 'dockerfile';
  image?: string;
  service?: string;
}

export const addPersist: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program
      .command('persist')
      .description('print a compose override or a Dockerfile that keeps a plugin when its container is recreated')
      .argument('[dir]', 'folder of the plugin (default: the working directory)'),
  )
    .addOption(
      new Option('--as <form>', 'what to print (default: compose for what compose made, and for folders)').choices([
        'compose',
        'dockerfile',
      ]),
    )
    .option('--image <image>', "the image to build on (default: the container's, or kong with the node's version)")
    .option('--service <name>', "the compose service to override (default: the container's, or kong)")
    .action(async (given: string | undefined, flags: PersistFlags) => {
      const { nodes, rest } = await openNamedNodes(io, flags);
      const folder = resolve(io.cwd, oneArgument(given, rest, 'folder') ?? '.');
      const [{ discoverPlugins }, { viewNode }, { composeOverride, dockerfile, persistInput }] = await Promise.all([
        import('../../plugin/discovery'),
        import('../../lifecycle/state/view'),
        import('../../lifecycle/operations/persist'),
      ]);
      const plugins = (await discoverPlugins([folder], { signal: io.signal })).filter((plugin) => plugin.language === 'lua');
      const [node] = nodes;
      if (plugins.length === 0 || node === undefined) throw new UserError(`${folder} holds no Kong plugin.`, { exitCode: 2 });
      const input = persistInput(await viewNode(node, { signal: io.signal }), plugins, io.cwd);
      const { image = input.image, service = input.service, as = input.madeByCompose ? 'compose' : 'dockerfile' } = flags;
      const text = (as === 'compose' ? composeOverride : dockerfile)({ ...input, image, service });
      io.out(flags.format === 'json' ? `${JSON.stringify({ [as]: text }, null, 2)}\n` : text);
      finish(0);
    });
};
