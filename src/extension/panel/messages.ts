// What the troubleshooting page and the extension say to each other, as JSON.

/** A button of a card; `id` comes back when it is pressed. */
export interface CardAction {
  id: string;
  title: string;
  /** It changes files of the workspace. */
  changesFiles: boolean;
}

/** One finding as the page shows it. All texts are hostile: they are shown as text only. */
export interface Card {
  id: string;
  title: string;
  plugin: string | null;
  cause: string;
  steps: string[];
  evidence: { line: number; text: string }[];
  /** What stands over the evidence of a start that was not made; null where a log holds the evidence. */
  predicted: string | null;
  /** Where the setting is given that leads there, of a prediction. */
  setting: { words: string; canOpen: boolean } | null;
  /** `handler.lua:12`, when it can be opened. */
  place: string | null;
  /** Its code is to be looked at by a person: to open it is the first button. */
  openFirst: boolean;
  /** A page of the documentation explains it. */
  link: boolean;
  fixes: CardAction[];
  state: 'open' | 'working' | 'mended';
  /** What came of the last fix. */
  note: string | null;
}

/** A line of the log with its one-based number; numbers that are skipped were left out. */
export type LogLine = [number: number, text: string];

/** Everything the page shows but the log. */
export interface PanelState {
  /** Where the text came from: `error.log`, `Clipboard`, `docker:kong` … null: nothing was diagnosed yet. */
  source: string | null;
  kong: string | null;
  cards: Card[];
  /** Lines the whole log has. */
  lines: number;
  /** Work that is going on, or null. */
  busy: string | null;
  /** Whether the log is followed live; null where it cannot be. */
  follow: 'on' | 'off' | null;
  /** Past diagnoses, newest first. */
  history: { id: string; label: string }[];
}

/**
 * From the extension to the page. The log may be big and is sent only when it changed, before the state that it belongs to; `more` is what a log
 * that grows has got since.
 */
export type ToPage =
  | { type: 'state'; state: PanelState }
  | { type: 'log'; log: LogLine[] }
  | { type: 'more'; log: LogLine[] }
  | { type: 'select'; card: number };

/** From the page to the extension. */
export type FromPage =
  | { type: 'ready' }
  | { type: 'text'; text: string; name: string }
  | { type: 'uri'; uri: string }
  | { type: 'open'; card: number }
  | { type: 'link'; card: number }
  | { type: 'setting'; card: number }
  | { type: 'follow' }
  | { type: 'fix'; card: number; fix: string }
  | { type: 'source'; from: 'clipboard' | 'file' | 'node' }
  | { type: 'history'; id: string }
  | { type: 'copy' }
  | { type: 'clear' }
  | { type: 'cancel' };

export const EMPTY_STATE: PanelState = {
  source: null,
  kong: null,
  cards: [],
  lines: 0,
  busy: null,
  follow: null,
  history: [],
};

/** Whether a message from the page is one of ours; anything else is dropped. */
export function isFromPage(message: unknown): message is FromPage {
  if (typeof message !== 'object' || message === null) return false;
  const fields = new Map<string, unknown>(Object.entries(message));
  const is = (key: string, type: string): boolean => typeof fields.get(key) === type;
  switch (fields.get('type')) {
    case 'ready':
    case 'copy':
    case 'clear':
    case 'cancel':
    case 'follow':
      return true;
    case 'text':
      return is('text', 'string') && is('name', 'string');
    case 'uri':
      return is('uri', 'string');
    case 'open':
    case 'link':
    case 'setting':
      return is('card', 'number');
    case 'fix':
      return is('card', 'number') && is('fix', 'string');
    case 'source':
      return ['clipboard', 'file', 'node'].includes(String(fields.get('from')));
    case 'history':
      return is('id', 'string');
    default:
      return false;
  }
}
