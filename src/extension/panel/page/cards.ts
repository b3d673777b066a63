// The findings as cards: what happened in Kong's words, why, what to do, and the buttons that do it.
import type { Card } from '../messages';
import { element } from './dom';

/** What a card's buttons do. */
export interface CardHandlers {
  open: (card: number) => void;
  fix: (card: number, fix: string) => void;
  link: (card: number) => void;
  /** Opens the line of the setting that leads there. */
  setting: (card: number) => void;
  /** Shows a line of the log. */
  reveal: (line: number) => void;
}

/** What a mark means, for those who cannot see it. */
const SPOKEN: Readonly<Record<Card['state'], string>> = { open: 'Problem: ', working: 'Being mended: ', mended: 'Mended: ' };

function cardElement(card: Card, index: number, count: number, on: CardHandlers): HTMLElement {
  const first = card.evidence[0];
  const working = card.state === 'working';
  const open =
    card.place === null
      ? null
      : element(
          'button',
          { type: 'button', class: card.openFirst ? null : 'second', onClick: () => on.open(index) },
          `Open ${card.place}`,
        );
  return element(
    'article',
    {
      class: `card ${card.state}`,
      'data-id': card.id,
      'aria-labelledby': `card-${index}`,
      'aria-describedby': `cause-${index}`,
      'aria-posinset': index + 1,
      'aria-setsize': count,
      'aria-keyshortcuts': card.place === null ? 'J K' : 'J K Enter',
      'aria-busy': working,
      tabindex: 0,
    },
    element(
      'h2',
      { id: `card-${index}` },
      element('span', { class: 'mark', 'aria-hidden': 'true' }, card.state === 'mended' ? '✓' : '✕'),
      element('span', { class: 'spoken' }, SPOKEN[card.state]),
      card.title,
      card.plugin === null ? null : element('span', { class: 'plugin' }, card.plugin),
    ),
    card.predicted === null ? null : element('p', { class: 'predicted' }, card.predicted),
    first === undefined
      ? null
      : element(
          'blockquote',
          {},
          ...(card.predicted === null ? [first] : card.evidence).map(({ text }) => element('code', { dir: 'ltr' }, text)),
          card.predicted === null ? lineButton(first.line, on) : null,
        ),
    settingElement(card, () => on.setting(index)),
    element('p', { class: 'cause', id: `cause-${index}` }, card.cause),
    element('ol', { 'aria-label': 'What to do' }, ...card.steps.map((step) => element('li', {}, step))),
    card.note === null ? null : element('p', { class: 'note', role: 'status' }, card.note),
    element(
      'p',
      { class: 'buttons' },
      card.openFirst ? open : null,
      ...(card.state === 'mended' ? [] : card.fixes).map((fix) =>
        element(
          'button',
          {
            type: 'button',
            class: card.openFirst ? 'second' : null,
            'data-fix': fix.id,
            disabled: working,
            onClick: () => on.fix(index, fix.id),
          },
          fix.title,
        ),
      ),
      card.openFirst ? null : open,
      card.link ? element('button', { type: 'button', class: 'link', onClick: () => on.link(index) }, 'Documentation') : null,
      element('span', { class: 'grow' }),
      element('code', { class: 'id' }, card.id),
    ),
  );
}

/** The way from the quoted line to its place in the log. */
function lineButton(line: number, on: CardHandlers): HTMLElement {
  const label = `Show line ${line} in the log`;
  return element(
    'button',
    { type: 'button', class: 'link', 'aria-label': label, onClick: () => on.reveal(line) },
    `line ${line}`,
  );
}

/** What leads to a predicted failure, as a link where its file lies here. */
function settingElement({ setting }: Card, open: () => void): HTMLElement | null {
  if (setting === null) return null;
  const { words, canOpen } = setting;
  return element(
    'p',
    { class: 'setting' },
    'What leads there: ',
    canOpen ? element('button', { type: 'button', class: 'link', onClick: open }, words) : element('span', {}, words),
  );
}

/** Fills the list of cards; keeps the focused and the selected card when the list is shown again. */
export function showCards(list: HTMLElement, cards: readonly Card[], on: CardHandlers): void {
  const focused = [...list.children].indexOf(document.activeElement?.closest('article') ?? list);
  const selected = [...list.children].findIndex((card) => card.hasAttribute('aria-current'));
  list.replaceChildren(...cards.map((card, index) => cardElement(card, index, cards.length, on)));
  list.children[selected]?.setAttribute('aria-current', 'true');
  const again = list.children[focused];
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/** Brings a card into sight and into focus. */
export function selectCard(list: HTMLElement, index: number): void {
  const card = list.children[index];
  if (!(card instanceof HTMLElement)) return;
  for (const other of list.children) other.removeAttribute('aria-current');
  card.setAttribute('aria-current', 'true');
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: 'nearest' });
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/** Up and down (k and j) go from card to card; Enter on a card opens its file. */
export function cardKeys(list: HTMLElement, event: KeyboardEvent, open: (card: number) => void): void {
  const current = event.target instanceof Element ? event.target.closest('article') : null;
  if (current === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const index = [...list.children].indexOf(current);
  const step = STEPS[event.key];
  if (step !== undefined && list.children[index + step] !== undefined) {
    event.preventDefault();
    selectCard(list, index + step);
  } else if (event.key === 'Enter' && event.target === current) open(index);
}
