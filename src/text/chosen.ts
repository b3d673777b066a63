// What people choose of single checks: another severity, none at all, or silence for one line by a comment in the file.
import type { Diagnostic, Severity } from './diagnostic';

const SEVERITIES: readonly (Severity | 'off')[] = ['error', 'warning', 'info', 'hint', 'off'];

/** Severities by the code of a check; `off` says nothing of it. */
export type Choices = Readonly<Record<string, Severity | 'off'>>;

/** `-- kong-plugin: ignore kong/pdk-phase, kong/global-write` (in YAML behind `#`) and, behind the codes, why. */
const COMMENT = /(?:--|#)\s*kong-plugin:\s*ignore\s+([\w-]+\/[\w-]+(?:\s*,\s*[\w-]+\/[\w-]+)*)/;

/**
 * The diagnostics of a file as its text and the choices want them. A comment counts for its own line or, where it stands alone, for the next
 * one. What LuaRocks or Kong refuse stays: they do not read comments.
 */
export function asChosen(diagnostics: readonly Diagnostic[], text: string, choices: Choices = {}): Diagnostic[] {
  if (diagnostics.length === 0) return [];
  const ignored = ignoredLines(text);
  return diagnostics.flatMap((diagnostic) => {
    const { code, enforcedBy, range } = diagnostic;
    if (enforcedBy.length > 0) return [diagnostic];
    const chosen = choices[code] ?? diagnostic.severity;
    if (chosen === 'off' || ignored.get(range.start.line)?.has(code) === true) return [];
    return [chosen === diagnostic.severity ? diagnostic : { ...diagnostic, severity: chosen }];
  });
}

/** The codes that comments silence, by line. */
function ignoredLines(text: string): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>();
  if (!text.includes('kong-plugin:')) return found;
  for (const [line, written] of text.split(/\r\n|\n|\r/).entries()) {
    const match = COMMENT.exec(written);
    if (match === null) continue;
    const isAlone = written.slice(0, match.index).trim() === '';
    const at = isAlone ? line + 1 : line;
    const codes = (match[1] ?? '').split(',').map((code) => code.trim());
    found.set(at, new Set([...(found.get(at) ?? []), ...codes]));
  }
  return found;
}

/** What of a value is choices: codes with a severity or `off`; anything else in it is left out. */
export function readChoices(value: unknown): Choices {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([code, severity]: [string, unknown]) => {
      const known = SEVERITIES.find((one) => one === severity);
      return known === undefined ? [] : [[code, known]];
    }),
  );
}
