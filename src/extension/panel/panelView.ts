// The panel's webview as the troubleshooter uses it: shown or not, ready or not, and sent only what it lacks.
import type * as vscode from 'vscode';
import type { FromPage, LogLine, PanelState } from './messages';
import { openPage } from './webview';

export interface PanelListener {
  onMessage: (message: Exclude<FromPage, { type: 'ready' }>) => void;
  /** The page is there and knows nothing yet. */
  onReady: () => void;
  /** The panel was shown, hidden or closed. */
  onVisibility: () => void;
}

export class PanelView {
  readonly #extension: vscode.Uri;
  readonly #listener: PanelListener;
  #view: vscode.WebviewView | undefined;
  #send: ReturnType<typeof openPage> | undefined;
  #ready = false;
  #sentLog: LogLine[] | undefined;
  #select: number | undefined;

  constructor(extension: vscode.Uri, listener: PanelListener) {
    this.#extension = extension;
    this.#listener = listener;
  }

  get visible(): boolean {
    return this.#view?.visible === true;
  }

  /** Fills the view; called when the panel is first seen. */
  resolve(view: vscode.WebviewView): void {
    this.#view = view;
    this.#send = openPage(view.webview, this.#extension, (message) => {
      if (message.type !== 'ready') this.#listener.onMessage(message);
      else {
        this.#ready = true;
        this.#sentLog = undefined;
        this.#listener.onReady();
        this.#sendSelection();
      }
    });
    view.onDidChangeVisibility(() => {
      // a hidden page is thrown away, and says that it is ready when it is made again
      if (!view.visible) this.#ready = false;
      this.#listener.onVisibility();
    });
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#ready = false;
      this.#listener.onVisibility();
    });
    this.#listener.onVisibility();
  }

  /** Shows the panel and leaves the focus where it is; false when there is no panel yet. */
  reveal(): boolean {
    this.#view?.show(true);
    return this.#view !== undefined;
  }

  show(state: PanelState, log: LogLine[]): void {
    if (!this.#ready) return;
    if (this.#sentLog !== log) this.#send?.({ type: 'log', log });
    this.#sentLog = log;
    this.#send?.({ type: 'state', state });
  }

  /** The log that was sent has more lines; `log` is all of it. */
  more(lines: LogLine[], log: LogLine[]): void {
    if (!this.#ready) return;
    if (lines.length > 0) this.#send?.({ type: 'more', log: lines });
    this.#sentLog = log;
  }

  /** Brings a card into sight, as soon as there is a page. */
  select(card: number): void {
    this.#select = card;
    this.#sendSelection();
  }

  #sendSelection(): void {
    if (!this.#ready || this.#select === undefined) return;
    this.#send?.({ type: 'select', card: this.#select });
    this.#select = undefined;
  }
}
