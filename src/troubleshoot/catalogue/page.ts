// The documentation's page of all entries, made from the catalogue.
import { CATALOGUE } from '.';
import { REMEDY_TITLES } from '../remedyKinds';
import type { CatalogueEntry, Message, Stage } from './entry';

const STAGES: readonly [Stage, string][] = [
  ['package', 'Packing'],
  ['install', 'Installing'],
  ['enable', 'Enabling'],
  ['load', 'Loading'],
  ['schema', 'Schema and entities'],
  ['migrate', 'Database and migrations'],
  ['start', 'Starting'],
  ['reload', 'Reloading'],
  ['configure', 'Configuring'],
  ['runtime', 'Running'],
  ['remove', 'Removing'],
];

/** docs/errors.md as Markdown. */
export function errorsPage(): string {
  const entries = Object.entries(CATALOGUE);
  const parts = [
    '# Errors of Kong, as a plugin author meets them',
    '',
    `The ${entries.length} problems that \`kong-plugin diagnose\` and the troubleshooter know. Made from the catalogue in \`src/troubleshoot/catalogue\`; do not edit by hand, run \`node --import tsx scripts/errorsPage.ts\`.`,
    '',
    'In messages, `{name}` stands for a word that differs. Messages marked *(a sign)* prove nothing by themselves.',
    '',
    ...STAGES.map(([, title]) => `- [${title}](#${title.toLowerCase().replaceAll(' ', '-')})`),
    '',
  ];
  for (const [stage, title] of STAGES) {
    parts.push(`## ${title}`, '');
    for (const [id, entry] of entries) if (entry.stage === stage) parts.push(...section(id, entry));
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

function section(id: string, entry: CatalogueEntry): string[] {
  const steps = entry.steps.map(
    (step, i) => `${i + 1}. ${prose(typeof step === 'string' ? step : `(Kong ${step.kong}) ${step.text}`)}`,
  );
  const lines = [
    `### ${id}`,
    '',
    `**${prose(entry.title)}**`,
    '',
    ...entry.messages.map(message),
    '',
    prose(entry.cause),
    '',
    ...steps,
    '',
  ];
  if (entry.alternatives !== undefined)
    lines.push(
      ...entry.alternatives.map(({ id: other, check }) => `- It can also be [${other}](#${other}): ${prose(check)}`),
      '',
    );
  const fixes = new Set([...(entry.fixes ?? []), ...entry.messages.flatMap((form) => form.fixes ?? [])]);
  if (fixes.size > 0) lines.push(`Fixes: ${[...fixes].map((fix) => REMEDY_TITLES[fix].toLowerCase()).join('; ')}.`, '');
  if (entry.related !== undefined)
    lines.push(`See also ${entry.related.map((other) => `[${other}](#${anchor(other)})`).join(', ')}.`, '');
  lines.push(`[Documentation](${entry.link})`, '');
  return lines;
}

function message({ text, versions, in: where, sign }: Message): string {
  const words = text
    .replace(/^\^/, '')
    .replaceAll('{key}', '')
    .replaceAll('{at}', '{file}:{line}')
    .replaceAll('{dots}', '…')
    .replace(/\{\w+=([^{}|]+)\}/g, '$1');
  const notes = [where === undefined ? '' : PLACES[where], versions ?? '', sign === true ? '*(a sign)*' : ''].filter(
    (note) => note !== '',
  );
  const ticks = words.includes('`') ? '``' : '`';
  return `- ${ticks}${words}${ticks}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

const PLACES: Readonly<Record<NonNullable<Message['in']>, string>> = {
  schema: 'in a schema violation at load',
  admin: 'in an answer of the Admin API',
  declarative: 'in the declarative configuration',
  load: "behind on plugin '…':",
  request: 'in a request',
  cli: 'behind Error:',
  log: "in a plugin's own error line",
};

function anchor(id: string): string {
  return id.replaceAll('.', '');
}

/** Words that a log fills in are shown as such; nothing else is HTML or a link. */
function prose(text: string): string {
  return text
    .replace(/\{(\w+)\}/g, '*$1*')
    .replace(/([_[\]])/g, '\\$1')
    .replaceAll('<', '&lt;');
}
