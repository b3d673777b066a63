// `kong-plugin matrix`: which versions of Kong load which plugins, and why not.
import { Option } from 'commander';
import type { AddCommand } from '../../addCommand';
import type { LoadVerdict, Plugin } from '../../../plugin/plugin';
import type { RockCache } from '../../../plugin/travel/rock';
import type { Io } from '../../io';
import { kongFlag } from '../../kongFlag';
import { shownPath } from '../../paths';
import { pluginsAt } from '../../pluginsAt';
import { addTo } from '../../../text/grouped';

interface MatrixFlags {
  kong?: string[];
  format: 'text' | 'json' | 'markdown';
}

/** One plugin over all versions. */
interface Row {
  name: string;
  dir: string;
  kong: Map<string, LoadVerdict>;
  /** Promised versions that fail. */
  broken: string[];
  promise: string | undefined;
}

export const addMatrix: AddCommand = (program, io, finish) => {
  program
    .command('matrix')
    .description('say which versions of Kong load the plugins, from 2.8 to the newest')
    .argument('[path...]', 'folders with plugins, or files of one', ['.'])
    .option('--kong <versions...>', 'other versions (default: 2.8 to the newest of Kong Enterprise)')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'markdown']).default('text'))
    .action(async (paths: string[], flags: MatrixFlags) => {
      const versions = await Promise.all((flags.kong ?? (await defaultVersions())).map((text) => kongFlag(text, io)));
      const { plugins, siblings } = await pluginsAt(paths, io);
      const { openForJudging } = await import('../../../plugin/judge');
      const { promisedVersions } = await import('../../../plugin/supports');
      const rocks: RockCache = new Map();
      const rows: Row[] = [];
      for (const plugin of plugins) {
        io.signal.throwIfAborted();
        const judge = await openForJudging(plugin, { siblings, rocks });
        const promise = await promisedVersions(plugin);
        const row = emptyRow(plugin, io, promise?.text);
        for (const version of versions) {
          const { verdict } = await judge(version);
          row.kong.set(version.text, verdict);
          if (verdict.verdict === 'fails' && promise?.holds(version) === true) row.broken.push(version.text);
        }
        rows.push(row);
      }
      const columns = versions.map(({ text }) => text);
      if (flags.format === 'json') io.out(`${JSON.stringify({ plugins: rows.map(asJson) }, null, 2)}\n`);
      else io.out(flags.format === 'markdown' ? asMarkdown(rows, columns) : asText(rows, columns));
      finish(rows.some(({ broken }) => broken.length > 0) ? 1 : 0);
    });
};

async function defaultVersions(): Promise<string[]> {
  const { ALL_KONG_VERSIONS, isAtLeast } = await import('../../../kong/versions');
  return ALL_KONG_VERSIONS.filter((text) => {
    const [major = 0, minor = 0] = text.split('.').map(Number);
    return isAtLeast({ major, minor }, '2.8');
  });
}

function emptyRow({ name, dir }: Plugin, io: Io, promise: string | undefined): Row {
  return { name, dir: shownPath(io.cwd, dir), kong: new Map(), broken: [], promise };
}

function asJson({ name, dir, kong }: Row): unknown {
  return { name, dir, kong: Object.fromEntries(kong) };
}

const MARKS: Readonly<Record<LoadVerdict['verdict'], string>> = { loads: 'loads', fails: 'fails', unknown: '?' };
const SIGNS: Readonly<Record<LoadVerdict['verdict'], string>> = { loads: '✓', fails: '✗', unknown: '?' };

function asText(rows: readonly Row[], columns: readonly string[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length), 6);
  const widths = columns.map((column) => Math.max(column.length, 5));
  const line = (first: string, cells: readonly string[]): string =>
    `${[first.padEnd(width), ...cells.map((cell, i) => cell.padEnd(widths[i] ?? 5))].join('  ').trimEnd()}\n`;
  const table = rows.map(({ name, kong }) =>
    line(
      name,
      columns.map((column) => MARKS[kong.get(column)?.verdict ?? 'unknown']),
    ),
  );
  return (
    line('', columns) +
    table.join('') +
    rows
      .flatMap(reasons)
      .map((reason) => `${reason}\n`)
      .join('')
  );
}

function asMarkdown(rows: readonly Row[], columns: readonly string[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  const table = rows.map(({ name, kong }) =>
    line([name, ...columns.map((column) => SIGNS[kong.get(column)?.verdict ?? 'unknown'])]),
  );
  const notes = rows.flatMap(reasons).map((reason) => `- ${reason}\n`);
  return `${line(['Kong', ...columns])}${line(['---', ...columns.map(() => ':-:')])}${table.join('')}${notes.length > 0 ? `\n${notes.join('')}` : ''}`;
}

/** Why versions do not load a plugin, those with one reason together; and what breaks its promise. */
function reasons({ name, kong, broken, promise }: Row): string[] {
  const byReason = new Map<string, string[]>();
  for (const [version, { verdict, message }] of kong) {
    if (verdict === 'loads') continue;
    const reason = `${verdict === 'fails' ? 'fails' : 'cannot be told'}: ${shortReason(message)}`;
    addTo(byReason, reason, version);
  }
  const found = [...byReason].map(([reason, versions]) => `${name}, Kong ${versions.join(', ')}: ${reason}`);
  return broken.length === 0
    ? found
    : [...found, `${name} promises kong ${promise ?? ''}, and Kong ${broken.join(', ')} does not load it.`];
}

/** What tells most of a message: without the frames that are the same in every error. */
function shortReason(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  const telling =
    lines.find((line) => !/error loading module '|^error loading plugin schemas|^by the rules/.test(line)) ?? lines[0] ?? '';
  return telling.replace(/^.*?\.lua:\d+: /, '').trim();
}
