// `kong-plugin types [DIR]`: definitions for the Lua language server: the PDK of a Kong, and the configuration of each plugin.
import { relative, resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../../addCommand';

interface TypesFlags {
  kong: string;
  out: string;
  format: 'text' | 'json';
}

export const addTypes: AddCommand = (program, io) => {
  program
    .command('types')
    .description('write definitions of the PDK and of the plugins’ configurations for the Lua language server')
    .argument('[dir]', 'the folder to find plugins in', '.')
    .option('--kong <version>', 'the Kong it is for', '3.9')
    .option('--out <dir>', 'the folder for them', '.kong-types')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (dir: string, { kong, out, format }: TypesFlags) => {
      const { discoverPlugins } = await import('../../../plugin/discovery');
      const { typeChanges } = await import('../../../plugin/typeFiles');
      const { parseKongVersion } = await import('../../../kong/versions');
      const { applyChanges } = await import('../../../system/applyChanges');
      const version = parseKongVersion(kong);
      const plugins = await discoverPlugins([resolve(io.cwd, dir)], { signal: io.signal });
      const { files, changes } = await typeChanges(plugins, kong, resolve(io.cwd, out), { signal: io.signal });
      await applyChanges(changes);
      const written = files.map((file) => relative(io.cwd, file));
      if (format === 'json') io.out(`${JSON.stringify({ kong: version.text, files: written }, null, 2)}\n`);
      else {
        io.out(written.map((file) => `${file}\n`).join(''));
        io.out(`Add "${out}" to workspace.library of .luarc.json, and ---@param conf kong.plugins.NAME.Config above a phase.\n`);
      }
    });
};
