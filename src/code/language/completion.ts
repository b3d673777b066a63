// What may be written at a place of a plugin's code: names of the PDK, fields of the configuration, phases of the handler, modules.
import type { FunctionExpression, StringExpression } from '../../lua/ast';
import { rangeOf } from '../../lua/mend';
import type { Span } from '../../lua/source';
import { PHASES } from '../../kong/pdk/phases';
import { isAtLeast } from '../../kong/versions';
import { pdkName } from '../../kong/pdk/pdk';
import type { Range } from '../../text/diagnostic';
import { likelyRecord, type LikelyRecord } from './listItems';
import { fieldDetail, fieldMarkdown } from './fieldDoc';
import { touches, type Opened } from './opened';
import { callWords, mayCall, pdkMarkdown, pdkMembers } from './pdkWords';
import { parametersOf, phaseMarkdown } from './phaseWords';

/** One suggestion: `insertText` takes the place of `range`; as a snippet, `$0` is where the cursor goes. */
export interface CodeSuggestion {
  label: string;
  kind: 'function' | 'method' | 'field' | 'table' | 'phase' | 'module';
  insertText: string;
  snippet: boolean;
  range: Range;
  detail: string;
  documentation: string | undefined;
  /** Suggestions are shown in this order. */
  rank: number;
}

/** What completion knows beside the code. */
export interface CompletionChoice {
  /** Modules that may be required here, each with where it comes from; asked for only where one is written. */
  modules: (begun: string) => Iterable<{ name: string; from: string }>;
  /** Names of `kong` are completed by somebody else. */
  withoutPdk: boolean;
}

/** The suggestions at a place. */
export function completeCode(opened: Opened, choice: CompletionChoice): CodeSuggestion[] {
  const { file, offset } = opened;
  for (let i = file.nodes.length - 1; i >= 0; i--) {
    const node = file.nodes[i];
    if (node === undefined || !touches(node, offset)) continue;
    if (node.kind === 'string' && isQuotedAround(node, opened)) return inQuotes(opened, node, choice);
    if (node.kind === 'method' && touches(node.name, offset)) {
      const object = opened.context.program.meaning(node.object, file);
      return object?.kind === 'global' && !choice.withoutPdk ? pdkSuggestions(opened, object.name, node.name, ':') : [];
    }
    if (node.kind !== 'index' || node.key.kind !== 'string' || !touches(node.key, offset)) continue;
    const separator = file.source.bytes.slice(node.object.end, node.key.start).trim();
    if (separator !== '.' && separator !== ':') continue;
    const parent = file.parents.get(node);
    const isDeclared = parent?.kind === 'assign' && parent.targets[0] === node && parent.values[0]?.kind === 'function';
    if (isDeclared && file.source.bytes.startsWith('function', parent.start)) {
      return phaseSuggestions(opened, node.key, separator);
    }
    if (separator === ':') return [];
    const found = likelyRecord(node.object, file, opened.context);
    if (found !== undefined) return fieldSuggestions(opened, found, node.key);
    const object = opened.context.program.meaning(node.object, file);
    return object?.kind === 'global' && !choice.withoutPdk ? pdkSuggestions(opened, object.name, node.key, '.') : [];
  }
  return [];
}

function pdkSuggestions({ context, file }: Opened, table: string, written: Span, separator: '.' | ':'): CodeSuggestion[] {
  if (table !== 'kong' && !table.startsWith('kong.')) return [];
  const { version } = context;
  const range = rangeOf(file.source, written);
  const phases = phasesAround(context, file, written);
  return pdkMembers(table, version)
    .filter(({ kind }) => (kind === 'method') === (separator === ':'))
    .map(({ name, full, kind }, index) => {
      const refused = phases.filter((phase) => !mayCall(full, phase, version));
      const found = pdkName(full, version);
      const call = found.kind === 'function' ? callWords(found.function) : found.kind === 'field' ? found.field.type : '';
      return {
        label: name,
        kind,
        insertText: name,
        snippet: false,
        range,
        detail: refused.length === 0 ? call : `${call} — not in ${refused.join(', ')}`,
        documentation: pdkMarkdown(full, version),
        // What may not be called here is there to be read, behind what may.
        rank: refused.length === 0 ? index : index + LAST,
      };
    });
}

const LAST = 10_000;

/** The phases that lead to a place. */
function phasesAround({ reach }: Opened['context'], file: Opened['file'], { start }: Span): string[] {
  const around = file.nodes.findLast((node): node is FunctionExpression => node.kind === 'function' && touches(node, start));
  const ways = around === undefined ? [] : (reach.ways.get(around) ?? []);
  return ways.map(({ entry }) => entry.phase);
}

function fieldSuggestions({ file }: Opened, { path, record }: LikelyRecord, written: Span): CodeSuggestion[] {
  const range = rangeOf(file.source, written);
  return [...(record?.fields.values() ?? [])].map((field, rank) => ({
    label: field.name,
    kind: 'field',
    insertText: field.name,
    snippet: false,
    range,
    detail: fieldDetail(field),
    documentation: fieldMarkdown([...path, field.name], field),
    rank,
  }));
}

/** Phases that the handler does not have yet. */
function phaseSuggestions({ context, file }: Opened, written: Span, separator: '.' | ':'): CodeSuggestion[] {
  const { program, version } = context;
  if (file.module !== `kong.plugins.${program.plugin}.handler`) return [];
  const handler = program.returned(file.module);
  const present = handler?.kind === 'table' ? program.fields(handler)?.values : undefined;
  const own = file.source.text(written);
  // Somebody who renames a phase has its parameters and body already.
  const isWhole = !isPutIn(file, written);
  const range = rangeOf(file.source, written);
  return PHASES.filter(({ name, from }) => isAtLeast(version, from) && (name === own || present?.has(name) !== true)).map(
    ({ name }, rank) => {
      const parameters = [...(separator === '.' ? ['self'] : []), ...parametersOf(name)].join(', ');
      return {
        label: name,
        kind: 'phase',
        insertText: isWhole ? name : `${name}(${parameters})\n\t$0\nend`,
        snippet: !isWhole,
        range,
        detail: `(${parameters})`,
        documentation: phaseMarkdown(name, version),
        rank,
      };
    },
  );
}

/** Whether the parentheses behind a name were put in because somebody has not written them yet. */
function isPutIn(file: Opened['file'], { end }: Span): boolean {
  const open = file.source.bytes.indexOf('(', end);
  const { start, end: behind } = rangeOf(file.source, { start: open, end: open + 1 });
  return start.line === behind.line && start.character === behind.character;
}

/** Whether an offset is between the quotes of a text. */
function isQuotedAround({ start, end }: Span, { file, offset }: Opened): boolean {
  return start < offset && offset < end && /["']/.test(file.source.bytes.charAt(start));
}

/** The name of a module, or of a field in brackets. */
function inQuotes(opened: Opened, written: StringExpression, choice: CompletionChoice): CodeSuggestion[] {
  const { file } = opened;
  const parent = file.parents.get(written);
  const inner = { start: written.start + 1, end: written.end - 1 };
  if (parent?.kind === 'index' && parent.key === written) {
    const found = likelyRecord(parent.object, file, opened.context);
    return found === undefined ? [] : fieldSuggestions(opened, found, inner);
  }
  const isModule = parent?.kind === 'call' && parent.callee.kind === 'global' && parent.callee.name === 'require';
  return isModule ? moduleSuggestions(opened, inner, choice) : [];
}

function moduleSuggestions({ file, offset }: Opened, written: Span, { modules }: CompletionChoice): CodeSuggestion[] {
  const range = rangeOf(file.source, written);
  const begun = file.source.text({ start: written.start, end: offset });
  return [...modules(begun)].map(({ name, from }, rank) => ({
    label: name,
    kind: 'module',
    insertText: name,
    snippet: false,
    range,
    detail: from,
    documentation: undefined,
    rank,
  }));
}
