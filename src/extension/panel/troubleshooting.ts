// The troubleshooter of the editor: diagnoses text, files and node logs, and shows the result in the panel and on the source lines.
import { createReadStream } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { VIEWS } from '../../contributions';
import type { Finding } from '../../troubleshoot/finding';
import { messageOf, UserError } from '../../system/userError';
import { isCancellation, openAt, report } from '../report';
import type { WorkspacePlugins } from '../workspacePlugins';
import { cardOf, type CardProgress, type Diagnosis, labelOf, type PastDiagnosis, placeOf } from './diagnosis';
import { excerpt } from './excerpt';
import { type FindingDiagnostics, findingDiagnostics } from './findingDiagnostics';
import { type CardAction, EMPTY_STATE, type FromPage, type LogLine, type PanelState, type ToPage } from './messages';
import { openPage } from './webview';

const HISTORY_KEY = 'troubleshooting.history';
const HISTORY_LENGTH = 20;
const PROGRESS_MS = 250;
const NO_LOG: LogLine[] = [];

/** A log to diagnose: `open` gives its bytes, and may be called more than once. */
interface LogSource {
  name: string;
  node: string | null;
  open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** What can be done about a finding from here. */
export interface Remedies {
  actionsFor: (finding: Finding, node: string | null) => Promise<CardAction[]>;
  /** What came of it, when it mended the finding; undefined when it did not, which was then said elsewhere. */
  apply: (finding: Finding, node: string | null, fix: string) => Promise<string | undefined>;
}

export class Troubleshooting implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #plugins: WorkspacePlugins;
  readonly #onLines: FindingDiagnostics = findingDiagnostics();
  readonly #registration: vscode.Disposable;
  #view: vscode.WebviewView | undefined;
  #send: ((message: ToPage) => void) | undefined;
  #sentLog: LogLine[] | undefined;
  #current: Diagnosis | undefined;
  #progress: CardProgress[] = [];
  #actions: CardAction[][] = [];
  #remedies: Remedies | undefined;
  #busy: string | null = null;
  #stop: AbortController | undefined;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, plugins: WorkspacePlugins) {
    this.#context = context;
    this.#log = log;
    this.#plugins = plugins;
    this.#registration = vscode.window.registerWebviewViewProvider(VIEWS.troubleshooting, this);
  }

  /** The remedies need the other services, so they come after them. */
  useRemedies(remedies: Remedies): void {
    this.#remedies = remedies;
  }

  /** The last diagnosis; undefined before the first. */
  get current(): Diagnosis | undefined {
    return this.#current;
  }

  /** Called by VS Code when the panel is first seen. */
  resolveWebviewView(view: vscode.WebviewView): void {
    this.#send = openPage(view.webview, this.#context.extensionUri, (message) => {
      this.#handle(message).catch((error: unknown) => report(this.#log, 'Troubleshooting', error));
    });
    this.#view = view;
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#send = undefined;
      this.#sentLog = undefined;
    });
  }

  /** Diagnoses text and shows what it says. */
  async diagnoseText(text: string, name: string, node: string | null = null): Promise<void> {
    await this.#diagnose({ name, node, open: () => [Buffer.from(text)] });
  }

  /** Diagnoses a file of any size. */
  async diagnoseFile(file: string): Promise<void> {
    await this.#diagnose({ name: path.basename(file), node: null, open: () => createReadStream(file) });
  }

  /** Shows findings that an operation of ours came back with; `log` is what Kong said. */
  async showFindings(
    found: readonly Finding[],
    name: string,
    node: string | null,
    options: { keepFocus?: boolean } = {},
  ): Promise<void> {
    const { mapToWorkspace } = await import('../../troubleshoot/mapping');
    const plugins = await this.#plugins.all();
    const findings = found.map((finding) => mapToWorkspace(finding, plugins));
    const lines = findings.flatMap(({ evidence }) => evidence);
    const log = [...new Map(lines.map(({ line, text }) => [line, text]))].sort(([a], [b]) => a - b);
    await this.#take({
      id: `${Date.now()}`,
      source: name,
      node,
      time: Date.now(),
      findings,
      log,
      lines: log.at(-1)?.[0] ?? 0,
    });
    // who types goes on typing
    if (options.keepFocus === true && this.#view !== undefined) this.#view.show(true);
    else await this.reveal();
  }

  /** What was shown under this name no longer holds. */
  mended(name: string): void {
    if (this.#current?.source !== name) return;
    this.#current = undefined;
    this.#onLines.show([]);
    this.#update();
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
    await vscode.env.clipboard.writeText(toMarkdown(this.#current.findings));
    void vscode.window.setStatusBarMessage('Diagnosis copied as Markdown', 3000);
  }

  dispose(): void {
    this.#stop?.abort(new vscode.CancellationError());
    vscode.Disposable.from(this.#registration, this.#onLines).dispose();
  }

  async #diagnose(source: LogSource): Promise<void> {
    this.#stop?.abort(new vscode.CancellationError());
    const stop = new AbortController();
    this.#stop = stop;
    let told = Date.now();
    this.#working(`Reading ${source.name} …`);
    await this.reveal();
    try {
      const { diagnose } = await import('../../troubleshoot/diagnose');
      const plugins = await this.#plugins.all();
      const findings = await diagnose(toAsync(source.open()), {
        plugins,
        signal: stop.signal,
        onProgress: (bytes) => {
          if (Date.now() - told < PROGRESS_MS) return;
          told = Date.now();
          this.#working(`Reading ${source.name}: ${(bytes / 1e6).toFixed(0)} MB …`);
        },
      });
      const evidence = findings.flatMap((finding) => finding.evidence.map(({ line }) => line));
      const { log, lines } = await excerpt(source.open(), evidence, stop.signal);
      await this.#take({ id: `${Date.now()}`, source: source.name, node: source.node, time: Date.now(), findings, log, lines });
    } catch (error) {
      if (this.#stop === stop) this.#working(null);
      if (!isCancellation(error)) throw readable(error, source.name);
    }
  }

  async #take(diagnosis: Diagnosis): Promise<void> {
    const remedies = this.#remedies;
    const actions = diagnosis.findings.map((finding) => remedies?.actionsFor(finding, diagnosis.node) ?? Promise.resolve([]));
    this.#actions = await Promise.all(actions);
    this.#current = diagnosis;
    this.#progress = diagnosis.findings.map(() => ({ state: 'open', note: null }));
    this.#onLines.show(diagnosis.findings);
    this.#working(null);
    const { id, source, node, time, findings } = diagnosis;
    this.#log.info(`Diagnosed ${source}: ${findings.map((finding) => finding.id).join(', ') || 'nothing wrong'}.`);
    const past = [{ id, source, node, time, findings }, ...this.#history()].slice(0, HISTORY_LENGTH);
    await this.#context.workspaceState.update(HISTORY_KEY, past);
    this.#update();
  }

  #history(): PastDiagnosis[] {
    return this.#context.workspaceState.get<PastDiagnosis[]>(HISTORY_KEY, []);
  }

  #working(what: string | null): void {
    this.#busy = what;
    this.#update();
  }

  #update(): void {
    const history = this.#history().map((past) => ({ id: past.id, label: labelOf(past) }));
    const current = this.#current;
    const log = current?.log ?? NO_LOG;
    if (this.#sentLog !== log) this.#send?.({ type: 'log', log });
    this.#sentLog = log;
    const shown: Partial<PanelState> =
      current === undefined
        ? {}
        : {
            source: current.source,
            lines: current.lines,
            cards: current.findings.map((finding, i) =>
              cardOf(finding, this.#actions[i] ?? [], this.#progress[i] ?? { state: 'open', note: null }),
            ),
          };
    this.#send?.({ type: 'state', state: { ...EMPTY_STATE, ...shown, busy: this.#busy, history } });
  }

  async #fix(card: number, fix: string): Promise<void> {
    const diagnosis = this.#current;
    const finding = diagnosis?.findings[card];
    if (diagnosis === undefined || finding === undefined || this.#remedies === undefined) return;
    const tell = (progress: CardProgress): void => {
      // the panel may show another diagnosis by now
      if (this.#current !== diagnosis) return;
      this.#progress[card] = progress;
      this.#update();
    };
    tell({ state: 'working', note: null });
    try {
      const note = await this.#remedies.apply(finding, diagnosis.node, fix);
      tell(note === undefined ? { state: 'open', note: 'This did not mend it.' } : { state: 'mended', note });
      if (note !== undefined) this.#onLines.show(diagnosis.findings.filter((_, i) => this.#progress[i]?.state !== 'mended'));
    } catch (error) {
      tell({ state: 'open', note: null });
      throw error;
    }
  }

  async #handle(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#sentLog = undefined;
        this.#update();
        return;
      case 'text':
        await this.diagnoseText(message.text, message.name);
        return;
      case 'open': {
        const finding = this.#current?.findings[message.card];
        const place = finding === undefined ? null : placeOf(finding);
        if (place !== null) await openAt(place.file, place.line - 1);
        return;
      }
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
      case 'history': {
        const past = this.#history().find(({ id }) => id === message.id);
        if (past === undefined) return;
        this.#current = { ...past, log: [], lines: 0 };
        this.#progress = [];
        this.#actions = [];
        this.#update();
        return;
      }
      case 'clear':
        this.#stop?.abort(new vscode.CancellationError());
        this.#current = undefined;
        this.#onLines.show([]);
        this.#working(null);
        return;
      case 'cancel':
        this.#stop?.abort(new vscode.CancellationError());
        this.#working(null);
        return;
    }
  }
}

async function* toAsync(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* chunks;
}

/** A file that cannot be read is the person's to mend; anything else is ours. */
function readable(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E[A-Z]+$/.test(code)
    ? new UserError(`${name} cannot be read: ${messageOf(error)}.`, { exitCode: 3, cause: error })
    : error;
}
