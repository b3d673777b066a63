// What Kong, or our own reading of its schema, refuses in a configuration: findings on the fields that are wrong.
import type { GivenProblem } from '../../config/given/check';
import type { Json } from '../../kong/adminClient';
import type { Finding } from '../../troubleshoot/finding';
import { maskSecrets } from '../../troubleshoot/secrets/mask';
import { StepFailure } from '../failure';

/** Where the configuration stands that was given. */
export interface GivenPlace {
  file: string;
  lineOf: (path: readonly (string | number)[]) => number;
}

/** A problem in one line: `config.limit: expected a number`. */
export function problemText({ path, message }: GivenProblem): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

/** A finding for each problem, on its field. */
export async function findingsOfProblems(
  problems: readonly GivenProblem[],
  plugin: string,
  kong: string | undefined,
  place?: GivenPlace,
): Promise<Finding[]> {
  const { findingsOf } = await import('../../troubleshoot/conclude');
  const { recognise } = await import('../../troubleshoot/problem');
  return problems.flatMap((problem) => {
    const said = problemText(problem);
    const told = recognise(said, 'admin');
    const field = problem.path.join('.');
    const known = told ?? { id: 'admin-api-schema-violation' as const, words: { field, error: problem.message } };
    const findings = findingsOf([{ ...known, plugin, said }], kong);
    return findings.map((finding): Finding => ({
      ...finding,
      ...(place === undefined ? {} : { file: place.file, line: place.lineOf(problem.path) }),
      evidence: [{ line: place?.lineOf(problem.path) ?? 1, text: said }],
      details: { ...finding.details, field, path: field },
    }));
  });
}

type Path = readonly (string | number)[];

/** What was sent. */
interface SentUse {
  plugin: string;
  kong: string | undefined;
  secrets: readonly string[];
  place?: GivenPlace | undefined;
  /** Where the use stands in what was sent, when that was a whole configuration. */
  entry?: Path | undefined;
}

/** A step's failure over an answer by which Kong refuses what was sent; what is about the use itself, by its own fields. */
export async function refusedByKong(json: Json, { plugin, kong, secrets, place, entry = [] }: SentUse): Promise<StepFailure> {
  const { message, fields } = answerOf(json);
  const problems = problemsIn(fields).map(({ path, message: said }) => ({ path, message: maskSecrets(said, secrets) }));
  const all = problems.length > 0 ? problems : [{ path: [], message: maskSecrets(message, secrets) }];
  const findings: Finding[] = [];
  const said: string[] = [];
  for (const { path, message: text } of all) {
    const isOfUse = path.length > 0 && entry.every((step, i) => isSameStep(path[i], step));
    const problem = { path: isOfUse ? path.slice(entry.length) : path, message: text };
    said.push(problemText(problem));
    // What is wrong elsewhere in a whole configuration stands nowhere in what was given.
    findings.push(...(await findingsOfProblems([problem], plugin, kong, isOfUse || entry.length === 0 ? place : undefined)));
  }
  return new StepFailure(`Kong refuses it: ${said.join('; ')}.`, findings);
}

/** Of a list with many gaps Kong's JSON is an object, with places that count from 1. */
const isSameStep = (said: string | number | undefined, step: string | number): boolean =>
  said === step || (typeof step === 'number' && said === String(step + 1));

/** What findings say of a text that was given under a name: the way to each part, and what Kong, or our reading of its schema, said. */
export function refusedParts(findings: readonly Finding[], file: string): { path: Path; message: string }[] {
  return findings.flatMap(({ file: of, title, evidence, details }) => {
    if (of !== file) return [];
    const { path = '', error } = details ?? {};
    const steps = path === '' ? [] : path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    return [{ path: steps, message: error ?? evidence[0]?.text ?? title }];
  });
}

function answerOf(json: Json): { message: string; fields: Json } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { message: 'it says nothing', fields: null };
  const { message, fields } = json;
  return { message: typeof message === 'string' ? message : 'it says nothing', fields: fields ?? null };
}

/** The texts in Kong's tree of errors, with the way to each; those about an entity as a whole stand under `@entity`. */
function problemsIn(fields: Json, path: readonly (string | number)[] = []): GivenProblem[] {
  if (typeof fields === 'string') return [{ path: path.filter((step) => step !== '@entity'), message: fields }];
  if (typeof fields !== 'object' || fields === null) return [];
  if (Array.isArray(fields)) {
    const isEntity = path.at(-1) === '@entity';
    return fields.flatMap((item, i) => problemsIn(item, isEntity ? path : [...path, i]));
  }
  return Object.entries(fields).flatMap(([name, part]) => problemsIn(part, [...path, name]));
}
