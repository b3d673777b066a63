// Diagnostics on paper: text for people, JSON for programs, SARIF 2.1.0 for code scanning.
import { enforcerNames, type Diagnostic, type FileChange, type FileDiagnostics, type Severity } from '../text/diagnostic';
import { editsTogether } from '../text/fixAll';
import type { Io } from './io';
import { shownPath } from './paths';

export type CheckFormat = 'text' | 'json' | 'sarif';

/** A rule as SARIF lists it. */
export interface Rule {
  code: string;
  severity: Severity;
  documentation: string;
}

const SARIF_LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };

/** What a report needs beside the diagnostics. */
export interface ReportOptions {
  /** What SARIF should describe. */
  rules: readonly Rule[];
  /** What `--fix` changed, or would; undefined where nothing was to be. */
  changes?: readonly FileChange[];
}

/** Prints the diagnostics of files. */
export function printCheck(
  io: Io,
  files: readonly FileDiagnostics[],
  format: CheckFormat,
  { rules, changes }: ReportOptions,
): void {
  const shown = files.map(({ path, diagnostics }) => ({ path: shownPath(io.cwd, path), diagnostics }));
  if (format === 'text') io.out(asText(shown) + (changes === undefined ? fixHint(files) : ''));
  else if (format === 'sarif') io.out(`${JSON.stringify(asSarif(shown, rules), null, 2)}\n`);
  else {
    const changed = changes?.map((change) => ({ ...change, path: shownPath(io.cwd, change.path) }));
    io.out(`${JSON.stringify({ ...asJson(shown), ...(changed !== undefined && { changes: changed }) }, null, 2)}\n`);
  }
}

/** In how many files the same command mends something; what somebody has to look at is not counted. */
function fixHint(files: readonly FileDiagnostics[]): string {
  const count = files.filter(({ path, diagnostics }) => editsTogether(path, diagnostics).length > 0).length;
  return count === 0 ? '' : `--fix mends what has one right answer, in ${count} of them; --fix --dry-run shows it.\n`;
}

function asText(files: readonly FileDiagnostics[]): string {
  const lines = files.flatMap(({ path, diagnostics }) => diagnostics.map((diagnostic) => textLine(path, diagnostic)));
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = files.flatMap((file) => file.diagnostics).filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 || severity === 'info' ? '' : 's'}`];
  });
  const checked = `${files.length} file${files.length === 1 ? '' : 's'} checked`;
  return [...lines, `${checked}: ${counts.length === 0 ? 'nothing to complain about' : counts.join(', ')}.`, ''].join('\n');
}

/** One diagnostic as a line that terminals and editors can follow. */
export function textLine(path: string, diagnostic: Diagnostic): string {
  const { severity, message, code, range } = diagnostic;
  const who = enforcerNames(diagnostic);
  const refused = who.length === 0 ? '' : ` (refused by ${who.join(' and ')})`;
  return `${path}:${range.start.line + 1}:${range.start.character + 1}: ${severity}: ${message}${refused} [${code}]`;
}

/** What a preflight adds: what Kong would do with each plugin. */
export interface PluginReport {
  name: string;
  dir: string;
  verdict: string;
  message: string;
  /** The verdict of each way on which it may reach a node. */
  ways: readonly { way: string; verdict: string; message: string }[];
}

/** The JSON document of check and preflight; paths are shown as they are. */
export function asJson(files: readonly FileDiagnostics[], plugins: readonly PluginReport[] = []): object {
  return {
    files: files.map(({ path, diagnostics }) => ({
      path,
      diagnostics: diagnostics.map(({ code, severity, message, range, enforcedBy, fixes }) => ({
        code,
        severity,
        message,
        range,
        enforcedBy,
        ...(fixes !== undefined && { fixes: fixes.map(({ title, safe }) => ({ title, safe })) }),
      })),
    })),
    plugins,
  };
}

function asSarif(files: readonly FileDiagnostics[], rules: readonly Rule[]): unknown {
  const used = new Set(files.flatMap((file) => file.diagnostics.map((diagnostic) => diagnostic.code)));
  const listed = rules.filter((rule) => used.has(rule.code));
  const index = new Map(listed.map((rule, i) => [rule.code, i]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kong-plugin check',
            rules: listed.map(({ code, severity, documentation }) => ({
              id: code,
              fullDescription: { text: documentation },
              defaultConfiguration: { level: SARIF_LEVELS[severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: files.flatMap(({ path, diagnostics }) =>
          diagnostics.map((diagnostic) => sarifResult(path, diagnostic, index.get(diagnostic.code))),
        ),
      },
    ],
  };
}

function sarifResult(
  path: string,
  { code, severity, message, range, enforcedBy }: Diagnostic,
  ruleIndex: number | undefined,
): unknown {
  return {
    ruleId: code,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: SARIF_LEVELS[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/') },
          region: {
            startLine: range.start.line + 1,
            startColumn: range.start.character + 1,
            endLine: range.end.line + 1,
            endColumn: range.end.character + 1,
          },
        },
      },
    ],
    properties: { enforcedBy },
  };
}
