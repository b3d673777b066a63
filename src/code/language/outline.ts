// The functions of a plugin's file and the phases that lead to them, and a schema as the tree of its configuration.
import type { FunctionExpression } from '../../lua/ast';
import { rangeOf } from '../../lua/mend';
import type { Position, Range } from '../../text/diagnostic';
import { functionName } from '../calls';
import type { CodeContext } from '../checks/context';
import type { CodeFile } from '../file';
import type { SchemaField, SchemaRecord } from '../schemaFields';
import { fieldDetail } from './fieldDoc';
import { definitionOf } from './places';

/** A label to show behind a position. */
export interface CodeHint {
  position: Position;
  label: string;
  tooltip: string;
}

/** One symbol of a file. */
export interface CodeSymbol {
  name: string;
  detail: string;
  kind: 'phase' | 'function' | 'record' | 'field';
  range: Range;
  selection: Range;
  children: CodeSymbol[];
}

/** Behind the parameters of every named function that is no phase itself: the phases that lead to it. */
export function phaseHints(file: CodeFile, { reach }: CodeContext): CodeHint[] {
  return namedFunctions(file).flatMap((node) => {
    const ways = reach.ways.get(node) ?? [];
    if (ways.length === 0 || reach.entries.some((entry) => entry.function === node && entry.phase !== 'timer')) return [];
    const phases = ways.map(({ entry }) => entry.phase);
    const { start } = node.body.block;
    return {
      position: rangeOf(file.source, { start, end: start }).end,
      label: `← ${phases.join(', ')}`,
      tooltip: `Runs in ${phases.join(', ')}: the phases whose calls lead to this function.`,
    };
  });
}

/** The functions of a file that have a name, phases among them; of a schema the fields that the file itself defines. */
export function outlineOf(file: CodeFile, context: CodeContext): CodeSymbol[] {
  if (file.module === `kong.plugins.${context.program.plugin}.schema` && context.schema !== undefined) {
    return fieldSymbols(context.schema, file);
  }
  return namedFunctions(file).map((node) => {
    const entry = context.reach.entries.find((candidate) => candidate.function === node && candidate.phase !== 'timer');
    const ways = context.reach.ways.get(node) ?? [];
    const range = rangeOf(file.source, node);
    return {
      name: functionName(node, file),
      detail: entry === undefined ? ways.map((way) => way.entry.phase).join(', ') : 'phase',
      kind: entry === undefined ? 'function' : 'phase',
      range,
      selection: { start: range.start, end: range.start },
      children: [],
    };
  });
}

/** The functions that have a name of their own, outermost first. */
function namedFunctions(file: CodeFile): FunctionExpression[] {
  return file.nodes.filter((node): node is FunctionExpression => {
    if (node.kind !== 'function') return false;
    const parent = file.parents.get(node);
    return parent?.kind === 'localFunction' || parent?.kind === 'localStatement' || parent?.kind === 'assign';
  });
}

function fieldSymbols({ fields }: SchemaRecord, file: CodeFile): CodeSymbol[] {
  return [...fields.values()].flatMap((field) => {
    const place = definitionOf(field);
    if (place?.path === undefined || place.path !== file.source.path) return [];
    return {
      name: field.name,
      detail: fieldDetail(field),
      kind: field.record === undefined ? 'field' : 'record',
      range: wholeRange(field, place.range),
      selection: place.range,
      children: field.record === undefined ? [] : fieldSymbols(field.record, file),
    };
  });
}

/** The name and what stands behind it. */
function wholeRange({ place, definition }: SchemaField, name: Range): Range {
  const made = definition?.place;
  if (place === undefined || made?.source !== place.source || made.end < place.end) return name;
  return { start: name.start, end: rangeOf(made.source, { start: made.end, end: made.end }).end };
}
