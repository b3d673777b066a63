// The troubleshooter of the editor: diagnoses text, files and node logs, and shows the result in the panel and on the source lines.
import { createReadStream } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { VIEWS } from '../../contributions/names';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import type { Finding } from '../../troubleshoot/finding';
import { isCancellation, logUnexpected, openAt, showFailure } from '../dialogue/showFailure';
import type { WorkspacePlugins } from '../workspacePlugins';
import type { NodeLog, PanelActions } from './actions';
import { type Diagnosis, evidenceLog, openablePlace, settingPlaceOf } from './diagnosis';
import { type DiagnosisHistory, diagnosisHistory } from './history';
import type { LiveLog } from './liveLog';
import { type LogSource, readLogSource } from './logSource';
import type { FromPage } from './messages';
import { PanelView } from './panelView';
import { ShownDiagnosis } from './shownDiagnosis';

const PROGRESS_MS = 250;

export class Troubleshooting implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #page: PanelView;
  readonly #log: vscode.LogOutputChannel;
  readonly #plugins: WorkspacePlugins;
  readonly #actions: PanelActions;
  readonly #history: DiagnosisHistory;
  readonly #shown: ShownDiagnosis;
  readonly #registration: vscode.Disposable;
  #stop: AbortController | undefined;
  #live: LiveLog | undefined;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, plugins: WorkspacePlugins, actions: PanelActions) {
    this.#page = new PanelView(context.extensionUri, {
      onMessage: (message) => {
        this.#handle(message).catch((error: unknown) => showFailure(this.#log, 'Troubleshooting', error));
      },
      onReady: () => this.#shown.update(),
      onVisibility: () => this.#watch(),
    });
    this.#log = log;
    this.#plugins = plugins;
    this.#actions = actions;
    this.#history = diagnosisHistory(context.workspaceState);
    this.#shown = new ShownDiagnosis(this.#page, this.#history, actions);
    this.#registration = vscode.Disposable.from(
      vscode.window.registerWebviewViewProvider(VIEWS.troubleshooting, this),
      plugins.onDidChange((files) => {
        this.#shown.filesChanged(files).catch((error: unknown) => logUnexpected(this.#log, 'Checking again', error));
      }),
    );
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
    this.#shown.working(`Reading the log of ${name} …`);
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
            const { log, lines: all, kong: version } = live;
            await this.#shown.grow({ ...fresh, findings, log, lines: all, kong: version }, lines, await live.recent());
          },
          onTrouble: (trouble) => this.#shown.working(trouble === undefined ? null : `${trouble} Trying again …`),
          onError: (error) => void showFailure(this.#log, `Following ${name}`, error),
        },
      );
      await live.read();
      const findings = await live.findings();
      stop.signal.throwIfAborted();
      if (live.lines === 0 && !follow) {
        throw new UserError(`${name} has logged nothing yet.`, { next: 'Run Kong Plugin: Follow Node Log… to see what comes.' });
      }
      this.#live = live;
      this.#shown.following = follow;
      await this.#take({ ...fresh, findings, log: live.log, lines: live.lines, kong: live.kong });
      this.#shown.selectFirst();
      this.#watch();
    } catch (error) {
      this.#failed(stop, error);
    }
  }

  /** Shows findings that an operation of ours came back with; `ofCopy` are the nodes whose own files they are about. */
  async showFindings(
    findings: readonly Finding[],
    source: string,
    node: string | null,
    options: { keepFocus?: boolean; ofCopy?: readonly Node[] } = {},
  ): Promise<void> {
    this.#begin();
    const { mapToWorkspace } = await import('../../troubleshoot/mapping');
    const plugins = await this.#plugins.all();
    const mapped =
      options.ofCopy === undefined
        ? findings.map((finding) => mapToWorkspace(finding, plugins))
        : await (await import('../../lifecycle/state/findings')).mapToSame(options.ofCopy, findings, plugins);
    const log = evidenceLog(mapped);
    const lines = log.at(-1)?.[0] ?? 0;
    await this.#take({ id: `${Date.now()}`, source, node, kong: null, time: Date.now(), findings: mapped, log, lines });
    // who types goes on typing
    if (options.keepFocus === true && this.#page.reveal()) return;
    await this.reveal();
    this.#shown.selectFirst();
  }

  /** What was shown under this name no longer holds. */
  mended(name: string): void {
    if (this.#shown.current?.source === name) this.#shown.clear();
  }

  /** Opens the panel at the first card that is about this; at one of an earlier diagnosis when the present one has none. */
  async explain(isIt: (finding: Finding) => boolean): Promise<void> {
    if (this.#shown.current?.findings.some(isIt) !== true) {
      const past = this.#history.all().find(({ findings }) => findings.some(isIt));
      if (past !== undefined) await this.#reopen(past.id);
    }
    const index = this.#shown.current?.findings.findIndex(isIt) ?? -1;
    await this.reveal();
    if (index >= 0) this.#page.select(index);
  }

  /** Opens the panel. */
  async reveal(): Promise<void> {
    await vscode.commands.executeCommand(`${VIEWS.troubleshooting}.focus`);
  }

  /** Puts the diagnosis on the clipboard as Markdown. */
  async copy(): Promise<void> {
    if (this.#shown.current === undefined || this.#shown.current.findings.length === 0) {
      throw new UserError('There is no diagnosis to copy.', { next: 'Diagnose a log first.' });
    }
    const { toMarkdown } = await import('../../troubleshoot/findingsText');
    const { findings, kong } = this.#shown.current;
    await vscode.env.clipboard.writeText(toMarkdown(findings, kong === null ? {} : { kong }));
    void vscode.window.setStatusBarMessage('Diagnosis copied as Markdown', 3000);
  }

  dispose(): void {
    this.#begin();
    vscode.Disposable.from(this.#registration, this.#shown).dispose();
  }

  /** Ends what goes on, and begins something new. */
  #begin(): AbortController {
    this.#stop?.abort(new vscode.CancellationError());
    this.#live?.pause();
    this.#live = undefined;
    this.#shown.following = false;
    return (this.#stop = new AbortController());
  }

  #failed(stop: AbortController, error: unknown): void {
    if (this.#stop === stop) this.#shown.working(null);
    if (!isCancellation(error)) throw error;
  }

  async #diagnose(source: LogSource): Promise<void> {
    const stop = this.#begin();
    let told = Date.now();
    this.#shown.working(`Reading ${source.name} …`);
    await this.reveal();
    try {
      const read = await readLogSource(source, {
        plugins: await this.#plugins.all(),
        signal: stop.signal,
        onProgress: (bytes) => {
          if (Date.now() - told < PROGRESS_MS) return;
          told = Date.now();
          this.#shown.working(`Reading ${source.name}: ${(bytes / 1e6).toFixed(0)} MB …`);
        },
      });
      await this.#take({ id: `${Date.now()}`, source: source.name, node: null, time: Date.now(), ...read });
      this.#shown.selectFirst();
    } catch (error) {
      this.#failed(stop, error);
    }
  }

  async #take(diagnosis: Diagnosis): Promise<void> {
    const { source, findings } = diagnosis;
    await this.#shown.take(diagnosis);
    this.#log.info(`Diagnosed ${source}: ${findings.map((finding) => finding.id).join(', ') || 'nothing wrong'}.`);
  }

  async #reopen(id: string): Promise<void> {
    this.#begin();
    await this.#shown.reopen(id);
  }

  /** Follows while it is wanted and seen. */
  #watch(): void {
    if (this.#shown.following && this.#page.visible) this.#live?.resume();
    else this.#live?.pause();
  }

  async #toggleFollowing(): Promise<void> {
    const node = this.#shown.current?.node;
    if (this.#live === undefined && node !== null && node !== undefined) {
      const log = await this.#actions.followedLog(node);
      if (log !== undefined) await this.diagnoseNode(log, true);
      return;
    }
    this.#shown.following = !this.#shown.following;
    this.#watch();
    this.#shown.working(null);
  }

  async #diagnoseLogFile(dropped?: vscode.Uri): Promise<void> {
    const file = await this.#actions.logFile(dropped);
    if (file !== undefined) await this.diagnoseFile(file);
  }

  async #diagnoseFrom(source: 'clipboard' | 'file' | 'node'): Promise<void> {
    switch (source) {
      case 'clipboard':
        await this.diagnoseText(await this.#actions.clipboardText(), 'Clipboard');
        return;
      case 'file':
        await this.#diagnoseLogFile();
        return;
      case 'node': {
        const log = await this.#actions.someNodesLog();
        if (log !== undefined) await this.diagnoseNode(log, false);
        return;
      }
    }
  }

  async #handle(message: Exclude<FromPage, { type: 'ready' }>): Promise<void> {
    const finding = 'card' in message ? this.#shown.current?.findings[message.card] : undefined;
    switch (message.type) {
      case 'text':
        await this.diagnoseText(message.text, message.name);
        return;
      case 'uri':
        await this.#diagnoseLogFile(vscode.Uri.parse(message.uri));
        return;
      case 'open': {
        const place = finding === undefined ? null : openablePlace(finding);
        if (place !== null) await openAt(place.file, place.line - 1);
        return;
      }
      case 'setting': {
        const place = finding === undefined ? null : settingPlaceOf(finding);
        if (place !== null) await openAt(place.file, place.line - 1);
        return;
      }
      case 'link':
        if (finding?.link !== undefined) await vscode.env.openExternal(vscode.Uri.parse(finding.link));
        return;
      case 'fix':
        await this.#shown.fix(message.card, message.fix, async () => this.#live?.startAnew());
        return;
      case 'copy':
        await this.copy();
        return;
      case 'source':
        await this.#diagnoseFrom(message.from);
        return;
      case 'history':
        await this.#reopen(message.id);
        return;
      case 'follow':
        await this.#toggleFollowing();
        return;
      case 'clear':
        this.#begin();
        this.#shown.clear();
        this.#shown.working(null);
        return;
      case 'cancel':
        this.#begin();
        this.#shown.working(null);
        return;
    }
  }
}
