// One diagnosis: its findings, the log they came from, and how the page shows them.
import path from 'node:path';
import { count } from '../../text/count';
import type { Finding } from '../../troubleshoot/finding';
import { placeOfSetting, PREDICTED, settingWords } from '../../text/problemWords';
import { inEditorWords } from '../dialogue/editorWords';
import type { Card, CardAction, LogLine } from './messages';

/** What was diagnosed, and what came of it. */
export interface Diagnosis {
  id: string;
  /** `error.log`, `Clipboard`, `docker:kong` … */
  source: string;
  /** The node it is about, when it is about one. */
  node: string | null;
  /** Kong's version, when the log or the node tells it. */
  kong: string | null;
  time: number;
  findings: Finding[];
  log: LogLine[];
  lines: number;
}

/** A diagnosis as the history keeps it: without the log, which may hold secrets. */
export type PastDiagnosis = Omit<Diagnosis, 'log' | 'lines'>;

/** How far a card's remedy has come. */
export interface CardProgress {
  state: Card['state'];
  note: string | null;
}

const MAX_TEXT = 2_000;
const cut = (text: string): string => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)} …`);

/** The file and line that a finding's Open button names; null when it is not a file of the workspace. */
export function openablePlace(finding: Finding): { file: string; line: number } | null {
  if (finding.file === null || !path.isAbsolute(finding.file)) return null;
  return { file: finding.file, line: finding.line ?? 1 };
}

/** The file and line of the setting that leads to a finding; null when it does not lie on this machine. */
export function settingPlaceOf({ setting }: Finding): { file: string; line: number } | null {
  const place = placeOfSetting(setting);
  return place !== null && path.isAbsolute(place.file) ? place : null;
}

/** A finding as the page shows it; every text is cut to a length that can be drawn. */
export function cardOf(finding: Finding, fixes: CardAction[], progress: CardProgress): Card {
  const place = openablePlace(finding);
  const doubts = (finding.alternatives ?? []).map(({ title, check }) => `It can also be: ${title}. ${check}`);
  return {
    id: finding.id,
    title: cut(finding.title),
    plugin: finding.plugin === null ? null : cut(finding.plugin),
    cause: cut(finding.cause),
    steps: [...finding.steps, ...doubts].map((step) => cut(inEditorWords(step))),
    evidence: finding.evidence.map(({ line, text }) => ({ line, text: cut(text) })),
    predicted: finding.predicted === true ? PREDICTED : null,
    setting:
      finding.setting === undefined
        ? null
        : { words: cut(settingWords(finding.setting)), canOpen: settingPlaceOf(finding) !== null },
    place: place === null ? null : `${path.basename(place.file)}:${place.line}`,
    openFirst: place?.file.endsWith('.lua') === true && !fixes.some(({ changesFiles }) => changesFiles),
    link: finding.link !== undefined,
    fixes,
    ...progress,
  };
}

/** `08:00 docker:kong: 2 problems`; with the day when that is not today. */
export function labelOf({ time, source, findings }: PastDiagnosis, now = new Date()): string {
  const found = findings.length === 0 ? 'nothing wrong' : count(findings.length, 'problem');
  const then = new Date(time);
  const clock = then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const day =
    then.toDateString() === now.toDateString() ? '' : `${then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} `;
  return `${day}${clock} ${source}: ${found}`;
}

/** The decisive lines of findings as a log: what is left of one that was not kept. What was only predicted no log holds. */
export function evidenceLog(findings: readonly Finding[]): LogLine[] {
  const lines = findings.flatMap(({ evidence, predicted }) =>
    predicted === true ? [] : evidence.map(({ line, text }): LogLine => [line, text]),
  );
  return [...new Map(lines).entries()].sort(([a], [b]) => a - b);
}

/** What makes a finding the same card when a log is read on. */
export function cardKey({ id, plugin, file, line }: Pick<Finding, 'id' | 'plugin' | 'file' | 'line'>): string {
  return JSON.stringify([id, plugin, file, line]);
}
