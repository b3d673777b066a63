// The troubleshooting page: shows the state it is sent and reports what the person does. Opens in a plain browser, too.
import { count } from '../../../text/count';
import { type FromPage, type LogLine, type PanelState, type ToPage, EMPTY_STATE } from '../messages';
import { cardKeys, selectCard, showCards } from './cards';
import { byId, element } from './dom';
import { logView } from './log';
import { visible } from './visible';

declare function acquireVsCodeApi(): { postMessage: (message: FromPage) => void };

/** More than this is not sent as a message; the person is told to open the file instead. */
const MAX_TEXT = 16 * 1024 * 1024;
/** Of a log that grows the page keeps so many lines. */
const MAX_LINES = 25_000;

// In a plain browser the messages go to the page's own window, where a test listens.
const send: (message: FromPage) => void =
  typeof acquireVsCodeApi === 'function'
    ? acquireVsCodeApi().postMessage
    : (message) => window.dispatchEvent(new CustomEvent('from-page', { detail: message }));

const source = byId('source', HTMLHeadingElement);
const summary = byId('summary', HTMLParagraphElement);
const follow = byId('follow', HTMLButtonElement);
const history = byId('history', HTMLSelectElement);
const cards = byId('cards', HTMLElement);
const paste = byId('paste', HTMLTextAreaElement);
const diagnose = byId('diagnose', HTMLButtonElement);
const dropzone = byId('dropzone', HTMLDivElement);
const log = logView();
let lines: LogLine[] = [];
let freshLog = false;

function summaryOf(state: PanelState): string {
  if (state.busy !== null) return state.busy;
  if (state.source === null) return '';
  const kong = `${state.kong === null ? '' : ` Kong ${state.kong}.`}${state.follow === 'on' ? ' Following live.' : ''}`;
  const open = state.cards.filter((card) => card.state !== 'mended').length;
  if (state.cards.length === 0 && state.lines === 0)
    return `${state.follow === 'on' ? 'Nothing was logged yet.' : 'Nothing wrong found.'}${kong}`;
  if (state.cards.length === 0) return `Nothing wrong found in ${count(state.lines, 'line')}.${kong}`;
  if (open === 0) return `All mended.${kong}`;
  return `${count(open, 'problem')}.${kong}`;
}

function classOf({ source, busy, follow, cards, lines }: PanelState): 'bad' | 'good' | '' {
  if (source === null || busy !== null || (follow === 'on' && cards.length === 0 && lines === 0)) return '';
  return cards.some((card) => card.state !== 'mended') ? 'bad' : 'good';
}

function show(state: PanelState): void {
  const fresh = freshLog;
  freshLog = false;
  const empty = state.source === null && state.busy === null;
  source.textContent = visible(state.source ?? '');
  summary.textContent = visible(summaryOf(state));
  summary.className = classOf(state);
  byId('empty', HTMLElement).hidden = !empty;
  byId('result', HTMLElement).hidden = empty;
  byId('cancel', HTMLButtonElement).hidden = state.busy === null;
  byId('copy', HTMLButtonElement).hidden = state.cards.length === 0;
  byId('clear', HTMLButtonElement).hidden = empty;
  follow.hidden = state.follow === null;
  follow.setAttribute('aria-pressed', String(state.follow === 'on'));
  history.hidden = state.history.length === 0;
  history.replaceChildren(
    element('option', { value: '' }, 'History'),
    ...state.history.map(({ id, label }) => element('option', { value: id }, label)),
  );
  cards.hidden = state.cards.length === 0;
  // what was selected of another log is not selected of this one
  if (fresh) for (const card of cards.children) card.removeAttribute('aria-current');
  showCards(cards, state.cards, {
    open: (card) => send({ type: 'open', card }),
    fix: (card, fix) => send({ type: 'fix', card, fix }),
    link: (card) => send({ type: 'link', card }),
    setting: (card) => send({ type: 'setting', card }),
    reveal: log.reveal,
  });
  const decisive = new Set(state.cards.flatMap((card) => (card.predicted === null ? card.evidence.map(({ line }) => line) : [])));
  if (fresh) {
    cards.scrollTop = 0;
    log.reset();
  }
  log.show(lines, state.lines, decisive, state.follow === 'on');
  const first = state.cards.find(({ predicted }) => predicted === null)?.evidence[0];
  if (fresh && first !== undefined) log.reveal(first.line);
}

function refuse(): void {
  summary.textContent = 'This log is too big for a message: save it as a file and run Diagnose Log File…';
  summary.className = 'bad';
}

function feed(text: string, name: string): void {
  if (text.trim() === '') return;
  if (text.length > MAX_TEXT) {
    refuse();
    return;
  }
  paste.value = '';
  diagnose.disabled = true;
  send({ type: 'text', text, name });
}

function isToPage(message: unknown): message is ToPage {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  switch (message.type) {
    case 'state':
      return 'state' in message;
    case 'log':
    case 'more':
      return 'log' in message;
    default:
      return message.type === 'select' && 'card' in message;
  }
}

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isToPage(data)) return;
  switch (data.type) {
    case 'state':
      show(data.state);
      break;
    case 'log':
      lines = data.log;
      freshLog = true;
      break;
    case 'more':
      lines = [...lines, ...data.log].slice(-MAX_LINES);
      break;
    case 'select':
      selectCard(cards, data.card);
      break;
  }
});
paste.addEventListener('input', () => {
  diagnose.disabled = paste.value.trim() === '';
});
diagnose.addEventListener('click', () => feed(paste.value, 'Pasted text'));
// Ctrl+V anywhere on the page diagnoses; in the two text boxes it pastes.
document.addEventListener('paste', (event) => {
  if (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement) return;
  feed(event.clipboardData?.getData('text/plain') ?? '', 'Pasted text');
});
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-from]')) {
  const from = button.dataset['from'];
  if (from === 'clipboard' || from === 'file' || from === 'node')
    button.addEventListener('click', () => send({ type: 'source', from }));
}
byId('copy', HTMLButtonElement).addEventListener('click', () => send({ type: 'copy' }));
byId('clear', HTMLButtonElement).addEventListener('click', () => send({ type: 'clear' }));
byId('cancel', HTMLButtonElement).addEventListener('click', () => send({ type: 'cancel' }));
history.addEventListener('change', () => {
  if (history.value !== '') send({ type: 'history', id: history.value });
});
follow.addEventListener('click', () => send({ type: 'follow' }));
cards.addEventListener('keydown', (event) => cardKeys(cards, event, (card) => send({ type: 'open', card })));

document.addEventListener('dragover', (event) => {
  event.preventDefault();
  dropzone.hidden = false;
});
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) dropzone.hidden = true;
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  dropzone.hidden = true;
  const file = event.dataTransfer?.files[0];
  // what is dragged out of the editor's own lists is named, not carried
  const uri = (event.dataTransfer?.getData('text/uri-list') ?? '').split(/\r?\n/).find((line) => line.startsWith('file:'));
  if (file === undefined && uri !== undefined) send({ type: 'uri', uri });
  else if (file === undefined) feed(event.dataTransfer?.getData('text/plain') ?? '', 'Dropped text');
  else if (file.size > MAX_TEXT) refuse();
  else void file.text().then((text) => feed(text, file.name));
});

show(EMPTY_STATE);
send({ type: 'ready' });
