// What a person reads when pointing at a field: what it means, since when, and what it evaluates to.
import type { KongVersion } from '../kong/versions';
import { bundledRocks } from '../kong/bundledRocks';
import { LuaTable, textValue } from '../lua/values';
import type { Position, Range } from '../text/diagnostic';
import { Lines } from '../text/lines';
import { cursorAt } from './cursor';
import { fieldAt, shownValue, type Field } from './fieldAt';
import { fieldDoc, patternOf } from './fieldDocs';
import type { Rockspec } from './read';

/** Markdown and the stretch it is about. */
export interface Hover {
  markdown: string;
  range: Range;
}

/** The hover at a position; undefined where there is nothing to say. */
export function hoverAt(rockspec: Rockspec, text: string, position: Position, kong: KongVersion): Hover | undefined {
  const field = fieldAt(rockspec, position);
  // A table's own text is full of other things: only its name speaks of it.
  if (field !== undefined && !(field.on === 'value' && field.entry.value instanceof LuaTable)) {
    const lines = [title(field.path), ...about(field, kong)];
    return { markdown: lines.join('\n\n'), range: rockspec.source.range(field.place) };
  }
  return rockspec.syntaxError === undefined ? undefined : unreadHover(text, position);
}

function title(path: readonly string[]): string {
  return `**${path.map((key, index) => (/^[A-Za-z_]\w*$/.test(key) ? `${index > 0 ? '.' : ''}${key}` : `[${/^\d+$/.test(key) ? key : `"${escapeMarkdown(key)}"`}]`)).join('')}**`;
}

function about({ path, entry }: Field, kong: KongVersion): string[] {
  const lines: string[] = [];
  const doc = fieldDoc(path);
  if (doc !== undefined) lines.push(doc.text, ...since(doc.since));
  else if (path[0] !== undefined && path.length > 1) {
    const parent = fieldDoc(path.slice(0, -1));
    if (parent?.shape === 'list') lines.push(parent.text, ...since(parent.since));
  }
  const dependency =
    path[0]?.endsWith('dependencies') === true && path[0] !== 'external_dependencies' ? textValue(entry.value) : undefined;
  if (dependency !== undefined) lines.push(...bundled(dependency, kong));
  const value = shownValue(entry.value, 400);
  if (value !== undefined && !(entry.value instanceof LuaTable)) lines.push(codeBlock(value));
  else if (value !== undefined) lines.push(`Holds ${value}.`);
  else lines.push('Its value cannot be known without running the file.');
  return lines;
}

function since(format: string): string[] {
  return format === '1.0' ? [] : [`Needs \`rockspec_format = "${format}"\` or newer.`];
}

/** What the target Kong brings of a rock that is depended on. */
function bundled(dependency: string, kong: KongVersion): string[] {
  const name = /^\s*([\w.-]+)/.exec(dependency)?.[1]?.toLowerCase();
  if (name === undefined) return [];
  if (name === 'lua') return [`Kong ${kong.text} is LuaJIT, which LuaRocks takes for Lua 5.1.`];
  const version = bundledRocks(kong)?.rocks.get(name);
  return [
    version === undefined
      ? `Kong ${kong.text} does not bring it: it is installed with the plugin.`
      : `Kong ${kong.text} brings it (${version}).`,
  ];
}

/** While the file does not parse: the documentation of the field at hand. */
function unreadHover(text: string, position: Position): Hover | undefined {
  const lines = new Lines(text);
  const cursor = cursorAt(text, lines.offset(position));
  if (cursor === undefined) return undefined;
  const path =
    cursor.role === 'value' ? [...cursor.path, cursor.key ?? '#'] : [...cursor.path, text.slice(cursor.start, cursor.end)];
  const doc = fieldDoc(path);
  if (doc === undefined) return undefined;
  return {
    markdown: [`**${patternOf(path)}**`, doc.text, ...since(doc.since)].join('\n\n'),
    range: lines.range(cursor.start, cursor.end),
  };
}

function codeBlock(value: string): string {
  return `\`\`\`lua\n${value.replaceAll('```', "'''")}\n\`\`\``;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|~]/g, '\\$&');
}
