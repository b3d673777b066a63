// What a rule of an upgrade gets and gives.
import { readFile, type CodeFile } from '../../code/file';
import type { KongVersion } from '../../kong/versions';
import type { LuaSource, Span } from '../../lua/source';
import type { FileChange, FileDiagnostics } from '../../text/diagnostic';
import type { Plugin } from '../plugin';
import { changeOf, type LuaEdit } from '../sourceEdits/moduleTable';

/** What stands between a plugin and a Kong, at one place. */
export interface UpgradeFinding {
  path: string;
  /** Zero-based. */
  line: number;
  /** What was done about it or, without changes, what is to be done. */
  message: string;
  changes: FileChange[];
  /** What the changes leave for a person to do. */
  after?: { line: number; message: string }[];
}

/** What the rules look at: the plugin as it is at this step. */
export interface UpgradeContext {
  plugin: Plugin;
  /** The Kong that it is to load with. */
  version: KongVersion;
  /** The newest Kong before that one which loads it as it is on disk; undefined when none does. */
  from: KongVersion | undefined;
  /** What `check` says for that Kong. */
  files: readonly FileDiagnostics[];
  /** The plugin's own files that parse. */
  code: readonly CodeFile[];
  /** The version in the rockspec, without its revision. */
  rockVersion: string | undefined;
}

/** One row of the table. */
export interface UpgradeRule {
  id: string;
  /** What it is about, for people. */
  title: string;
  /** Whether what it finds keeps the plugin from that Kong, or only is another behaviour there. */
  kind: 'stops' | 'differs';
  run: (context: UpgradeContext) => Iterable<UpgradeFinding>;
}

/** A finding at a place of a file, with the edits of that file that mend it. */
export function found(source: LuaSource, at: Span, message: string, edits: readonly LuaEdit[] = []): UpgradeFinding {
  return { path: source.path ?? '', line: source.position(at.start).line, message, changes: changeOf(source, edits) };
}

/** The file of the plugin that Kong loads by this name. */
export function fileOf({ code, plugin }: UpgradeContext, name: string): CodeFile | undefined {
  return code.find(({ module }) => module === `kong.plugins.${plugin.name}.${name}`);
}

/** The first line that a check has something of this kind to say of, in a file. */
export function diagnosed({ files }: UpgradeContext, path: string | undefined, codes: readonly string[]): number | undefined {
  const { diagnostics = [] } = files.find((file) => file.path === path) ?? {};
  return diagnostics.find(({ code }) => codes.includes(code))?.range.start.line;
}

/** The files that parse, by the names of their modules; each file once. */
export function parsed(sources: Iterable<readonly [string, LuaSource]>): CodeFile[] {
  const known = new Set<LuaSource>();
  return [...sources].flatMap(([module, source]) => {
    if (known.has(source)) return [];
    known.add(source);
    return readFile(module, source) ?? [];
  });
}
