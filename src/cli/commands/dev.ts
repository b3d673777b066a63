// `kong-plugin dev`: a Kong in a container that reads the plugins of a folder where they are; `--stop` takes it away again.
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { AddCommand } from '../addCommand';
import { shellWord } from '../../text/shellWord';
import type { OutputFormat } from '../io';

interface DevFlags {
  stop?: boolean;
  image?: string;
  postgres?: string | true;
  config?: string;
  env: Record<string, string>;
  format: OutputFormat;
}

export const addDev: AddCommand = (program, io, finish) => {
  program
    .command('dev')
    .description('start a Kong in a container that reads the plugins of a folder where they are; stop it with --stop')
    .argument('[dir]', 'folder of the plugin (default: the working directory)')
    .option('--stop', 'stop and remove the one of this folder')
    .option('--image <image>', 'the image to start (default: kong:3.9)')
    .option('--postgres [image]', 'with a database, from this image (default: postgres:16)')
    .option('--config <file>', 'a declarative configuration to start with')
    .option('--env <name=value...>', 'more variables for Kong', variable, {})
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (given: string | undefined, flags: DevFlags) => {
      const folder = resolve(io.cwd, given ?? '.');
      const { startDevelopment, stopDevelopment } = await import('../../lifecycle/operations/development');
      const print = (value: object, text: string): void =>
        io.out(flags.format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
      if (flags.stop === true) {
        const removed = await stopDevelopment(folder, { env: io.env });
        print(
          { removed },
          removed.length === 0 ? `No development node of ${folder} is there.` : `Removed ${removed.join(', ')}.`,
        );
        finish(0);
        return;
      }
      const { discoverPlugins } = await import('../../plugin/discovery');
      const plugins = (await discoverPlugins([folder], { signal: io.signal })).filter(({ language }) => language === 'lua');
      const { StepFailure } = await import('../../lifecycle/failure');
      const { ECHO_ADDRESS } = await import('../../node/container/echo');
      try {
        const started = await startDevelopment(
          {
            folder,
            plugins,
            image: flags.image,
            postgres: flags.postgres,
            config: flags.config === undefined ? undefined : resolve(io.cwd, flags.config),
            env: flags.env,
          },
          { env: io.env },
          (message) => {
            if (io.interactive) io.err(`${message}\n`);
          },
          io.signal,
        );
        const { node, proxy, admin, database } = started;
        print(
          started,
          [
            `${node}: ${started.image}, ${database === 'off' ? 'DB-less' : database}, with ${started.plugins.join(', ')}`,
            `  proxy     ${proxy ?? 'not published'}`,
            `  Admin API ${admin ?? 'not published'}`,
            flags.config === undefined
              ? `  echo      every path leads to an upstream that answers with what reached it: kong-plugin try /hello --node ${shellWord(node)}`
              : `  echo      http://${ECHO_ADDRESS}, for a service of ${flags.config}, answers with what reached it`,
            `It reads the files of ${folder}: after a change, kong-plugin reload --node ${shellWord(node)}, or let kong-plugin watch do it.`,
          ].join('\n'),
        );
        finish(0);
      } catch (error) {
        if (!(error instanceof StepFailure)) throw error;
        const { findingsText } = await import('../../troubleshoot/findingsText');
        if (flags.format === 'json') io.out(`${JSON.stringify({ error: error.message, findings: error.findings }, null, 2)}\n`);
        else io.out(`${error.message} It was removed again.\n${findingsText(error.findings)}`);
        finish(1);
      }
    });
};

/** Collects `--env NAME=VALUE`. */
function variable(text: string, before: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write NAME=VALUE.');
  return { ...before, [name]: value };
}
