// `kong-plugin install`: a plugin onto nodes, enabled, reloaded and proved, or everything as before.
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { InstallKind, StepResult } from '../../lifecycle/types';
import { UserError } from '../../system/userError';
import { agreeing, askYes } from '../ask';
import { givenFile } from '../givenFile';
import { oneArgument, openNamedNodes, printResults, runOperation, withOperationOptions, type OperationFlags } from '../nodes';

interface InstallFlags extends OperationFlags {
  via?: InstallKind;
  enable: boolean;
  build: boolean;
  configure?: string;
  on: string;
  yes?: boolean;
}

export const addInstall: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('install')
      .description('install a plugin on nodes, enable it, reload, and prove that it is loaded; undone when it is not')
      .argument('[source]', 'folder of the plugin, a .rock file, or the address of one (default: the working directory)')
      .addOption(
        new Option('--via <way>', 'as a rock, from its source, or by lua_package_path').choices(['rock', 'source', 'path']),
      )
      .option('--no-enable', 'only bring the files')
      .option('--configure <file>', 'then configure it with this YAML or JSON, and see that Kong has it; - is standard input')
      .option('--on <scope>', 'what --configure applies it to: global, service:NAME, route:NAME …', 'global')
      .option('--no-build', 'refuse what LuaRocks would have to build, which runs programs the rockspec names')
      .option('--yes', 'agree to migrations of the plugin, which change the database of a node'),
  ).action(async (given: string | undefined, flags: InstallFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const { installOperation } = await import('../../lifecycle/operations/install');
    const { readInstallSource } = await import('../../lifecycle/operations/installSource');
    const { StepFailure } = await import('../../lifecycle/failure');
    if (flags.configure !== undefined && !flags.enable)
      throw new UserError('--configure wants a plugin that is enabled, and --no-enable does not enable it.', { exitCode: 2 });
    const { scopeOf } = await import('../../lifecycle/state/use/scope');
    const file = await givenFile(io, flags.configure);
    const configure = file === undefined ? undefined : { scope: scopeOf(flags.on), given: { words: [], file } };
    try {
      const source = await readInstallSource(oneArgument(given, rest, 'plugin') ?? '.', io.cwd, {
        via: flags.via,
        signal: io.signal,
        build: flags.build,
      });
      if (source.build !== undefined && flags.dryRun !== true && io.interactive) {
        const question = `LuaRocks builds this rock here, which runs programs that its rockspec names (${source.build.reasons.join('; ')}). Run them?`;
        if (!(await askYes(io, question))) throw new UserError('Nothing was run or changed.', { exitCode: 2 });
      }
      const operation = installOperation(source, { ...flags, configure, nodes: nodes.length, agree: agreeing(io, flags) });
      finish(await runOperation(io, nodes, operation, flags));
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      const step: StepResult = { name: 'pack', status: 'failed', detail: error.message };
      const results = nodes.map((node) => ({ node: node.id, ok: false, steps: [step], findings: [...error.findings] }));
      await printResults(io, results, flags.format);
      finish(1);
    }
  });
};
