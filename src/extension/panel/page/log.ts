// The log below the findings: only the rows in sight exist, so that a big log scrolls like a small one.
import { count } from '../../../text/count';
import { lineFacts, type LineFacts } from '../../../troubleshoot/lineFacts';
import type { LogLine } from '../messages';
import { byId, element } from './dom';
import { showTimeline, timelineKeys } from './timeline';

const ROW_HEIGHT = 18;
/** Rows drawn above and below what is in sight. */
const MARGIN = 20;

type Row = { gap: number } | { number: number; text: string; decisive: boolean };

/** The log's part of the page: `show` fills it, `reveal` scrolls to a line. */
export interface LogView {
  /** `tail`: the log grows; whoever looks at its end goes on seeing the end. */
  show: (lines: readonly LogLine[], total: number, decisive: ReadonlySet<number>, tail: boolean) => void;
  reveal: (line: number) => void;
  /** Forgets where the person was: another log comes. */
  reset: () => void;
}

interface View {
  lines: readonly LogLine[];
  /** Of each line. */
  facts: readonly LineFacts[];
  total: number;
  decisive: ReadonlySet<number>;
}

/** What of the log is wanted; an empty `wanted` is everything. */
interface Filter {
  wanted: string;
  matchesOnly: boolean;
  decisiveOnly: boolean;
  /** Only what plugins themselves said. */
  ownOnly: boolean;
  /** Only the lines of this request. */
  request: string | null;
}

const matches = (text: string, wanted: string): boolean => wanted !== '' && text.toLowerCase().includes(wanted);

/** What lines tell about themselves; a message does not go on behind lines that are not shown. */
function factsOf(lines: readonly LogLine[]): LineFacts[] {
  const runs: string[][] = [];
  lines.forEach(([number, text], i) => {
    if (number === (lines[i - 1]?.[0] ?? 0) + 1 && runs.length > 0) runs.at(-1)?.push(text);
    else runs.push([text]);
  });
  return runs.flatMap(lineFacts);
}

function rowsOf({ lines, facts, total, decisive }: View, filter: Filter): Row[] {
  const { wanted, matchesOnly, decisiveOnly, ownOnly, request } = filter;
  const rows: Row[] = [];
  const whole = !decisiveOnly && !ownOnly && request === null && (wanted === '' || !matchesOnly);
  let last = 0;
  for (const [i, [number, text]] of lines.entries()) {
    if (whole && number > last + 1) rows.push({ gap: number - last - 1 });
    last = number;
    if (decisiveOnly && !decisive.has(number)) continue;
    if (ownOnly && (facts[i]?.plugin ?? null) === null) continue;
    if (request !== null && facts[i]?.request !== request) continue;
    if (wanted !== '' && matchesOnly && !matches(text, wanted)) continue;
    rows.push({ number, text, decisive: decisive.has(number) });
  }
  if (whole && total > last) rows.push({ gap: total - last });
  return rows;
}

/** A line with its matches marked. */
function markedText(text: string, wanted: string): HTMLElement {
  const line = element('span', { class: 'text', dir: 'ltr' });
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = wanted === '' ? -1 : lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    line.append(element('span', {}, text.slice(from, at)), element('mark', {}, text.slice(at, at + wanted.length)));
    from = at + wanted.length;
  }
  line.append(element('span', {}, text.slice(from)));
  return line;
}

function rowElement(row: Row, index: number, wanted: string, current: number): HTMLElement {
  const node = element('div', { class: 'row' });
  node.style.top = `${index * ROW_HEIGHT}px`;
  if ('gap' in row) {
    node.classList.add('gap');
    node.append(`… ${count(row.gap, 'line')} not shown`);
    return node;
  }
  if (row.decisive) node.classList.add('decisive');
  if (row.number === current) node.classList.add('current');
  node.append(element('span', { class: 'number', 'aria-hidden': 'true' }, String(row.number)), markedText(row.text, wanted));
  if (row.decisive) node.prepend(element('span', { class: 'spoken' }, `Decisive line ${row.number}: `));
  return node;
}

/** Wires the log's elements. */
export function logView(): LogView {
  const box = byId('rows', HTMLDivElement);
  const sizer = byId('sizer', HTMLDivElement);
  const search = byId('filter', HTMLInputElement);
  const matchesOnly = byId('matches', HTMLInputElement);
  const decisiveOnly = byId('decisive', HTMLInputElement);
  const ownOnly = byId('own', HTMLInputElement);
  const sameRequest = byId('request', HTMLButtonElement);
  const found = byId('count', HTMLSpanElement);
  let view: View = { lines: [], facts: [], total: 0, decisive: new Set() };
  let rows: Row[] = [];
  /** The line that was gone to last, or pressed. */
  let current = 0;
  /** The request that alone is shown. */
  let request: string | null = null;

  const wanted = (): string => search.value.toLowerCase();
  const draw = (): void => {
    const first = Math.max(0, Math.floor(box.scrollTop / ROW_HEIGHT) - MARGIN);
    const last = Math.min(rows.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW_HEIGHT) + MARGIN);
    sizer.replaceChildren(...rows.slice(first, last).map((row, i) => rowElement(row, first + i, wanted(), current)));
  };
  const requestOf = (line: number): string | null =>
    view.facts[view.lines.findIndex(([number]) => number === line)]?.request ?? null;
  const setCurrent = (line: number): void => {
    current = line;
    sameRequest.hidden = request === null && requestOf(line) === null;
    draw();
  };
  const refilter = (): void => {
    rows = rowsOf(view, {
      wanted: wanted(),
      matchesOnly: matchesOnly.checked,
      decisiveOnly: decisiveOnly.checked,
      ownOnly: ownOnly.checked,
      request,
    });
    sizer.style.height = `${rows.length * ROW_HEIGHT}px`;
    const hits = rows.filter((row) => 'number' in row && (wanted() === '' || matches(row.text, wanted()))).length;
    const filtered = search.value !== '' || decisiveOnly.checked || ownOnly.checked || request !== null;
    found.textContent = filtered ? `${hits.toLocaleString('en')} of ${count(view.total, 'line')}` : '';
    draw();
  };
  const showRequest = (wantedRequest: string | null): void => {
    request = wantedRequest;
    sameRequest.setAttribute('aria-pressed', String(request !== null));
    refilter();
  };
  const indexOf = (line: number): number => rows.findIndex((row) => 'number' in row && row.number === line);
  const scrollTo = (index: number): void => {
    box.scrollTop = Math.max(0, index * ROW_HEIGHT - box.clientHeight / 2);
  };
  const reveal = (line: number): void => {
    if (indexOf(line) < 0) {
      search.value = '';
      decisiveOnly.checked = ownOnly.checked = false;
      showRequest(null);
    }
    const index = indexOf(line);
    if (index < 0) return;
    scrollTo(index);
    setCurrent(line);
  };
  /** Goes to the next row of a kind, from the one that was gone to last or from the middle of what is in sight; round at the ends. */
  const step = (direction: 1 | -1, isIt: (row: Row) => boolean): void => {
    const middle = Math.floor((box.scrollTop + box.clientHeight / 2) / ROW_HEIGHT);
    const index = rows.findIndex((row) => 'number' in row && row.number === current);
    const from = index < 0 ? middle : index;
    const marked = rows.flatMap((row, i) => ('number' in row && isIt(row) ? [{ i, line: row.number }] : []));
    const next = direction === 1 ? marked.find(({ i }) => i > from) : marked.findLast(({ i }) => i < from);
    const target = next ?? (direction === 1 ? marked[0] : marked.at(-1));
    if (target !== undefined) reveal(target.line);
  };
  const isDecisive = (row: Row): boolean => 'number' in row && row.decisive;
  const isMatch = (row: Row): boolean => 'number' in row && matches(row.text, wanted());

  box.addEventListener('scroll', draw);
  timelineKeys();
  new ResizeObserver(draw).observe(box);
  search.addEventListener('input', refilter);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1, isMatch);
  });
  matchesOnly.addEventListener('change', refilter);
  decisiveOnly.addEventListener('change', refilter);
  ownOnly.addEventListener('change', refilter);
  sizer.addEventListener('click', ({ target }) => {
    const number = target instanceof Element ? target.closest('.row')?.querySelector('.number')?.textContent : undefined;
    if (number !== undefined) setCurrent(Number(number));
  });
  sameRequest.addEventListener('click', () => {
    showRequest(request === null ? requestOf(current) : null);
    scrollTo(indexOf(current));
    setCurrent(current);
  });
  byId('next', HTMLButtonElement).addEventListener('click', () => step(1, isDecisive));
  byId('previous', HTMLButtonElement).addEventListener('click', () => step(-1, isDecisive));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'f' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    search.select();
  });

  return {
    show(lines, total, decisive, tail) {
      const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - ROW_HEIGHT;
      const facts = lines === view.lines ? view.facts : factsOf(lines);
      view = { lines, facts, total, decisive };
      showTimeline(view, reveal);
      byId('own-label', HTMLLabelElement).hidden = !ownOnly.checked && facts.every(({ plugin }) => plugin === null);
      sameRequest.hidden = request === null && requestOf(current) === null;
      refilter();
      if (tail && atEnd) box.scrollTop = box.scrollHeight;
    },
    reveal,
    reset() {
      current = 0;
      ownOnly.checked = false;
      showRequest(null);
      box.scrollTop = 0;
    },
  };
}
