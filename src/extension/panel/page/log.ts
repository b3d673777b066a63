// The log below the findings: only the rows in sight exist, so that a big log scrolls like a small one.
import type { LogLine } from '../messages';
import { byId, element } from './dom';

const ROW_HEIGHT = 18;
/** Rows drawn above and below what is in sight. */
const MARGIN = 20;

type Row = { gap: number } | { number: number; text: string; decisive: boolean };

/** The log's part of the page: `show` fills it, `reveal` scrolls to a line. */
export interface LogView {
  show: (lines: readonly LogLine[], total: number, decisive: ReadonlySet<number>) => void;
  reveal: (line: number) => void;
}

function rowsOf(lines: readonly LogLine[], total: number, decisive: ReadonlySet<number>, filter: string, only: boolean): Row[] {
  const rows: Row[] = [];
  const wanted = filter.toLowerCase();
  const whole = wanted === '' && !only;
  let last = 0;
  for (const [number, text] of lines) {
    if (whole && number > last + 1) rows.push({ gap: number - last - 1 });
    last = number;
    if (only && !decisive.has(number)) continue;
    if (wanted !== '' && !text.toLowerCase().includes(wanted)) continue;
    rows.push({ number, text, decisive: decisive.has(number) });
  }
  if (whole && total > last) rows.push({ gap: total - last });
  return rows;
}

function rowElement(row: Row, index: number, filter: string): HTMLElement {
  const node = element('div', { class: 'row' });
  node.style.top = `${index * ROW_HEIGHT}px`;
  if ('gap' in row) {
    node.classList.add('gap');
    node.append(`… ${row.gap.toLocaleString('en')} ${row.gap === 1 ? 'line' : 'lines'} not shown`);
    return node;
  }
  if (row.decisive) node.classList.add('decisive');
  node.append(element('span', { class: 'number', 'aria-hidden': 'true' }, String(row.number)));
  const text = element('span', { class: 'text', dir: 'ltr' });
  const at = filter === '' ? -1 : row.text.toLowerCase().indexOf(filter.toLowerCase());
  if (at < 0) text.append(element('span', {}, row.text));
  else {
    const end = at + filter.length;
    text.append(
      element('span', {}, row.text.slice(0, at)),
      element('mark', {}, row.text.slice(at, end)),
      element('span', {}, row.text.slice(end)),
    );
  }
  node.append(text);
  return node;
}

/** Wires the log's elements. */
export function logView(): LogView {
  const box = byId('rows', HTMLDivElement);
  const sizer = byId('sizer', HTMLDivElement);
  const filter = byId('filter', HTMLInputElement);
  const only = byId('decisive', HTMLInputElement);
  const count = byId('count', HTMLSpanElement);
  let lines: readonly LogLine[] = [];
  let total = 0;
  let decisive: ReadonlySet<number> = new Set();
  let rows: Row[] = [];

  const draw = (): void => {
    const first = Math.max(0, Math.floor(box.scrollTop / ROW_HEIGHT) - MARGIN);
    const last = Math.min(rows.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW_HEIGHT) + MARGIN);
    sizer.replaceChildren(...rows.slice(first, last).map((row, i) => rowElement(row, first + i, filter.value)));
  };
  const refilter = (): void => {
    rows = rowsOf(lines, total, decisive, filter.value, only.checked);
    sizer.style.height = `${rows.length * ROW_HEIGHT}px`;
    const shown = rows.filter((row) => 'number' in row).length;
    const filtered = filter.value !== '' || only.checked;
    count.textContent = filtered ? `${shown.toLocaleString('en')} of ${total.toLocaleString('en')} lines` : '';
    draw();
  };
  const reveal = (line: number): void => {
    let index = rows.findIndex((row) => 'number' in row && row.number === line);
    if (index < 0) {
      filter.value = '';
      only.checked = false;
      refilter();
      index = rows.findIndex((row) => 'number' in row && row.number === line);
    }
    if (index < 0) return;
    box.scrollTop = Math.max(0, index * ROW_HEIGHT - box.clientHeight / 2);
    draw();
  };
  const step = (direction: 1 | -1): void => {
    const middle = (box.scrollTop + box.clientHeight / 2) / ROW_HEIGHT;
    const marked = rows.flatMap((row, i) => ('number' in row && row.decisive ? [{ i, line: row.number }] : []));
    const next = direction === 1 ? marked.find(({ i }) => i > middle + 1) : marked.findLast(({ i }) => i < middle - 1);
    const target = next ?? (direction === 1 ? marked[0] : marked.at(-1));
    if (target !== undefined) reveal(target.line);
  };

  box.addEventListener('scroll', draw);
  new ResizeObserver(draw).observe(box);
  filter.addEventListener('input', refilter);
  only.addEventListener('change', refilter);
  byId('next', HTMLButtonElement).addEventListener('click', () => step(1));
  byId('previous', HTMLButtonElement).addEventListener('click', () => step(-1));

  return {
    show(newLines, newTotal, newDecisive) {
      lines = newLines;
      total = newTotal;
      decisive = newDecisive;
      refilter();
    },
    reveal,
  };
}
