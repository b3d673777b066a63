// What a request did, as people read it: in a terminal, and as a document of the editor.
import { count } from '../../text/count';
import type { Change, Changes } from './compare';
import type { PluginTimes, TrialResult } from './types';

/** Of a longer body the beginning is shown; the whole is in the JSON. */
const BODY_CHARACTERS = 4000;

/** The answer, what reached the echo upstream, times and log lines; the findings have a form of their own. */
export function trialText(result: TrialResult, changes: Changes | null, remarks: readonly string[]): string {
  const { request, response, upstream, plugins, log } = result;
  const parts = [
    [`${request.method} ${request.path} → ${response.status}`, ...headerLines(response.headers), ...bodyLines(response.body)],
    ...(upstream === null
      ? []
      : [
          [
            `The upstream received ${upstream.method} ${upstream.path}`,
            ...headerLines(upstream.headers),
            ...bodyLines(upstream.body),
          ],
        ]),
    ...(changes === null
      ? []
      : [
          [
            'Plugins changed',
            ...changeLines('on the way there', changes.upstream),
            ...changeLines('on the way back', changes.response),
          ],
        ]),
    ...(plugins === null
      ? []
      : [plugins.length === 0 ? ['No plugin ran.'] : ['Plugins that ran, in milliseconds', ...plugins.map(timesLine)]]),
    log.length === 0
      ? ['No plugin logged anything.']
      : ['Logged for this request', ...log.map(({ level, text }) => `  [${level}] ${text.replaceAll('\n', '\n    ')}`)],
    ...(remarks.length === 0 ? [] : [remarks]),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The same in one line: `GET / → 200; changed header x-hello; 1 line logged`. */
export function shortTrialText({ request, response, log }: TrialResult, changes: Changes | null): string {
  const changed = changes === null ? [] : [...new Set([...changes.upstream, ...changes.response].map(({ what }) => what))];
  return [
    `${request.method} ${request.path} → ${response.status}`,
    ...(changes === null ? [] : [changed.length === 0 ? 'plugins changed nothing' : `plugins changed ${changed.join(', ')}`]),
    ...(log.length === 0 ? [] : [`${count(log.length, 'line')} logged`]),
  ].join('; ');
}

function headerLines(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
}

function bodyLines(body: string): string[] {
  if (body === '') return [];
  const shown = body.slice(0, BODY_CHARACTERS);
  const more = body.length > shown.length ? [`  … ${body.length - shown.length} characters more`] : [];
  return [
    '',
    ...shown
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
    ...more,
  ];
}

function changeLines(where: string, changes: readonly Change[]): string[] {
  if (changes.length === 0) return [`  nothing ${where}`];
  return [
    `  ${where}`,
    ...changes.flatMap(({ what, without, with: through }) => [`    ${what}`, ...signed('-', without), ...signed('+', through)]),
  ];
}

function signed(sign: string, value: string | null): string[] {
  return value === null
    ? []
    : value
        .slice(0, BODY_CHARACTERS)
        .trimEnd()
        .split('\n')
        .map((line) => `    ${sign} ${line}`);
}

function timesLine({ name, ms }: PluginTimes): string {
  return `  ${name}: ${Object.entries(ms)
    .map(([phase, time]) => `${phase} ${time}`)
    .join(', ')}`;
}
