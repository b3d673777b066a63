// What a person reads when pointing at a plugin's code: a name of the PDK, a field of the configuration, a phase.
import { rangeOf } from '../../lua/mend';
import type { Span } from '../../lua/source';
import type { SyntaxNode } from '../../lua/walk';
import type { Range } from '../../text/diagnostic';
import { fieldOfPath, likelyPath } from './configPath';
import { fieldList, fieldMarkdown } from './fieldDoc';
import { touches, type Opened } from './opened';
import { pdkMarkdown } from './pdkWords';
import { phaseMarkdown } from './phaseWords';

/** Markdown and the stretch it is about. */
export interface CodeHover {
  markdown: string;
  range: Range;
}

/** The hover at a place; undefined where there is nothing to say that is Kong's. `withoutPdk`: names of `kong` are somebody else's to explain. */
export function hoverCode(opened: Opened, withoutPdk = false): CodeHover | undefined {
  const { file, offset } = opened;
  for (let i = file.nodes.length - 1; i >= 0; i--) {
    const node = file.nodes[i];
    const named = node === undefined ? undefined : nameIn(node);
    if (node === undefined || named === undefined || !touches(named, offset)) continue;
    const markdown = phaseAt(opened, node) ?? fieldAtNode(opened, node) ?? (withoutPdk ? undefined : pdkAt(opened, node));
    if (markdown !== undefined) return { markdown, range: rangeOf(file.source, named) };
    // A name inside of another one is closer to the person than what is around it.
    if (node.kind !== 'string') return undefined;
  }
  return undefined;
}

/** The part of an expression that is its name: of `kong.request.get_path` the last. */
function nameIn(node: SyntaxNode): Span | undefined {
  switch (node.kind) {
    case 'index':
      return node.key.kind === 'string' ? node.key : undefined;
    case 'method':
      return node.name;
    case 'local':
    case 'global':
      return node;
    default:
      return undefined;
  }
}

function phaseAt({ context, file }: Opened, node: SyntaxNode): string | undefined {
  const parent = file.parents.get(node);
  if (node.kind !== 'index' || node.key.kind !== 'string' || parent?.kind !== 'assign') return undefined;
  const value = parent.values[parent.targets.indexOf(node)];
  const isPhase = context.reach.entries.some((entry) => entry.function === value && entry.phase !== 'timer');
  return isPhase ? phaseMarkdown(node.key.value, context.version) : undefined;
}

function fieldAtNode({ context, file }: Opened, node: SyntaxNode): string | undefined {
  if (node.kind !== 'index' && node.kind !== 'local') return undefined;
  const path = likelyPath(node, file, context);
  if (path === undefined || context.schema === undefined) return undefined;
  if (path.length === 0) return [`**The configuration** of ${context.program.plugin}`, fieldList(context.schema)].join('\n\n');
  const field = fieldOfPath(context.schema, path);
  return field && fieldMarkdown(path, field);
}

function pdkAt({ context, file }: Opened, node: SyntaxNode): string | undefined {
  if (node.kind !== 'index' && node.kind !== 'local' && node.kind !== 'global' && node.kind !== 'method') return undefined;
  const found =
    node.kind === 'method' ? context.program.member(node.object, node.name.value, file) : context.program.meaning(node, file);
  if (found?.kind !== 'global' || !/^kong(?:\.|$)/.test(found.name)) return undefined;
  return pdkMarkdown(found.name, context.version);
}
