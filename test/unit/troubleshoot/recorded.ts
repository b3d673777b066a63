// The recorded outputs of real Kong nodes and what an ideal troubleshooter concludes from each.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../../src/troubleshoot/finding';

/** What one log says; `ids` are acceptable ones, the best first, and empty for a healthy node. */
export interface Label {
  ids: string[];
  plugin: string | null;
  file: string | null;
  line: number | null;
  /** What a naive matcher would wrongly say. */
  mustNot: string[];
  /** Independent problems: of each group one id must be found. */
  all?: string[][];
  /** The plugin of an id, where the log is about several. */
  plugins?: Record<string, string>;
}

const FOLDER = join(__dirname, '../../fixtures/logs');

export const LABELS = JSON.parse(readFileSync(join(FOLDER, 'labels.json'), 'utf8')) as Record<string, Label>;

/** The text of a recorded log. */
export function readLog(name: string): string {
  return readFileSync(join(FOLDER, 'kong', name), 'utf8');
}

/** Fails when a sentence of a finding has a word that was not filled in, or a gap where one was. */
export function assertWhole({ id, title, cause, steps, alternatives }: Finding): void {
  for (const text of [title, cause, ...steps, ...(alternatives ?? []).map(({ check }) => check)]) {
    const own = text.replace(/\{vault:[^}]*\}|\{ [^{}]*\}/g, 'x');
    assert.doesNotMatch(own, /\{\w+\}|\$<\w+>|\bundefined\b/, `${id}: a word was not filled in: ${text}`);
    assert.doesNotMatch(own, /(?:^|[^.]) [.,;:](?= |$)|: \.(?!\.)|: $/, `${id}: a gap: ${text}`);
  }
}

/** Fails unless the findings are what the label says. */
export function assertLabelled(findings: readonly Finding[], label: Label): void {
  for (const finding of findings) assertWhole(finding);
  const ids: string[] = findings.map(({ id }) => id);
  if (label.ids.length === 0) {
    assert.deepEqual(ids, [], 'a healthy log has no finding');
    return;
  }
  const first = findings[0];
  assert.ok(
    first !== undefined && label.ids.includes(first.id),
    `first is ${first?.id ?? 'nothing'}, one of ${label.ids.join(', ')} is right`,
  );
  const { plugin, file, line } = first;
  assert.deepEqual(
    { plugin, file, line },
    { plugin: label.plugins?.[first.id] ?? label.plugin, file: label.file, line: label.line },
  );
  for (const group of label.all ?? [])
    assert.ok(
      group.some((id) => ids.includes(id)),
      `none of ${group.join(', ')} is found`,
    );
  assert.deepEqual(
    ids.filter((id) => label.mustNot.includes(id)),
    [],
    'naive answers',
  );
}
