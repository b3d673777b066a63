// Declarative configurations and manifests checked as the Kong that would read them: what it would refuse, in its words, where it stands.
import { ENTERPRISE_PLUGINS } from '../../troubleshoot/enterprisePlugins';
import { Lines } from '../../text/lines';
import { byPosition, type Diagnostic, type Fix, type Severity } from '../../text/diagnostic';
import type { Schemas } from '../findSchema';
import { fixesOf, type WantedFixes } from '../language/fixes';
import type { Json } from '../luaTables';
import { validatePlugin } from '../validate';
import { EntityChecker, isObject, type ConfigProblem, type KnownItems, type ProblemKind } from './entities';
import { FILE_KEYS, isDeckFile, isManifestKind, knownFormats } from './forms';
import { readYaml, type Span, type Step, type YamlPart } from './yamlText';

/** A rule, for reports. */
export interface ConfigRule {
  code: string;
  severity: Severity;
  documentation: string;
}

const rule = (code: string, severity: Severity, documentation: string): ConfigRule => ({
  code: `config/${code}`,
  severity,
  documentation,
});

/** What can be wrong with a configuration. */
export const CONFIG_CHECKS: readonly ConfigRule[] = [
  rule('yaml', 'error', 'The text is no YAML or JSON that a reader takes.'),
  rule('twice', 'warning', 'A field stands twice in one place. Readers take the last one and say nothing.'),
  rule('more-documents', 'warning', 'Kong reads the first document of a file and nothing after it.'),
  rule('format-version', 'error', 'A declarative configuration says by _format_version, a text, how it is to be read.'),
  rule(
    'unknown-plugin',
    'error',
    'A plugin that is neither in the workspace nor ships with that Kong. Kong refuses the file while it is not enabled.',
  ),
  rule('unknown-field', 'error', 'A field that the schema does not have. Kong refuses it.'),
  rule('invalid', 'error', 'A value that the schema of the entity or plugin does not allow.'),
  rule('reference', 'error', 'A reference to an entity that the file does not have.'),
  rule('duplicate', 'error', 'Two entities that must differ have the same key.'),
  rule('too-large', 'info', 'A large file is checked by the command line, and not while it is being written.'),
  rule('unknown-schema', 'info', 'The schema of the plugin is not known here, so its configuration is not checked.'),
];

/** A fix reads the text again; nobody asks for more at once. */
const MOST_FIXES = 10;

/** What those want who look at a text again and again. */
export interface CheckWishes {
  /** What was found out when the text was looked at last. */
  known?: KnownItems;
  fixes?: WantedFixes;
}

/** The diagnostics of a configuration: kong.yml, a file of decK, manifests of plugins. Never throws for what is in it. */
export async function checkConfiguration(text: string, schemas: Schemas, wishes: CheckWishes = {}): Promise<Diagnostic[]> {
  const lines = new Lines(text);
  const found: { diagnostic: Diagnostic; fixes?: () => Promise<Fix[]> }[] = [];
  const add = (code: string, message: string, { start, end }: Span, fixes?: () => Promise<Fix[]>): void => {
    const rule = CONFIG_CHECKS.find((check) => check.code === `config/${code}`);
    const severity = rule?.severity ?? 'error';
    const range = lines.range(start, Math.max(start, end));
    const enforcedBy: Diagnostic['enforcedBy'] = severity === 'error' ? ['kong-load'] : [];
    found.push({ diagnostic: { code: `config/${code}`, severity, message, range, enforcedBy }, ...(fixes && { fixes }) });
  };
  const parts = readYaml(text);
  const areManifests = parts.some(({ data }) => isObject(data) && isManifest(data));
  for (const [i, part] of parts.entries()) {
    if (i > 0 && !areManifests) {
      add('more-documents', 'Kong reads only the first document of this file.', { start: part.start, end: part.start });
      break;
    }
    for (const problem of part.problems) add(problem.isFatal ? 'yaml' : 'twice', problem.message, problem);
    if (part.problems.some(({ isFatal }) => isFatal)) continue;
    const problems = areManifests
      ? await manifestProblems(part.data, schemas)
      : await fileProblems(part.data, schemas, wishes.known);
    const document = { start: part.start, end: parts[i + 1]?.start ?? text.length };
    const place = { text, lines, open: { tree: part.document, schemas }, document, problems };
    for (const problem of problems) {
      const span = spanFor(problem, part);
      const fixes = wishes.fixes && ((): Promise<Fix[]> => fixesOf(problem, place, wishes.fixes?.path ?? ''));
      add(problem.kind, masked(problem.message, problem.path, part.data), span, fixes);
    }
  }
  if (parts.length === 0) add('yaml', 'expected an object', { start: 0, end: 0 });
  // What an anchor stands for is wrong in one place, however often it is used.
  const unique = new Map(found.map((one) => [JSON.stringify(one.diagnostic), one]));
  let made = 0;
  for (const { diagnostic, fixes } of unique.values()) {
    if (fixes === undefined || wishes.fixes?.isWanted(diagnostic.range) !== true || ++made > MOST_FIXES) continue;
    diagnostic.fixes = await fixes();
  }
  return [...unique.values()].map(({ diagnostic }) => diagnostic).sort(byPosition);
}

function spanFor({ kind, path }: ConfigProblem, part: YamlPart): Span {
  const { name, value } = part.placeOf(path);
  return lineOf(kind === 'unknown-field' ? (name ?? value) : value, name);
}

/** Of what spans lines, its name alone. */
function lineOf(span: Span, name: Span | undefined): Span {
  return name !== undefined && span.end - span.start > 200 ? name : span;
}

const SECRET = /pass|secret|token|credential|private|api_?key|^key$|auth/i;

/** A message without the secret that it quotes. */
function masked(message: string, path: readonly Step[], data: Json): string {
  const value = path.reduce<Json | undefined>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<string, Json>)[step] : undefined),
    data,
  );
  const isSecret = path.some((step) => typeof step === 'string' && SECRET.test(step));
  if (!isSecret || typeof value !== 'string' || value === '') return message;
  return message.replaceAll(value, '••••');
}

async function fileProblems(data: Json, schemas: Schemas, known: KnownItems | undefined): Promise<ConfigProblem[]> {
  if (!isObject(data)) return [{ kind: 'invalid', message: 'expected an object', path: [] }];
  const isDeck = isDeckFile(Object.keys(data));
  const checker = new EntityChecker(schemas, isDeck, known);
  const problems = formatProblems(data['_format_version'], schemas.version.major);
  for (const [name, value] of Object.entries(data)) {
    if (checker.knows(name)) await checker.list(name, value, [name]);
    else if (name === '_transform' && typeof value !== 'boolean')
      problems.push({ kind: 'invalid', message: 'expected a boolean', path: [name] });
    else if (!FILE_KEYS.includes(name) && !isDeck)
      problems.push({ kind: 'unknown-field', message: 'unknown field', path: [name] });
  }
  checker.finish();
  return [...problems, ...checker.problems].map(withoutEnterprise);
}

function formatProblems(format: Json | undefined, major: number): ConfigProblem[] {
  const known = knownFormats(major);
  const wrong = (message: string): ConfigProblem[] => [{ kind: 'format-version', message, path: ['_format_version'] }];
  if (format === undefined || format === null) return wrong('_format_version: required field missing');
  if (typeof format !== 'string') return wrong(`_format_version: expected a string: put it in quotes, "${known.at(-1) ?? ''}"`);
  return known.includes(format) ? [] : wrong(`_format_version: expected one of: ${known.join(', ')}`);
}

/** A plugin of the Enterprise edition is known to exist, and nothing more. */
function withoutEnterprise(problem: ConfigProblem): ConfigProblem {
  if (problem.kind !== 'unknown-plugin' || problem.plugin === undefined || !ENTERPRISE_PLUGINS.has(problem.plugin))
    return problem;
  const kind: ProblemKind = 'unknown-schema';
  return {
    ...problem,
    kind,
    message: `${problem.plugin} is a plugin of Kong Gateway Enterprise; its configuration is not checked.`,
  };
}

const isManifest = (data: Readonly<Record<string, Json>>): boolean => isManifestKind(data['kind']);

/** A manifest of the ingress controller; other resources in the file are no concern of ours. */
async function manifestProblems(data: Json, schemas: Schemas): Promise<ConfigProblem[]> {
  if (!isObject(data) || !isManifest(data)) return [];
  const name = data['plugin'];
  if (typeof name !== 'string' || name === '')
    return [
      {
        kind: 'invalid',
        message: name === undefined || name === null || name === '' ? 'required field missing' : 'expected a string',
        path: ['plugin'],
      },
    ];
  const outcome = await schemas.find(name);
  if (outcome?.schema === undefined) {
    const message =
      outcome === undefined
        ? `plugin '${name}' not enabled; add it to the 'plugins' configuration property`
        : `The configuration of ${name} cannot be checked: ${outcome.reason}`;
    return [
      withoutEnterprise({
        kind: outcome === undefined ? 'unknown-plugin' : 'unknown-schema',
        message,
        path: ['plugin'],
        plugin: name,
      }),
    ];
  }
  // A configuration from a secret is not here to be looked at.
  if (data['configFrom'] !== undefined || data['configPatches'] !== undefined) return [];
  const entity = Object.fromEntries(
    ['config', 'protocols', 'instance_name'].flatMap((field) => (data[field] === undefined ? [] : [[field, data[field]]])),
  );
  const { errors, verdict, message } = validatePlugin(outcome.schema, entity);
  const found = errors.map(({ path, message: text }): ConfigProblem => ({
    kind: text === 'unknown field' ? 'unknown-field' : 'invalid',
    message: text,
    path: path[0] === '@entity' ? ['config'] : path.map((step) => (typeof step === 'number' ? step - 1 : step)),
  }));
  return verdict === 'fails' ? [...found, { kind: 'invalid', message, path: ['config'] }] : found;
}
