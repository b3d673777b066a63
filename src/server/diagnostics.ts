// Keeps the client's diagnostics true: checks after a short pause, drops work that a newer edit made pointless, withdraws what is gone.
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../text/diagnostic';

/** Long enough to join the key strokes of one word, short enough not to be seen. */
const PAUSE_MS = 60;

/** What the publisher needs of the server. */
export interface DiagnosticsHost {
  /** Checks one document; may stop early, with any result, once the signal is aborted. */
  check: (document: TextDocument, signal: AbortSignal) => Promise<Diagnostic[]>;
  publish: (document: TextDocument, diagnostics: Diagnostic[]) => void;
  logError: (error: unknown) => void;
}

/** The diagnostics of the open documents. */
export interface DiagnosticsPublisher {
  /** The document, or something its check depends on, changed: check it soon. */
  changed: (document: TextDocument) => void;
  /** The document closed or its file is gone: say nothing of it any more. */
  gone: (document: TextDocument) => void;
  /** The diagnostics of the document as it is now, checked at once where the last check is older than the text. */
  current: (document: TextDocument) => Promise<Diagnostic[]>;
}

interface PendingCheck {
  /** The text this is about; a newer version makes it worthless. */
  version: number;
  stop: AbortController;
  timer: NodeJS.Timeout | undefined;
  /** Set once the check runs. */
  result: Promise<Diagnostic[]> | undefined;
}

/** Starts with nothing published. */
export function createDiagnosticsPublisher(host: DiagnosticsHost): DiagnosticsPublisher {
  const works = new Map<string, PendingCheck>();

  const drop = (uri: string): void => {
    const work = works.get(uri);
    clearTimeout(work?.timer);
    work?.stop.abort();
    works.delete(uri);
  };

  const runNow = (document: TextDocument, work: PendingCheck): Promise<Diagnostic[]> => {
    clearTimeout(work.timer);
    work.result = host.check(document, work.stop.signal);
    work.result.then(
      (diagnostics) => {
        if (!work.stop.signal.aborted && document.version === work.version) host.publish(document, diagnostics);
      },
      (error: unknown) => {
        if (!work.stop.signal.aborted) host.logError(error);
      },
    );
    return work.result;
  };

  const begin = (document: TextDocument): PendingCheck => {
    drop(document.uri);
    const work: PendingCheck = { version: document.version, stop: new AbortController(), timer: undefined, result: undefined };
    works.set(document.uri, work);
    return work;
  };

  return {
    changed: (document) => {
      const work = begin(document);
      work.timer = setTimeout(() => void runNow(document, work).catch(() => undefined), PAUSE_MS);
    },
    gone: (document) => {
      drop(document.uri);
      host.publish(document, []);
    },
    current: (document) => {
      const known = works.get(document.uri);
      if (known?.version === document.version) return known.result ?? runNow(document, known);
      return runNow(document, begin(document));
    },
  };
}
