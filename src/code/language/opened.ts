// A plugin's code as one looks at it in an editor, also while it is being written: the file at the cursor in its program.
import { mend } from '../../lua/mend';
import { parse } from '../../lua/parser';
import { LuaSource, type Span } from '../../lua/source';
import type { Value } from '../../lua/values';
import type { KongVersion } from '../../kong/versions';
import type { Position } from '../../text/diagnostic';
import { codeContext } from '../check';
import type { CodeContext } from '../checks/context';
import type { CodeFile } from '../file';

/** A plugin's code to look at. */
export interface OpenCode {
  name: string;
  /** By module name; they need not parse. */
  sources: ReadonlyMap<string, LuaSource>;
  /** What its schema.lua returns; undefined when that is not known. */
  schema: Value;
  version: KongVersion;
}

/** A place in it. */
export interface Opened {
  context: CodeContext;
  file: CodeFile;
  /** A byte offset in the file's source, which may be a mended one. */
  offset: number;
  /** The same place in the person's own text. */
  position: Position;
}

/** Programs of code in which nothing was put in at a cursor. */
const known = new WeakMap<ReadonlyMap<string, LuaSource>, Map<Value, CodeContext>>();

/** The program of a plugin whose files are made to parse. */
export function openProgram(code: OpenCode): CodeContext {
  const bySchema = known.get(code.sources) ?? new Map<Value, CodeContext>();
  known.set(code.sources, bySchema);
  const context = bySchema.get(code.schema) ?? contextOf(code, (source) => mend(source).source);
  bySchema.set(code.schema, context);
  return context;
}

/** The place of a position in a file; undefined when the file is none of the plugin's, or cannot be read at all. */
export function openAt(code: OpenCode, path: string, position: Position): Opened | undefined {
  const [module, written] = [...code.sources].find(([, candidate]) => candidate.path === path) ?? [];
  if (module === undefined || written === undefined) return undefined;
  const source = module === handlerOf(code) ? returning(written) : written;
  const at = source.offset(position);
  const mended = mend(source, at);
  const context = mended.atCursor
    ? contextOf(code, (other) => (other === source ? mended.source : mend(other).source))
    : openProgram(code);
  const file = context.program.files.find((candidate) => candidate.source === mended.source);
  return file && { context, file, offset: mended.toMended(at), position };
}

/** A whole file of it; undefined when it is none of the plugin's. */
export function openFile(code: OpenCode, path: string): Pick<Opened, 'context' | 'file'> | undefined {
  const context = openProgram(code);
  const file = context.program.files.find(({ source }) => source.path === path);
  return file && { context, file };
}

/** Whether an offset is in a span or at its end, where a cursor still belongs to it. */
export function touches({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}

function handlerOf({ name }: OpenCode): string {
  return `kong.plugins.${name}.handler`;
}

function contextOf(code: OpenCode, readable: (source: LuaSource) => LuaSource): CodeContext {
  const sources = new Map<string, LuaSource>();
  for (const [module, source] of code.sources) {
    sources.set(module, readable(module === handlerOf(code) ? returning(source) : source));
  }
  return codeContext({ name: code.name, sources, schema: code.schema }, code.version);
}

const returnings = new WeakMap<LuaSource, LuaSource>();

/** A handler that does not return its table yet, as if it did: its phases are known by the functions that are written into a table. */
function returning(source: LuaSource): LuaSource {
  const known = returnings.get(source);
  if (known !== undefined) return known;
  const table = /^function[ \t]+(\w+)[.:]/m.exec(source.bytes)?.[1];
  const returns = table === undefined || /^return\b/m.test(source.bytes) || lastReturns(source);
  const whole = returns ? source : new LuaSource(Buffer.from(`${source.bytes}\nreturn ${table}`, 'latin1'), source.path);
  returnings.set(source, whole);
  return whole;
}

function lastReturns(source: LuaSource): boolean {
  return parse(source, 'luajit').chunk.body.block.statements.at(-1)?.kind === 'return';
}
