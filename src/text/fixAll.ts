// Fixes of many diagnostics at once: those that fit beside each other, and again about the texts that they leave, until none is left.
import type { Diagnostic, FileChange, FileDiagnostics, Position, Range, TextEdit } from './diagnostic';
import { applyEdits } from './edits';
import { lineEdits } from './lineDiff';

/** Which fixes are taken: those that are safe together, or also those that somebody has to look at. */
export interface FixChoice {
  unsafe?: boolean;
}

/** The first wanted fix of every diagnostic whose edits in the file do not touch those taken before; fixes of other files are left out. */
export function editsTogether(path: string, diagnostics: readonly Diagnostic[], { unsafe = false }: FixChoice = {}): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const { fixes = [] } of diagnostics) {
    const fix = fixes.find(({ safe }) => safe) ?? (unsafe ? fixes[0] : undefined);
    if (fix === undefined) continue;
    const own = fix.changes.flatMap((change) => (change.kind === 'edit' && change.path === path ? change.edits : []));
    const staysHere = fix.changes.every((change) => change.kind === 'edit' && change.path === path);
    const isNew = own.some(
      (edit) => !edits.some((taken) => sameRange(taken.range, edit.range) && taken.newText === edit.newText),
    );
    if (!staysHere || !isNew) continue;
    if (own.every((edit) => edits.every((taken) => !touches(taken.range, edit.range)))) edits.push(...own);
  }
  return edits;
}

/** More rounds than fixes that wait for each other need. */
const MAX_ROUNDS = 20;

/** What fixing all of them comes to. */
export interface FixedAll {
  /** One change for each file, in whole lines. */
  changes: FileChange[];
  /** What is said of the files then. */
  left: FileDiagnostics[];
}

/**
 * Plans the fixes of what `look` says of the files. `look` is asked again about the texts of each round, by path; `read` gives the text of
 * a file as it is. Nothing is written.
 */
export async function fixAll(
  look: (texts: ReadonlyMap<string, string>) => Promise<FileDiagnostics[]>,
  read: (path: string) => Promise<string>,
  choice: FixChoice,
): Promise<FixedAll> {
  const original = new Map<string, string>();
  const texts = new Map<string, string>();
  let left = await look(texts);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let isChanged = false;
    for (const { path, diagnostics } of left) {
      const edits = editsTogether(path, diagnostics, choice);
      if (edits.length === 0) continue;
      const before = texts.get(path) ?? (await read(path));
      if (!original.has(path)) original.set(path, before);
      const after = applyEdits(before, edits);
      isChanged ||= after !== before;
      texts.set(path, after);
    }
    if (!isChanged) break;
    left = await look(texts);
  }
  const changes = [...texts].flatMap(([path, text]): FileChange[] => {
    const edits = lineEdits(original.get(path) ?? '', text);
    return edits.length === 0 ? [] : [{ kind: 'edit', path, edits }];
  });
  return { changes, left };
}

function before(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** Whether two ranges share a place; ranges that only meet at an end do, so that the cursor behind a word counts. */
export function touches(a: Range, b: Range): boolean {
  return !before(a.end, b.start) && !before(b.end, a.start);
}

function sameRange(a: Range, b: Range): boolean {
  return !before(a.start, b.start) && !before(b.start, a.start) && !before(a.end, b.end) && !before(b.end, a.end);
}
