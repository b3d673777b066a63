// The findings as cards: what happened in Kong's words, why, what to do, and the buttons that do it.
import type { Card } from '../messages';
import { element } from './dom';

/** What a card's buttons do. */
export interface CardHandlers {
  open: (card: number) => void;
  fix: (card: number, fix: string) => void;
  /** Shows a line of the log. */
  reveal: (line: number) => void;
}

function cardElement(card: Card, index: number, on: CardHandlers): HTMLElement {
  const first = card.evidence[0];
  const working = card.state === 'working';
  return element(
    'article',
    { class: `card ${card.state}`, 'data-id': card.id, 'aria-labelledby': `card-${index}`, tabindex: 0, 'aria-busy': working },
    element(
      'h2',
      { id: `card-${index}` },
      element('span', { class: 'mark', 'aria-hidden': 'true' }, card.state === 'mended' ? '✓' : '✕'),
      card.title,
      card.plugin === null ? null : element('span', { class: 'plugin' }, card.plugin),
    ),
    first === undefined
      ? null
      : element(
          'blockquote',
          {},
          element('code', { dir: 'ltr' }, first.text),
          element(
            'button',
            {
              type: 'button',
              class: 'link',
              'aria-label': `Show line ${first.line} in the log`,
              onClick: () => on.reveal(first.line),
            },
            `line ${first.line}`,
          ),
        ),
    element('p', { class: 'cause' }, card.cause),
    element('ol', {}, ...card.steps.map((step) => element('li', {}, step))),
    card.note === null ? null : element('p', { class: 'note', role: 'status' }, card.note),
    element(
      'p',
      { class: 'buttons' },
      ...card.fixes.map((fix) =>
        element(
          'button',
          { type: 'button', 'data-fix': fix.id, disabled: working, onClick: () => on.fix(index, fix.id) },
          fix.title,
        ),
      ),
      card.place === null
        ? null
        : element('button', { type: 'button', class: 'second', onClick: () => on.open(index) }, `Open ${card.place}`),
      element('span', { class: 'grow' }),
      element('code', { class: 'id' }, card.id),
    ),
  );
}

/** Fills the list of cards; keeps the focused card when the list is shown again. */
export function showCards(list: HTMLElement, cards: readonly Card[], on: CardHandlers): void {
  const focused = [...list.children].indexOf(document.activeElement?.closest('article') ?? list);
  list.replaceChildren(...cards.map((card, index) => cardElement(card, index, on)));
  const again = list.children[focused];
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/** Up and Down go from card to card. */
export function moveBetweenCards(list: HTMLElement, event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const current = event.target instanceof Element ? event.target.closest('article') : null;
  if (step === 0 || current === null) return;
  const next = list.children[[...list.children].indexOf(current) + step];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}
