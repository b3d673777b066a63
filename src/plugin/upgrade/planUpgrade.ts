// The plan of an upgrade: the rules are asked step by step, each step about the texts that the one before left, until none has an edit more.
import { OPEN_KONG_VERSIONS, parseKongVersion, type KongVersion } from '../../kong/versions';
import { parse } from '../../lua/parser';
import { LuaSource } from '../../lua/source';
import { applyEdits } from '../../text/edits';
import { lineBefore, lineChanges, lineEdits } from '../../text/lineDiff';
import type { FileChange, Position, TextEdit } from '../../text/diagnostic';
import { PLUGIN_CHECKS } from '../checks';
import { checkPluginFiles, openForJudging } from '../judge';
import type { LoadVerdict, Plugin } from '../plugin';
import { readFromDisk, readPluginCode, type CodeOptions, type ReadFile } from '../pluginCode';
import { parsed, type UpgradeContext, type UpgradeFinding } from './rule';
import { UPGRADE_RULES } from './rules';

/** One thing that an upgrade tells: mended by its changes, or left to a person. */
export interface UpgradeNote {
  /** The row of the table, or the check that found it. */
  id: string;
  path: string;
  /** Zero-based, in the text as it is on disk. */
  line: number;
  message: string;
}

/** What an upgrade would do for one plugin. */
export interface PluginUpgrade {
  plugin: Plugin;
  /** The newest Kong before that one which loads the plugin as it is; undefined when none does. */
  from: string | undefined;
  before: LoadVerdict;
  after: LoadVerdict;
  /** What the changes mend. */
  mended: UpgradeNote[];
  /** What keeps the plugin from that Kong still. */
  left: UpgradeNote[];
  /** What works on, and otherwise than before. */
  differs: UpgradeNote[];
}

/** More steps than any plugin needs: each takes away something that the loader stops at. */
const MAX_STEPS = 20;

/** What an upgrade would do, and the changes of it all: plugins may share files. */
export interface UpgradePlan {
  plugins: PluginUpgrade[];
  changes: FileChange[];
}

/** Plans the changes that bring Lua plugins to a newer Kong. Nothing is written. */
export async function planUpgrade(
  plugins: readonly Plugin[],
  version: KongVersion,
  options: CodeOptions = {},
): Promise<UpgradePlan> {
  const texts: Texts = { original: new Map(), changed: new Map() };
  const planned: PluginUpgrade[] = [];
  for (const plugin of plugins) planned.push(await planOne(plugin, version, texts, options));
  const changes = [...texts.changed].map(([path, text]): FileChange => {
    return { kind: 'edit', path, edits: lineEdits(texts.original.get(path) ?? '', text) };
  });
  return { plugins: planned, changes };
}

/** The texts that change, as they were and as they are at this step. */
interface Texts {
  original: Map<string, string>;
  changed: Map<string, string>;
}

async function planOne(
  plugin: Plugin,
  version: KongVersion,
  { original, changed: texts }: Texts,
  options: CodeOptions,
): Promise<PluginUpgrade> {
  const { read = readFromDisk, siblings = [] } = options;
  const reading: ReadFile = async (path) => texts.get(path) ?? (await read(path));
  const looking: CodeOptions = { ...options, siblings, read: reading };
  const judged = await openForJudging(plugin, { ...options, siblings, read });
  const from = await newestThatLoads(version, judged);
  const before = (await judged(version)).verdict;
  const mended: (UpgradeNote & { text: string })[] = [];
  const later: (UpgradeNote & { text: string })[] = [];
  for (let step = 0; ; step++) {
    const context = await look(plugin, version, from, looking);
    const findings = UPGRADE_RULES.map((rule) => ({ rule, findings: [...rule.run(context)] }));
    const edits = new Map<string, TextEdit[]>();
    let isChanged = false;
    for (const { rule, findings: all } of findings) {
      for (const finding of all) {
        if (finding.changes.length === 0 || step >= MAX_STEPS) continue;
        const text = await textOf(finding.path);
        if (!takes(edits, finding, text)) continue;
        isChanged = true;
        mended.push({ id: rule.id, path: finding.path, line: finding.line, message: finding.message, text });
        for (const { line, message } of finding.after ?? []) later.push({ id: rule.id, path: finding.path, line, message, text });
      }
    }
    if (!isChanged) {
      const notes = findings.flatMap(({ rule, findings: all }) =>
        all.map(({ path, line, message }) => ({ kind: rule.kind, id: rule.id, path, line, message })),
      );
      const rest = restOf(context, notes);
      const here = async (note: UpgradeNote): Promise<UpgradeNote> => placed(note, await textOf(note.path));
      const left = [
        ...later.map((note) => placed(note, note.text)),
        ...(await Promise.all([...notes.filter(({ kind }) => kind === 'stops'), ...rest].map(here))),
      ];
      return {
        plugin,
        from: from?.text,
        before,
        after: (await (await openForJudging(plugin, looking))(version)).verdict,
        mended: inOrder(mended.map((note) => placed(note, note.text))),
        left: inOrder(left),
        differs: inOrder(await Promise.all(notes.filter(({ kind }) => kind === 'differs').map(here))),
      };
    }
    for (const [path, list] of edits) {
      const text = await textOf(path);
      if (!original.has(path)) original.set(path, text);
      texts.set(path, applyEdits(text, list));
    }
  }

  async function textOf(path: string): Promise<string> {
    const content = await reading(path);
    return typeof content === 'string' ? content : Buffer.from(content ?? []).toString('utf8');
  }

  /** A note at the line that its place has on disk. */
  function placed({ id, path, line, message }: UpgradeNote, text: string): UpgradeNote {
    const first = original.get(path);
    return { id, path, line: first === undefined ? line : lineBefore(lineChanges(first, text), line), message };
  }
}

/** Adds the edits of a finding to those of this step, unless they meet one or make a text that does not parse. */
function takes(edits: Map<string, TextEdit[]>, { path, changes }: UpgradeFinding, text: string): boolean {
  const own = changes.flatMap((change) => (change.kind === 'edit' && change.path === path ? change.edits : []));
  const there = edits.get(path) ?? [];
  const all = [...there, ...own];
  const isAtOnePlace = own.some(({ range }) => there.some((other) => samePlace(other.range.start, range.start)));
  try {
    if (own.length === 0 || isAtOnePlace || parse(new LuaSource(applyEdits(text, all)), 'luajit').error !== undefined)
      return false;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  edits.set(path, all);
  return true;
}

function samePlace(a: Position, b: Position): boolean {
  return a.line === b.line && a.character === b.character;
}

/** The newest Kong before a version that loads a plugin. */
async function newestThatLoads(
  version: KongVersion,
  judge: (version: KongVersion) => Promise<{ verdict: LoadVerdict }>,
): Promise<KongVersion | undefined> {
  const older = OPEN_KONG_VERSIONS.map(parseKongVersion).filter(
    ({ major, minor }) => major < version.major || (major === version.major && minor < version.minor),
  );
  for (const candidate of older.reverse()) if ((await judge(candidate)).verdict.verdict === 'loads') return candidate;
  return undefined;
}

async function look(
  plugin: Plugin,
  version: KongVersion,
  from: KongVersion | undefined,
  options: CodeOptions,
): Promise<UpgradeContext> {
  const own = new Set([plugin.handler, plugin.schema, ...plugin.modules.values()]);
  const { sources, rockVersion } = await readPluginCode(plugin, options);
  const code = parsed([...sources].filter(([, { path }]) => own.has(path)));
  const files = await checkPluginFiles(plugin, version.text, options);
  return { plugin, version, from, files, code, rockVersion };
}

const DOCUMENTATION = new Map(PLUGIN_CHECKS.map(({ code, documentation }) => [code, documentation]));

/** What `check` calls an error for that Kong, and no rule speaks of. */
function restOf({ files }: UpgradeContext, notes: readonly UpgradeNote[]): (UpgradeNote & { kind: 'stops' })[] {
  const told = new Set(notes.map(({ path, line }) => `${path}\n${line}`));
  return files.flatMap(({ path, diagnostics }) =>
    diagnostics.flatMap(({ code, severity, message, range }) =>
      severity !== 'error' || told.has(`${path}\n${range.start.line}`)
        ? []
        : [
            {
              kind: 'stops' as const,
              id: code,
              path,
              line: range.start.line,
              message: [message.trim().replace(/:$/, ''), DOCUMENTATION.get(code) ?? '']
                .filter((part) => part !== '')
                .join('. ')
                .replaceAll('..', '.'),
            },
          ],
    ),
  );
}

function inOrder(notes: UpgradeNote[]): UpgradeNote[] {
  return notes.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}
