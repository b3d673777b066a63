// What the panel shows: the present diagnosis, the buttons of its findings and how far each is mended, and what goes on; drawn on the page and on the source lines.
import path from 'node:path';
import * as vscode from 'vscode';
import { CONTEXT } from '../../contributions/names';
import type { Finding } from '../../troubleshoot/finding';
import type { Remedies } from './actions';
import { cardOf, type CardProgress, type Diagnosis, evidenceLog, cardKey, labelOf, openablePlace } from './diagnosis';
import { type FindingDiagnostics, findingDiagnostics } from './findingDiagnostics';
import type { DiagnosisHistory } from './history';
import { type CardAction, EMPTY_STATE, type LogLine, type PanelState } from './messages';
import type { PanelView } from './panelView';

const NO_LOG: LogLine[] = [];
const UNTOUCHED: CardProgress = { state: 'open', note: null };

export class ShownDiagnosis implements vscode.Disposable {
  readonly #page: PanelView;
  readonly #history: DiagnosisHistory;
  readonly #remedies: Remedies;
  readonly #onLines: FindingDiagnostics = findingDiagnostics();
  #current: Diagnosis | undefined;
  #progress = new Map<string, CardProgress>();
  /** The findings that our own check of their files said, too, when they were shown. */
  #checked: Promise<ReadonlySet<string>> = Promise.resolve(new Set());
  #actions: CardAction[][] = [];
  #busy: string | null = null;
  /** Whether the page says that the log is followed. */
  following = false;

  constructor(page: PanelView, history: DiagnosisHistory, remedies: Remedies) {
    this.#page = page;
    this.#history = history;
    this.#remedies = remedies;
  }

  get current(): Diagnosis | undefined {
    return this.#current;
  }

  /** Shows a new diagnosis and keeps it in the history. */
  async take(diagnosis: Diagnosis): Promise<void> {
    this.#progress = new Map();
    await this.#show(diagnosis);
    await this.#history.keep(diagnosis);
    this.working(null);
  }

  /** The log of what is shown has `more` lines, and perhaps tells more; of what is told `recent`, what was mended was not. */
  async grow(diagnosis: Diagnosis, more: LogLine[], recent: readonly Finding[]): Promise<void> {
    for (const finding of recent) this.#progress.delete(cardKey(finding));
    if (JSON.stringify(this.#current?.findings) === JSON.stringify(diagnosis.findings)) this.#current = diagnosis;
    else {
      await this.#show(diagnosis);
      await this.#history.keep(diagnosis);
    }
    this.#page.more(more, diagnosis.log);
    this.update();
  }

  /** Shows a diagnosis of the history again, with what was kept of its log. */
  async reopen(id: string): Promise<void> {
    const past = this.#history.all().find((one) => one.id === id);
    if (past === undefined) return;
    this.#progress = new Map();
    const log = evidenceLog(past.findings);
    await this.#show({ ...past, log, lines: log.at(-1)?.[0] ?? 0 });
    this.working(null);
  }

  clear(): void {
    this.#current = undefined;
    this.#onLines.show([]);
    this.update();
  }

  /** Says what goes on; null: nothing. */
  working(what: string | null): void {
    this.#busy = what;
    this.update();
  }

  /** Whoever asked goes on at the first card. */
  selectFirst(): void {
    if ((this.#current?.findings.length ?? 0) > 0) this.#page.select(0);
  }

  /** Applies a remedy to a card, which says how that goes; `onMended` is called before the card turns green. */
  async fix(card: number, fix: string, onMended: () => Promise<void>): Promise<void> {
    const diagnosis = this.#current;
    const finding = diagnosis?.findings[card];
    if (diagnosis === undefined || finding === undefined) return;
    const tell = (progress: CardProgress): void => {
      // the panel may show another diagnosis by now
      if (this.#current?.id !== diagnosis.id) return;
      this.#progress.set(cardKey(finding), progress);
      this.update();
    };
    tell({ state: 'working', note: null });
    try {
      const applied = await this.#remedies.apply(finding, diagnosis.node, fix);
      if (applied !== undefined) await onMended();
      const { note, seen } = applied ?? { note: 'This did not mend it.', seen: false };
      tell({ state: seen ? 'mended' : 'open', note });
      if (applied !== undefined) this.#onLines.show(this.#open());
    } catch (error) {
      tell({ state: 'open', note: null });
      throw error;
    }
  }

  /**
   * Files changed: what is said of them is checked again. Only what our own check said before, and no longer says, is gone; on a node the file is
   * still the old one.
   */
  async filesChanged(files: ReadonlySet<string> | undefined): Promise<void> {
    const diagnosis = this.#current;
    if (diagnosis === undefined) return;
    const touched = inWorkspace(diagnosis.findings).filter(({ place }) => files?.has(place.file) !== false);
    if (touched.length === 0) return;
    const [before, now] = await Promise.all([this.#checked, this.#remedies.foundByCheck(touched.map(({ finding }) => finding))]);
    if (this.#current?.id !== diagnosis.id) return;
    for (const { finding, place } of touched) {
      if (this.#progressOf(finding).state === 'working') continue;
      const isFound = before.has(cardKey(finding)) ? now.has(finding) : undefined;
      this.#progress.set(cardKey(finding), afterChange(path.basename(place.file), isFound, diagnosis.node));
    }
    this.update();
  }

  /** Draws the page again. */
  update(): void {
    const current = this.#current;
    const shown: Partial<PanelState> =
      current === undefined
        ? {}
        : {
            source: current.source,
            kong: current.kong,
            lines: current.lines,
            follow: current.node === null ? null : this.following ? 'on' : 'off',
            cards: current.findings.map((finding, i) => cardOf(finding, this.#actions[i] ?? [], this.#progressOf(finding))),
          };
    const canCopy = (current?.findings.length ?? 0) > 0;
    void vscode.commands.executeCommand('setContext', CONTEXT.diagnosed, canCopy);
    const history = this.#history.all().map((past) => ({ id: past.id, label: labelOf(past) }));
    this.#page.show({ ...EMPTY_STATE, ...shown, busy: this.#busy, history }, current?.log ?? NO_LOG);
  }

  dispose(): void {
    this.#onLines.dispose();
  }

  /** Makes a diagnosis the current one, with the buttons that its findings have now. */
  async #show(diagnosis: Diagnosis): Promise<void> {
    this.#actions = await Promise.all(diagnosis.findings.map((finding) => this.#remedies.actionsFor(finding, diagnosis.node)));
    this.#current = diagnosis;
    this.#onLines.show(this.#open());
    this.#checked = this.#foundByCheck(diagnosis.findings);
    // who waits for it is told
    this.#checked.catch(() => undefined);
  }

  async #foundByCheck(findings: readonly Finding[]): Promise<ReadonlySet<string>> {
    const here = inWorkspace(findings).map(({ finding }) => finding);
    return new Set(here.length === 0 ? [] : [...(await this.#remedies.foundByCheck(here))].map(cardKey));
  }

  /** The findings that are not mended. */
  #open(): Finding[] {
    return (this.#current?.findings ?? []).filter((finding) => this.#progressOf(finding).state !== 'mended');
  }

  #progressOf(finding: Finding): CardProgress {
    return this.#progress.get(cardKey(finding)) ?? UNTOUCHED;
  }
}

/** The findings that name a file of the workspace. */
function inWorkspace(findings: readonly Finding[]): { finding: Finding; place: { file: string; line: number } }[] {
  return findings.flatMap((finding) => {
    const place = openablePlace(finding);
    return place === null ? [] : [{ finding, place }];
  });
}

/** How a card stands once its file was changed; `isFound`: what our check says, undefined when it has nothing to say of this problem. */
function afterChange(file: string, isFound: boolean | undefined, node: string | null): CardProgress {
  if (isFound === true) return UNTOUCHED;
  if (isFound === undefined)
    return {
      state: 'open',
      note: `${file} was changed since. Whether this is gone only Kong can tell: reload it and diagnose again.`,
    };
  const gone = `${file} was changed and checked again: this is no longer in it.`;
  return node === null
    ? { state: 'mended', note: gone }
    : { state: 'open', note: `${gone} The node has the old file until the plugin is installed again.` };
}
