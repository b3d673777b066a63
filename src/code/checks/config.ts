// Checks of what the code reads of the configuration, against the schema.
import type { Expression } from '../../lua/ast';
import { didYouMean, nearestName } from '../../rockspec/checks/didYouMean';
import type { Fix } from '../../text/diagnostic';
import { isWritten } from '../calls';
import { conditionsAround } from '../conditions';
import type { CodeFile } from '../file';
import { fieldAt } from '../schemaFields';
import { addToSchema, orEmpty } from './configFixes';
import type { CodeCheck, CodeContext, CodeProblem } from './context';

export const CONFIG_CHECKS: readonly CodeCheck[] = [
  {
    code: 'kong/conf-field',
    severity: 'warning',
    documentation:
      'The code reads a field of the configuration that the schema does not have: it is always nil. Write the name that the schema has, or add the field to it.',
    run: missingFields,
  },
  {
    code: 'kong/conf-may-be-nil',
    severity: 'warning',
    documentation:
      'The field is neither required nor has it a default, so it is nil in a configuration that leaves it out, and nothing in the code looks whether it is there. Indexing it, its length, joining it or iterating over it then raises. Give it a default, require it, or look first.',
    run: uncheckedUses,
  },
  {
    code: 'kong/conf-unread',
    severity: 'hint',
    documentation: 'The schema has a field that no code of the plugin reads. Use it, or take it out of the schema.',
    run: unreadFields,
  },
];

/** What Kong itself puts into the configuration that a phase gets. */
const OF_KONG =
  /^(?:__.*|(?:service|route|consumer|consumer_group|api|plugin)_id|plugin_instance_name|id|name|enabled|protocols|tags|ordering|created_at|updated_at)$/;

/** Every expression that is a field of the configuration, with its path. */
function* reads({ program, config }: CodeContext): Iterable<{ node: Expression; path: readonly string[]; file: CodeFile }> {
  for (const file of program.files) {
    for (const node of file.nodes) {
      if (node.kind !== 'index' && node.kind !== 'local') continue;
      const path = config.pathOf(node, file);
      if (path !== undefined) yield { node, path, file };
    }
  }
}

function* missingFields(context: CodeContext): Iterable<CodeProblem> {
  const { schema, config } = context;
  if (schema === undefined || writesUnderAnyName(context)) return;
  for (const { node, path, file } of reads(context)) {
    if (node.kind !== 'index' || node.key.kind !== 'string' || isWritten(node, file)) continue;
    const found = fieldAt(schema, path);
    if (found?.kind !== 'missing' || found.depth !== path.length - 1) continue;
    if ((found.depth === 0 && OF_KONG.test(found.name)) || config.mayBeWritten(found.name)) continue;
    const meant = nearestName(found.name, [...found.record.fields.keys()]);
    const where = path.length === 1 ? 'The schema' : `${path.slice(0, -1).join('.')} in the schema`;
    const message = `${where} has no field ${found.name}: it is always nil.${didYouMean(meant)}`;
    yield {
      file,
      at: node.key,
      message,
      fixes: [...renaming(node, file, meant), ...addToSchema(node, found.name, found.record, file)],
    };
  }
}

function renaming(node: Expression, file: CodeFile, meant: string | undefined): Fix[] {
  const { path } = file.source;
  if (path === undefined || meant === undefined || node.kind !== 'index') return [];
  if (file.source.bytes.slice(node.object.end, node.key.start) !== '.') return [];
  return [
    {
      title: `Write ${meant}`,
      changes: [{ kind: 'edit', path, edits: [{ range: file.source.range(node.key), newText: meant }] }],
      safe: false,
    },
  ];
}

/** Whether the code writes fields of the configuration, or of something it is handed, under names that only a run can tell. */
function writesUnderAnyName({ program, config }: CodeContext): boolean {
  return program.files.some((file) =>
    file.nodes.some(
      (node) =>
        node.kind === 'assign' &&
        node.targets.some((target) => {
          if (target.kind !== 'index' || target.key.kind === 'string' || target.key.kind === 'number') return false;
          if (config.pathOf(target.object, file) !== undefined) return true;
          if (target.object.kind !== 'local') return false;
          return file.given.get(target.object.variable)?.some(({ kind }) => kind === 'parameter') === true;
        }),
    ),
  );
}

/** Uses that raise when the value is nil. */
function raisesForNil(node: Expression, file: CodeFile, context: CodeContext): boolean {
  const parent = file.parents.get(node);
  switch (parent?.kind) {
    case 'index':
    case 'method':
      return parent.object === node;
    case 'unary':
      return parent.operator !== 'not';
    case 'binary':
      return parent.operator !== '==' && parent.operator !== '~=';
    case 'call': {
      if (parent.arguments[0] !== node) return false;
      const callee = context.program.meaning(parent.callee, file);
      return callee?.kind === 'global' && /^(?:ipairs|pairs|table\.concat|unpack)$/.test(callee.name);
    }
    default:
      return false;
  }
}

function* uncheckedUses(context: CodeContext): Iterable<CodeProblem> {
  const { schema, config } = context;
  if (schema === undefined) return;
  const all = [...reads(context)];
  /** Paths that something other than a use that raises is made of: the code may look there. */
  const looked = new Set(
    all
      .filter(({ node, file }) => !isPassedOn(node, file) && !raisesForNil(node, file, context))
      .map(({ path }) => path.join('.')),
  );
  for (const { node, path, file } of all) {
    const found = path.length === 0 ? undefined : fieldAt(schema, path);
    if (found?.kind !== 'field' || found.field.always || found.field.type === '' || looked.has(path.join('.'))) continue;
    const around = path.length === 1 ? schema : parentRecord(context, path);
    if (around === undefined || around.hasChecks || schema.hasChecks || !raisesForNil(node, file, context)) continue;
    const [name = ''] = path;
    if (config.mayBeWritten(path.at(-1) ?? name)) continue;
    if (!isAlwaysReached(node, file, context)) continue;
    const message = `${path.join('.')} may be nil: the schema neither requires it nor gives it a default, and nothing here looks.`;
    yield { file, at: node, message, fixes: orEmpty(node, found.field.type, file) };
  }
}

/** Whether a phase makes the use whatever else is so: no condition stands before it, nor before the calls that lead to it. */
function isAlwaysReached(node: Expression, file: CodeFile, { reach }: CodeContext): boolean {
  const within = file.functions.get(node);
  const ways = within === undefined ? [] : (reach.ways.get(within) ?? []);
  return (
    conditionsAround(node, file).length === 0 &&
    ways.some(
      ({ entry, edges }) => entry.phase !== 'timer' && edges.every((edge) => conditionsAround(edge.at, edge.file).length === 0),
    )
  );
}

function parentRecord({ schema }: CodeContext, path: readonly string[]): CodeContext['schema'] {
  const found = schema === undefined ? undefined : fieldAt(schema, path.slice(0, -1));
  return found?.kind === 'field' ? found.field.record : undefined;
}

/** Whether a value is only given to a local, whose uses are seen themselves. */
function isPassedOn(node: Expression, file: CodeFile): boolean {
  const parent = file.parents.get(node);
  if (parent?.kind === 'localStatement') {
    const variable = parent.variables[parent.values.indexOf(node)];
    return variable !== undefined && file.given.get(variable)?.length === 1;
  }
  return isWritten(node, file);
}

function* unreadFields(context: CodeContext): Iterable<CodeProblem> {
  const { schema, program, config, graph, reach } = context;
  if (schema?.complete !== true || schema.fields.size === 0) return;
  if (reach.entries.some(({ phase }) => phase === 'configure') || reach.entries.length === 0) return;
  const read = new Set<string>();
  for (const { node, path, file } of reads(context)) {
    const [name] = path;
    if (name !== undefined) read.add(name);
    else if (!isStepOrKnown(node, file, graph, config)) return;
  }
  if (read.size === 0 || mentionsPlugins(program.files)) return;
  for (const { name, place, shorthand } of schema.fields.values()) {
    if (read.has(name) || place === undefined || shorthand) continue;
    const file = program.files.find(({ source }) => source.path === place.source.path);
    if (file !== undefined) yield { file, at: place, message: `No code of the plugin reads ${name}.` };
  }
}

/** Whether the whole configuration is only taken a field of, or handed to a function that is seen. */
function isStepOrKnown(node: Expression, file: CodeFile, graph: CodeContext['graph'], config: CodeContext['config']): boolean {
  const parent = file.parents.get(node);
  if (parent?.kind === 'index') return parent.object === node && parent.key.kind === 'string';
  if (parent?.kind === 'localStatement') return isPassedOn(node, file);
  if (parent?.kind !== 'call' && parent?.kind !== 'method') return false;
  const call = graph.calls.find((one) => one.node === parent);
  if (call?.callee?.kind !== 'function') return false;
  const index = parent.arguments.indexOf(node) + (parent.kind === 'method' ? 1 : 0);
  const parameter = call.callee.function.body.parameters[index];
  return parameter !== undefined && config.parameters.has(parameter);
}

/** Whether the code may reach the configuration through the entity of the plugin. */
function mentionsPlugins(files: readonly CodeFile[]): boolean {
  return files.some((file) =>
    file.nodes.some(
      (node) => node.kind === 'index' && node.key.kind === 'string' && /^plugins(?:_iterator)?$/.test(node.key.value),
    ),
  );
}
