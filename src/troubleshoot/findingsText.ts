// Findings as text: for a terminal, and as Markdown for an issue report. Secrets are masked in both.
import { PREDICTED, settingWords, type SettingPlace } from '../text/problemWords';
import type { Finding } from './finding';
import { maskSecrets } from './secrets/mask';
import { inOneLine } from '../text/ends';

const WIDTH = 100;

/** `myplugin, kong/plugins/myplugin/handler.lua:12`; empty when the text named neither. */
export function whereOf(finding: Finding): string {
  const place = finding.file === null ? '' : `${finding.file}${finding.line === null ? '' : `:${finding.line}`}`;
  return [finding.plugin === null ? '' : `plugin ${finding.plugin}`, place].filter((part) => part !== '').join(', ');
}

/** All findings as plain text, the most decisive first. */
export function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No problem found: nothing in this text says that Kong or a plugin failed.\n';
  const count = findings.length === 1 ? '1 problem found.' : `${findings.length} problems found, the most decisive first.`;
  return `${findings.map(oneAsText).join('\n')}\n${count}\n`;
}

/** Where a setting stands, in a form that terminals and editors take for a link. */
function linkText(setting: SettingPlace): string {
  const { file, line, here } = setting;
  const words = settingWords(setting);
  return here && file !== null ? `${words} (${file}${line === null ? '' : `:${line}`})` : words;
}

function oneAsText(finding: Finding): string {
  const where = whereOf(finding);
  const lines = [`${finding.title}  [${finding.id}]`];
  if (where !== '') lines.push(`  ${where}`);
  const isPredicted = finding.predicted === true;
  lines.push('', isPredicted ? `  ${PREDICTED}` : '  Kong said:');
  for (const { line, text } of finding.evidence)
    lines.push(`    ${isPredicted ? '' : `${line} `}| ${maskSecrets(text.trimEnd())}`);
  if (finding.setting !== undefined) lines.push('', `  What leads there: ${linkText(finding.setting)}`);
  lines.push('', '  Why:', ...wrap(finding.cause, '    ', '    '), '', '  What to do:');
  finding.steps.forEach((step, i) => lines.push(...wrap(step, `    ${i + 1}. `, '       ')));
  if (finding.alternatives !== undefined && finding.alternatives.length > 0) {
    lines.push('', '  It can also be:');
    for (const { title, check } of finding.alternatives) lines.push(...wrap(`${title}. ${check}`, '    - ', '      '));
  }
  if (finding.link !== undefined) lines.push('', `  More: ${finding.link}`);
  return `${lines.join('\n')}\n`;
}

function wrap(text: string, first: string, next: string): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = next;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** All findings as Markdown for an issue report; `kong` is Kong's version when it is known. */
export function toMarkdown(findings: readonly Finding[], options: { kong?: string } = {}): string {
  const head = options.kong === undefined ? '' : `Kong ${escapeMarkdown(options.kong)}\n\n`;
  if (findings.length === 0) return `${head}No problem found.\n`;
  return head + findings.map(oneAsMarkdown).join('\n');
}

function oneAsMarkdown(finding: Finding): string {
  const where = whereOf(finding);
  const evidence = finding.evidence.map(({ text }) => maskSecrets(text));
  const fence = '`'.repeat(
    Math.max(3, ...evidence.flatMap((text) => [...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1))),
  );
  const steps = finding.steps.map((step, i) => `${i + 1}. ${escapeMarkdown(step)}`);
  return [
    `### ${escapeMarkdown(finding.title)}`,
    '',
    `\`${finding.id}\`${where === '' ? '' : ` (${escapeMarkdown(where)})`}`,
    '',
    ...(finding.predicted === true ? [PREDICTED, ''] : []),
    `${fence}text`,
    ...evidence,
    fence,
    '',
    ...(finding.setting === undefined ? [] : [`What leads there: ${escapeMarkdown(settingWords(finding.setting))}`, '']),
    escapeMarkdown(finding.cause),
    '',
    ...steps,
    '',
  ].join('\n');
}

/** What a log says stays text: no HTML, no links, no mentions, no formatting. */
function escapeMarkdown(text: string): string {
  return inOneLine(maskSecrets(text))
    .replace(/[\\`*_[\]#|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/(^|\s)@(?=\w)/g, '$1@\u200b');
}
