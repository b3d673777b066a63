// `kong-plugin preflight`: what Kong would say to the plugins of a folder if it started now.
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { RockCache } from '../../plugin/travel/rock';
import { mergedFiles, type FileDiagnostics } from '../../text/diagnostic';
import type { PluginReport } from '../checkReport';
import type { Io } from '../io';
import { KONG_FLAG, kongFlag } from '../kongFlag';
import { shownPath } from '../paths';
import { pluginsAt } from '../pluginsAt';

interface PreflightFlags {
  kong?: string;
  format: 'text' | 'json';
}

export const addPreflight: AddCommand = (program, io, finish) => {
  program
    .command('preflight')
    .description('say whether Kong would load the plugins, without starting it')
    .argument('[path...]', 'folders with plugins, or files of one', ['.'])
    .option('--kong <version>', `the Kong it is for: ${KONG_FLAG} (default: 3.9)`)
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (paths: string[], flags: PreflightFlags) => {
      const { judgePlugin } = await import('../../plugin/judge');
      const { asJson } = await import('../checkReport');
      const version = await kongFlag(flags.kong, io);
      const { plugins, siblings } = await pluginsAt(paths, io);
      const rocks: RockCache = new Map();
      const reports: PluginReport[] = [];
      const files: FileDiagnostics[] = [];
      for (const plugin of plugins) {
        io.signal.throwIfAborted();
        const result = await judgePlugin(plugin, version, { siblings, rocks });
        reports.push({ name: plugin.name, dir: shownPath(io.cwd, plugin.dir), ...result.verdict, ways: result.ways });
        for (const file of result.files) files.push({ ...file, path: shownPath(io.cwd, file.path) });
      }
      const merged = mergedFiles(files);
      if (flags.format === 'json') io.out(`${JSON.stringify(asJson(merged, reports), null, 2)}\n`);
      else await printText(io, version.text, reports, merged);
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
