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

/** A step's failure over an answer by which Kong refuses what was sent. */
export async function refusedByKong(
  json: Json,
  {
    plugin,
    kong,
    secrets,
    place,
  }: { plugin: string; kong: string | undefined; secrets: readonly string[]; place?: GivenPlace | undefined },
): Promise<StepFailure> {
  const { message, fields } = answerOf(json);
  const problems = problemsIn(fields).map(({ path, message: said }) => ({ path, message: maskSecrets(said, secrets) }));
  const all = problems.length > 0 ? problems : [{ path: [], message: maskSecrets(message, secrets) }];
  const findings = await findingsOfProblems(all, plugin, kong, place);
  return new StepFailure(`Kong refuses it: ${all.map(problemText).join('; ')}.`, findings);
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
