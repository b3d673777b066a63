// `kong-plugin types [DIR]`: definitions for the Lua language server: the PDK of a Kong, and the configuration of each plugin.
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Option } from 'commander';
import { errorCode, UserError } from '../../../system/userError';
import type { FileChange } from '../../../text/diagnostic';
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
      const { pdkDefinitions } = await import('../../../kong/pdk/definitions');
      const { parseKongVersion } = await import('../../../kong/versions');
      const { configDefinitions } = await import('../../../plugin/configTypes');
      const { describePlugin } = await import('../../../plugin/describe');
      const { discoverPlugins } = await import('../../../plugin/discovery');
      const { applyChanges } = await import('../../../system/applyChanges');
      const version = parseKongVersion(kong);
      const plugins = await discoverPlugins([resolve(io.cwd, dir)], { signal: io.signal });
      const files = new Map([[join(out, 'kong.lua'), pdkDefinitions(version)]]);
      for (const plugin of plugins) {
        io.signal.throwIfAborted();
        const { schema } = await describePlugin(plugin, kong, { siblings: plugins });
        if (schema !== undefined)
          files.set(join(out, 'plugins', `${plugin.name}.lua`), configDefinitions(plugin.name, schema.config));
      }
      const changes: FileChange[] = [];
      for (const [file, text] of files) changes.push(...(await replacing(resolve(io.cwd, file), text)));
      await applyChanges(changes);
      const written = [...files.keys()].map((file) => relative(io.cwd, resolve(io.cwd, file)));
      if (format === 'json') io.out(`${JSON.stringify({ kong: version.text, files: written }, null, 2)}\n`);
      else {
        io.out(written.map((file) => `${file}\n`).join(''));
        io.out(`Add "${out}" to workspace.library of .luarc.json, and ---@param conf kong.plugins.NAME.Config above a phase.\n`);
      }
    });
};

/** The change that makes a file hold a text; none when it does. Throws UserError for a file that was not generated. */
async function replacing(path: string, text: string): Promise<FileChange[]> {
  const { GENERATED } = await import('../../../kong/pdk/definitions');
  const { Lines } = await import('../../../text/lines');
  try {
    const before = await readFile(path, 'utf8');
    if (before === text) return [];
    if (!before.startsWith(GENERATED)) {
      throw new UserError(`${path} was not written by kong-plugin types.`, {
        exitCode: 2,
        next: 'Name another folder with --out.',
      });
    }
    return [{ kind: 'edit', path, edits: [{ range: new Lines(before).range(0, before.length), newText: text }] }];
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return [{ kind: 'create', path, text }];
  }
}
