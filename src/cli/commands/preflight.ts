// `kong-plugin preflight`: what Kong would say to the plugins of a folder if it started now.
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { Plugin } from '../../plugin/plugin';
import type { RockCache } from '../../plugin/travel/rock';
import { isInside } from '../../system/paths';
import { UserError } from '../../system/userError';
import type { FileDiagnostics } from '../../text/diagnostic';
import type { PluginReport } from '../checkReport';
import type { Io } from '../io';
import { isFolder, shownPath } from '../paths';

interface PreflightFlags {
  kong?: string;
  format: 'text' | 'json';
}

export const addPreflight: AddCommand = (program, io, finish) => {
  program
    .command('preflight')
    .description('say whether Kong would load the plugins, without starting it')
    .argument('[path...]', 'folders with plugins, or files of one', ['.'])
    .option('--kong <version>', 'the Kong it is for (default: 3.9)')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (paths: string[], flags: PreflightFlags) => {
      const { DEFAULT_KONG, parseKongVersion } = await import('../../kong/versions');
      const { judgePlugin } = await import('../../plugin/judge');
      const { asJson } = await import('../checkReport');
      const version = parseKongVersion(flags.kong ?? DEFAULT_KONG);
      const plugins = await pluginsAt(paths, io);
      const rocks: RockCache = new Map();
      const reports: PluginReport[] = [];
      const files: FileDiagnostics[] = [];
      for (const plugin of plugins) {
        io.signal.throwIfAborted();
        const result = await judgePlugin(plugin, version, { siblings: plugins, rocks });
        reports.push({ name: plugin.name, dir: shownPath(io.cwd, plugin.dir), ...result.verdict, ways: result.ways });
        for (const file of result.files) files.push({ ...file, path: shownPath(io.cwd, file.path) });
      }
      if (flags.format === 'json') io.out(`${JSON.stringify(asJson(files, reports), null, 2)}\n`);
      else await printText(io, version.text, reports, files);
      finish(reports.some(({ verdict }) => verdict === 'fails') ? 1 : 0);
    });
};

const VERDICTS: Readonly<Record<string, string>> = { loads: 'loads', fails: 'fails to load', unknown: 'cannot be told' };

async function printText(
  io: Io,
  kong: string,
  reports: readonly PluginReport[],
  files: readonly FileDiagnostics[],
): Promise<void> {
  const { textLine } = await import('../checkReport');
  for (const { path, diagnostics } of files) for (const diagnostic of diagnostics) io.out(`${textLine(path, diagnostic)}\n`);
  for (const { name, dir, verdict, message } of reports) {
    io.out(`${name} (${dir}): ${VERDICTS[verdict] ?? verdict} in Kong ${kong}\n`);
    for (const line of message.split('\n')) if (line.trim() !== '') io.out(`    ${line}\n`);
  }
}

/** The plugins the arguments name: those in and below a folder, or the one that a folder or file is part of. */
async function pluginsAt(paths: readonly string[], io: Io): Promise<Plugin[]> {
  const { discoverPlugins } = await import('../../plugin/discovery');
  const found = new Map<string, Plugin>();
  for (const written of paths) {
    const path = resolve(io.cwd, written);
    const below = (await isFolder(path, written)) ? await discoverPlugins([path], { signal: io.signal }) : [];
    const plugins = below.length > 0 ? below : await pluginAround(path, io);
    if (plugins.length === 0) {
      throw new UserError(`There is no Kong plugin in ${written}.`, {
        exitCode: 2,
        next: 'A plugin is a folder kong/plugins/NAME with a handler.lua, or what a rockspec maps to kong.plugins.NAME.handler.',
      });
    }
    for (const plugin of plugins) found.set(`${plugin.name}\n${plugin.dir}`, plugin);
  }
  return [...found.values()];
}

/** How far above a file its rockspec may be; never beyond the repository. */
const MAX_STEPS_UP = 4;

async function pluginAround(path: string, io: Io): Promise<Plugin[]> {
  const { discoverPlugins } = await import('../../plugin/discovery');
  let at = dirname(path);
  for (let i = 0; i < MAX_STEPS_UP && dirname(at) !== at; i++, at = dirname(at)) {
    const plugins = await discoverPlugins([at], { signal: io.signal });
    const own = plugins.filter(
      ({ dir, modules, rockspec }) => rockspec === path || [...modules.values()].includes(path) || isInside(dir, path),
    );
    if (own.length > 0) return own;
    if (await isThere(join(at, '.git'))) break;
  }
  return [];
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
