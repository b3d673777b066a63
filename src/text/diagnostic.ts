// What every room says about a text: positions, ranges, diagnostics and the fixes of them.

/** Zero-based line and UTF-16 character, as in LSP. */
export interface Position {
  line: number;
  character: number;
}

/** Half-open range of a text. */
export interface Range {
  start: Position;
  end: Position;
}

export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** Who else refuses what a diagnostic names, for the chosen LuaRocks and Kong; nobody means it is our advice. */
export type Enforcer = 'luarocks-lint' | 'luarocks-make' | 'kong-load';

/** The names that people know the enforcers by. */
const ENFORCER_NAMES: Readonly<Record<Enforcer, string>> = {
  'luarocks-lint': 'luarocks lint',
  'luarocks-make': 'luarocks make',
  'kong-load': 'Kong',
};

/** Who else refuses what a diagnostic names, by the names that people know. */
export function enforcerNames({ enforcedBy }: Pick<Diagnostic, 'enforcedBy'>): string[] {
  return enforcedBy.map((enforcer) => ENFORCER_NAMES[enforcer]);
}

/** The source that an editor shows: who else refuses it, so that advice is told from a failure. */
export function sourceOf(diagnostic: Pick<Diagnostic, 'enforcedBy'>): string {
  return ['Kong Plugin', ...enforcerNames(diagnostic)].join(', ');
}

/** One replacement in one file; `newText` takes the place of `range`. */
export interface TextEdit {
  range: Range;
  newText: string;
}

/** A change a fix makes: edits in files and whole-file operations, all paths absolute. */
export type FileChange =
  | { kind: 'edit'; path: string; edits: TextEdit[] }
  | { kind: 'create'; path: string; text: string }
  | { kind: 'rename'; path: string; to: string };

/** A fix with one right answer. `safe` ones may be applied together by "Fix all". */
export interface Fix {
  title: string;
  changes: FileChange[];
  safe: boolean;
}

/** One thing wrong at one place of one file. `code` is stable and names the check, for example `rockspec/version-pattern`. */
export interface Diagnostic {
  code: string;
  severity: Severity;
  message: string;
  range: Range;
  enforcedBy: Enforcer[];
  /** Other places that belong to the story. */
  related?: { path: string; range: Range; message: string }[];
  fixes?: Fix[];
}

/** The diagnostics of one file. */
export interface FileDiagnostics {
  path: string;
  diagnostics: Diagnostic[];
}

/** Each file once, in the order of its first, with all its diagnostics by position; what is said twice of one place is told once. */
export function mergedFiles(files: readonly FileDiagnostics[]): FileDiagnostics[] {
  const byPath = new Map<string, Diagnostic[]>();
  for (const { path, diagnostics } of files) {
    const there = byPath.get(path);
    if (there === undefined) byPath.set(path, [...diagnostics]);
    else there.push(...diagnostics.filter((more) => !there.some((before) => saysTheSame(before, more))));
  }
  return [...byPath].map(([path, diagnostics]) => ({ path, diagnostics: diagnostics.sort(byPosition) }));
}

function saysTheSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && a.message === b.message && byPosition(a, b) === 0;
}

/** The order in which diagnostics of one file are told. */
export function byPosition({ range: { start: a } }: Diagnostic, { range: { start: b } }: Diagnostic): number {
  return a.line - b.line || a.character - b.character;
}
