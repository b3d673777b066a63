// `kong-plugin configure`: a plugin put to use on nodes, or a use that is there changed.
import { Option } from 'commander';
import type { AddCommand } from '../../addCommand';
import type { Given } from '../../../lifecycle/operations/configure';
import { UserError } from '../../../system/userError';
import { givenFile } from '../../givenFile';
import { openNamedNodes, runOperation, withOperationOptions, type OperationFlags } from '../../nodes';

interface ConfigureFlags extends OperationFlags {
  on?: string;
  edit?: string;
  config?: string;
  enable?: boolean;
  disable?: boolean;
}

export const addConfigure: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('configure')
      .description(
        'apply a plugin to everything, a service, a route, a consumer or a group of consumers, and see that Kong has it',
      )
      .argument('[name]', 'the plugin, as Kong knows it; with --edit it is known')
      .argument('[field=value...]', 'fields of its configuration: limit.minute=5; a list by repeating or as JSON')
      .option('--on <scope>', 'global, service:NAME, route:NAME, consumer:NAME or consumer-group:NAME')
      .option('--edit <id>', 'change the use with that id (kong-plugin uses lists them)')
      .option('--config <file>', 'the configuration as YAML or JSON, as kong-plugin schema makes it; - is standard input')
      .addOption(new Option('--enable', 'switched on (as it is by default)').conflicts('disable'))
      .addOption(new Option('--disable', 'switched off: it is there, and Kong does not run it').conflicts('enable')),
  ).action(async (given: string | undefined, more: string[], flags: ConfigureFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const all = [...(given === undefined ? [] : [given]), ...more, ...rest];
    const [plugin, ...others] = all.filter((word) => !word.includes('='));
    if (others.length > 0) throw usage(`What is "${others[0] ?? ''}"? A field of the configuration is field=value.`);
    const words = all.filter((word) => word.includes('='));
    const enabled = flags.enable === true ? true : flags.disable === true ? false : undefined;
    const parts: Given = { words, enabled, file: await givenFile(io, flags.config) };
    const { configureOperation, editOperation } = await import('../../../lifecycle/operations/configure');
    if (flags.edit !== undefined) {
      if (flags.on !== undefined) throw usage('--edit changes a use where it is, and --on says where: only one of them.');
      if (words.length === 0 && enabled === undefined && parts.file === undefined)
        throw usage('What is to change? Give field=value, --config FILE, --enable or --disable.');
      finish(await runOperation(io, nodes, editOperation(flags.edit, plugin, parts), flags));
      return;
    }
    if (plugin === undefined) throw usage('The plugin name is missing.');
    if (flags.on === undefined)
      throw usage('What is it applied to? --on global, service:NAME, route:NAME, consumer:NAME or consumer-group:NAME.');
    const { scopeOf } = await import('../../../lifecycle/state/use/scope');
    finish(await runOperation(io, nodes, configureOperation(plugin, scopeOf(flags.on), parts), flags));
  });
};

function usage(message: string): UserError {
  return new UserError(message, { exitCode: 2 });
}
