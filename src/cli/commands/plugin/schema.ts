// `kong-plugin schema [PLUGIN]`: what a plugin's configuration may be, in the form that is asked for.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { View } from '../../../config/views/views';
import type { AddCommand } from '../../addCommand';

const VIEWS: readonly View[] = ['json-schema', 'declarative', 'admin', 'deck', 'kubernetes', 'table'];

export const addSchema: AddCommand = (program, io) => {
  program
    .command('schema')
    .description("what a plugin's configuration may be, read from its schema.lua without running it")
    .argument('[plugin]', 'a plugin below the folder, or one that ships with Kong (2.8, 3.9); the only one there by default')
    .addOption(new Option('--as <form>', 'the form').choices(VIEWS).default('json-schema'))
    .option('--in <dir>', 'the folder to find plugins in', '.')
    .option('--kong <version>', 'the Kong it is for', '3.9')
    .action(async (name: string | undefined, { as, in: dir, kong }: { as: View; in: string; kong: string }) => {
      const { Schemas } = await import('../../../config/findSchema');
      const { viewOf } = await import('../../../config/views/views');
      const { parseKongVersion } = await import('../../../kong/versions');
      const { discoverPlugins } = await import('../../../plugin/discovery');
      const { UserError } = await import('../../../system/userError');
      const version = parseKongVersion(kong);
      const plugins = await discoverPlugins([resolve(io.cwd, dir)], { signal: io.signal });
      const names = plugins.filter(({ language }) => language === 'lua').map((plugin) => plugin.name);
      const wanted = name ?? (names.length === 1 ? names[0] : undefined);
      if (wanted === undefined) {
        const found =
          names.length === 0 ? 'There is no plugin here.' : `There are ${names.length} plugins here: ${names.join(', ')}.`;
        throw new UserError(found, { exitCode: 2, next: 'Name the plugin whose schema is wanted.' });
      }
      const outcome = await new Schemas(plugins, version).find(wanted);
      if (outcome?.schema === undefined) {
        const why =
          outcome === undefined
            ? `No plugin "${wanted}" is known for Kong ${version.text}.`
            : `The schema of ${wanted} cannot be used: ${outcome.reason}`;
        throw new UserError(why, {
          exitCode: outcome === undefined ? 2 : 1,
          next:
            outcome === undefined
              ? 'Name a plugin below this folder, or one that ships with Kong 2.8 or 3.9.'
              : 'Mend the schema first: kong-plugin check shows where.',
        });
      }
      io.out(viewOf(outcome.schema, as));
    });
};
