// The troubleshooter of the editor: diagnoses text, files and node logs, and shows the result in the panel and on the source lines.
import { createReadStream } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { CONTEXT, VIEWS } from '../../contributions';
import type { Node } from '../../node/node';
import type { Finding } from '../../troubleshoot/finding';
import { UserError } from '../../system/userError';
import { isCancellation, openAt, report } from '../report';
import type { WorkspacePlugins } from '../workspacePlugins';
import { cardOf, type CardProgress, type Diagnosis, evidenceLog, keyOf, labelOf, placeOf } from './diagnosis';
import { type FindingDiagnostics, findingDiagnostics } from './findingDiagnostics';
import { type DiagnosisHistory, diagnosisHistory } from './history';
import type { LiveLog } from './liveLog';
import { type LogSource, readSource } from './logSource';
import { type CardAction, EMPTY_STATE, type FromPage, type LogLine, type PanelState } from './messages';
import { PanelView } from './panelView';

const PROGRESS_MS = 250;
const NO_LOG: LogLine[] = [];
const UNTOUCHED: CardProgress = { state: 'open', note: null };

/** A node whose log is diagnosed: the replicas of a service are one. */
export interface NodeLog {
  id: string;
  name: string;
  /** Kong's version, when it is known. */
  kong: string | null;
  nodes: readonly Node[];
}

/** What can be done about a finding from here. */
export interface Remedies {
  actionsFor: (finding: Finding, node: string | null) => Promise<CardAction[]>;
  /** What came of it, when it mended the finding; undefined when it did not, which was then said elsewhere. */
  apply: (finding: Finding, node: string | null, fix: string) => Promise<string | undefined>;
}

export class Troubleshooting implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #page: PanelView;
  readonly #log: vscode.LogOutputChannel;
  readonly #plugins: WorkspacePlugins;
  readonly #history: DiagnosisHistory;
  readonly #onLines: FindingDiagnostics = findingDiagnostics();
  readonly #registration: vscode.Disposable;
  #current: Diagnosis | undefined;
  #progress = new Map<string, CardProgress>();
  #actions: CardAction[][] = [];
  #remedies: Remedies | undefined;
  #busy: string | null = null;
  #stop: AbortController | undefined;
  #live: LiveLog | undefined;
  #following = false;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, plugins: WorkspacePlugins) {
    this.#page = new PanelView(context.extensionUri, {
      onMessage: (message) => {
        this.#handle(message).catch((error: unknown) => report(this.#log, 'Troubleshooting', error));
      },
      onReady: () => this.#update(),
      onVisibility: () => this.#watch(),
    });
    this.#log = log;
    this.#plugins = plugins;
    this.#history = diagnosisHistory(context.workspaceState);
    this.#registration = vscode.window.registerWebviewViewProvider(VIEWS.troubleshooting, this);
  }

  /** The remedies need the other services, so they come after them. */
  useRemedies(remedies: Remedies): void {
    this.#remedies = remedies;
  }

  /** Called by VS Code when the panel is first seen. */
  resolveWebviewView(view: vscode.WebviewView): void {
    this.#page.resolve(view);
  }

  /** Diagnoses text and shows what it says. */
  async diagnoseText(text: string, name: string): Promise<void> {
    await this.#diagnose({ name, open: () => [Buffer.from(text)] });
  }

  /** Diagnoses a file of any size. */
  async diagnoseFile(file: string): Promise<void> {
    await this.#diagnose({ name: path.basename(file), open: () => createReadStream(file) });
  }

  /** Diagnoses what a node has logged, and goes on with what it logs from now on when it is to be followed. */
  async diagnoseNode({ id, name, kong, nodes }: NodeLog, follow: boolean): Promise<void> {
    const stop = this.#begin();
    this.#working(`Reading the log of ${name} …`);
    await this.reveal();
    try {
      const { LiveLog } = await import('./liveLog');
      const fresh = { id: `${Date.now()}`, source: name, node: id, time: Date.now() };
      const live: LiveLog = new LiveLog(
        nodes,
        { kong, plugins: await this.#plugins.all() },
        {
          onLines: async (lines) => {
            const findings = await live.findings();
            if (this.#live !== live) return;
            // what comes after it was mended was not mended
            for (const finding of await live.recent()) this.#progress.delete(keyOf(finding));
            await this.#grow(fresh, live, findings, lines);
          },
          onTrouble: (trouble) => this.#working(trouble === undefined ? null : `${trouble} Trying again …`),
          onError: (error) => void report(this.#log, `Following ${name}`, error),
        },
      );
      await live.read();
      const findings = await live.findings();
      stop.signal.throwIfAborted();
      if (live.lines === 0 && !follow) {
        throw new UserError(`${name} has no log.`, { next: 'Start Kong there, or paste its output into Kong Troubleshooting.' });
      }
      this.#live = live;
      this.#following = follow;
      await this.#take({ ...fresh, findings, log: live.log, lines: live.lines, kong: live.kong });
      this.#selectFirst();
      this.#watch();
    } catch (error) {
      this.#failed(stop, error);
    }
  }

  /** Shows findings that an operation or a prediction of ours came back with. */
  async showFindings(
    findings: readonly Finding[],
    source: string,
    node: string | null,
    options: { keepFocus?: boolean } = {},
  ): Promise<void> {
    this.#begin();
    const { mapToWorkspace } = await import('../../troubleshoot/mapping');
    const plugins = await this.#plugins.all();
    const mapped = findings.map((finding) => mapToWorkspace(finding, plugins));
    const log = evidenceLog(mapped);
    const lines = log.at(-1)?.[0] ?? 0;
    await this.#take({ id: `${Date.now()}`, source, node, kong: null, time: Date.now(), findings: mapped, log, lines });
    // who types goes on typing
    if (options.keepFocus === true && this.#page.reveal()) return;
    await this.reveal();
    this.#selectFirst();
  }

  /** What was shown under this name no longer holds. */
  mended(name: string): void {
    if (this.#current?.source !== name) return;
    this.#current = undefined;
    this.#onLines.show([]);
    this.#update();
  }

  /** Opens the panel at the first card that is about this; at one of an earlier diagnosis when the present one has none. */
  async explain(isIt: (finding: Finding) => boolean): Promise<void> {
    if (this.#current?.findings.some(isIt) !== true) {
      const past = this.#history.all().find(({ findings }) => findings.some(isIt));
      if (past !== undefined) await this.#reopen(past.id);
    }
    const index = this.#current?.findings.findIndex(isIt) ?? -1;
    await this.reveal();
    if (index >= 0) this.#page.select(index);
  }

  /** Opens the panel. */
  async reveal(): Promise<void> {
    await vscode.commands.executeCommand(`${VIEWS.troubleshooting}.focus`);
  }

  /** Puts the diagnosis on the clipboard as Markdown. */
  async copy(): Promise<void> {
    if (this.#current === undefined || this.#current.findings.length === 0) {
      throw new UserError('There is no diagnosis to copy.', { next: 'Diagnose a log first.' });
    }
    const { toMarkdown } = await import('../../troubleshoot/report');
    const { findings, kong } = this.#current;
    await vscode.env.clipboard.writeText(toMarkdown(findings, kong === null ? {} : { kong }));
    void vscode.window.setStatusBarMessage('Diagnosis copied as Markdown', 3000);
  }

  dispose(): void {
    this.#begin();
    vscode.Disposable.from(this.#registration, this.#onLines).dispose();
  }

  /** Whoever asked goes on at the first card. */
  #selectFirst(): void {
    if ((this.#current?.findings.length ?? 0) > 0) this.#page.select(0);
  }

  /** Ends what goes on, and begins something new. */
  #begin(): AbortController {
    this.#stop?.abort(new vscode.CancellationError());
    this.#live?.pause();
    this.#live = undefined;
    this.#following = false;
    return (this.#stop = new AbortController());
  }

  #failed(stop: AbortController, error: unknown): void {
    if (this.#stop === stop) this.#working(null);
    if (!isCancellation(error)) throw error;
  }

  async #diagnose(source: LogSource): Promise<void> {
    const stop = this.#begin();
    let told = Date.now();
    this.#working(`Reading ${source.name} …`);
    await this.reveal();
    try {
      const read = await readSource(source, {
        plugins: await this.#plugins.all(),
        signal: stop.signal,
        onProgress: (bytes) => {
          if (Date.now() - told < PROGRESS_MS) return;
          told = Date.now();
          this.#working(`Reading ${source.name}: ${(bytes / 1e6).toFixed(0)} MB …`);
        },
      });
      await this.#take({ id: `${Date.now()}`, source: source.name, node: null, time: Date.now(), ...read });
      this.#selectFirst();
    } catch (error) {
      this.#failed(stop, error);
    }
  }

  async #take(diagnosis: Diagnosis): Promise<void> {
    this.#progress = new Map();
    await this.#show(diagnosis);
    const { source, findings } = diagnosis;
    this.#log.info(`Diagnosed ${source}: ${findings.map((finding) => finding.id).join(', ') || 'nothing wrong'}.`);
    await this.#history.keep(diagnosis);
    this.#busy = null;
    this.#update();
  }

  /** Makes a diagnosis the current one, with the buttons that its findings have now. */
  async #show(diagnosis: Diagnosis): Promise<void> {
    const remedies = this.#remedies;
    this.#actions = await Promise.all(
      diagnosis.findings.map((finding) => remedies?.actionsFor(finding, diagnosis.node) ?? Promise.resolve([])),
    );
    this.#current = diagnosis;
    this.#onLines.show(this.#open());
  }

  /** The followed log has more lines, and perhaps tells more. */
  async #grow(
    fresh: Pick<Diagnosis, 'id' | 'source' | 'node' | 'time'>,
    { log, lines, kong }: LiveLog,
    findings: Finding[],
    more: LogLine[],
  ): Promise<void> {
    const before = this.#current?.findings;
    const diagnosis = { ...fresh, findings, log, lines, kong };
    if (JSON.stringify(before) === JSON.stringify(findings)) this.#current = diagnosis;
    else {
      await this.#show(diagnosis);
      await this.#history.keep(diagnosis);
    }
    this.#page.more(more, log);
    this.#update();
  }

  async #reopen(id: string): Promise<void> {
    const past = this.#history.all().find((one) => one.id === id);
    if (past === undefined) return;
    this.#begin();
    this.#progress = new Map();
    const log = evidenceLog(past.findings);
    await this.#show({ ...past, log, lines: log.at(-1)?.[0] ?? 0 });
    this.#working(null);
  }

  /** The findings that are not mended. */
  #open(): Finding[] {
    return (this.#current?.findings ?? []).filter((finding) => this.#progressOf(finding).state !== 'mended');
  }

  #progressOf(finding: Finding): CardProgress {
    return this.#progress.get(keyOf(finding)) ?? UNTOUCHED;
  }

  /** Follows while it is wanted and seen. */
  #watch(): void {
    if (this.#following && this.#page.visible) this.#live?.resume();
    else this.#live?.pause();
  }

  #working(what: string | null): void {
    this.#busy = what;
    this.#update();
  }

  #update(): void {
    const current = this.#current;
    const shown: Partial<PanelState> =
      current === undefined
        ? {}
        : {
            source: current.source,
            kong: current.kong,
            lines: current.lines,
            follow: current.node === null ? null : this.#following ? 'on' : 'off',
            cards: current.findings.map((finding, i) => cardOf(finding, this.#actions[i] ?? [], this.#progressOf(finding))),
          };
    const canCopy = (current?.findings.length ?? 0) > 0;
    void vscode.commands.executeCommand('setContext', CONTEXT.diagnosed, canCopy);
    const history = this.#history.all().map((past) => ({ id: past.id, label: labelOf(past) }));
    this.#page.show({ ...EMPTY_STATE, ...shown, busy: this.#busy, history }, current?.log ?? NO_LOG);
  }

  async #fix(card: number, fix: string): Promise<void> {
    const diagnosis = this.#current;
    const finding = diagnosis?.findings[card];
    if (diagnosis === undefined || finding === undefined || this.#remedies === undefined) return;
    const tell = (progress: CardProgress): void => {
      // the panel may show another diagnosis by now
      if (this.#current?.id !== diagnosis.id) return;
      this.#progress.set(keyOf(finding), progress);
      this.#update();
    };
    tell({ state: 'working', note: null });
    try {
      const note = await this.#remedies.apply(finding, diagnosis.node, fix);
      if (note !== undefined) await this.#live?.startAnew();
      tell(note === undefined ? { state: 'open', note: 'This did not mend it.' } : { state: 'mended', note });
      if (note !== undefined) this.#onLines.show(this.#open());
    } catch (error) {
      tell({ state: 'open', note: null });
      throw error;
    }
  }

  async #toggleFollowing(): Promise<void> {
    const node = this.#current?.node;
    if (this.#live === undefined && node !== null && node !== undefined) {
      await vscode.commands.executeCommand('kongPlugin.followNode', { node });
      return;
    }
    this.#following = !this.#following;
    this.#watch();
    this.#working(null);
  }

  async #handle(message: Exclude<FromPage, { type: 'ready' }>): Promise<void> {
    const finding = 'card' in message ? this.#current?.findings[message.card] : undefined;
    switch (message.type) {
      case 'text':
        await this.diagnoseText(message.text, message.name);
        return;
      case 'uri': {
        const uri = vscode.Uri.parse(message.uri);
        await vscode.commands.executeCommand('kongPlugin.diagnoseFile', uri);
        return;
      }
      case 'open': {
        const place = finding === undefined ? null : placeOf(finding);
        if (place !== null) await openAt(place.file, place.line - 1);
        return;
      }
      case 'link':
        if (finding?.link !== undefined) await vscode.env.openExternal(vscode.Uri.parse(finding.link));
        return;
      case 'fix':
        await this.#fix(message.card, message.fix);
        return;
      case 'copy':
        await this.copy();
        return;
      case 'source':
        await vscode.commands.executeCommand(
          { clipboard: 'kongPlugin.diagnoseClipboard', file: 'kongPlugin.diagnoseFile', node: 'kongPlugin.diagnoseNode' }[
            message.from
          ],
        );
        return;
      case 'history':
        await this.#reopen(message.id);
        return;
      case 'follow':
        await this.#toggleFollowing();
        return;
      case 'clear':
        this.#begin();
        this.#current = undefined;
        this.#onLines.show([]);
        this.#working(null);
        return;
      case 'cancel':
        this.#begin();
        this.#working(null);
        return;
    }
  }
}
