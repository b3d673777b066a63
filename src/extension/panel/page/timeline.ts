// The log's minutes as bars above it: how much was said, where errors are, and a press goes there.
import { count } from '../../../text/count';
import type { LineFacts } from '../../../troubleshoot/lineFacts';
import type { LogLine } from '../messages';
import { byId, element } from './dom';

/** More bars than this cannot be told apart: then one stands for several minutes. */
const MAX_BARS = 90;

interface Bar {
  from: string;
  to: string;
  lines: number;
  errors: number;
  /** Where a press goes: the first error, else the first line. */
  line: number;
}

/** One bar for each minute that the log has lines of, in the order of time. */
export function barsOf(lines: readonly LogLine[], facts: readonly LineFacts[]): Bar[] {
  const minutes = new Map<string, Bar>();
  lines.forEach(([line], i) => {
    const { minute = null, isError = false } = facts[i] ?? {};
    if (minute === null) return;
    const bar = minutes.get(minute) ?? { from: minute, to: minute, lines: 0, errors: 0, line };
    minutes.set(minute, add(bar, { ...bar, lines: 1, errors: Number(isError), line }));
  });
  const sorted = [...minutes.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
  const each = Math.ceil(sorted.length / MAX_BARS);
  return sorted.reduce<Bar[]>((bars, bar, i) => {
    const last = bars.at(-1);
    return last === undefined || i % each === 0 ? [...bars, bar] : [...bars.slice(0, -1), add(last, bar)];
  }, []);
}

function add(bar: Bar, more: Bar): Bar {
  const line = bar.errors === 0 && more.errors > 0 ? more.line : bar.line;
  return { from: bar.from, to: more.to, lines: bar.lines + more.lines, errors: bar.errors + more.errors, line };
}

const spoken = ({ from, to, lines, errors }: Bar): string =>
  `${from === to ? from : `${from} to ${to}`}: ${count(lines, 'line')}${errors === 0 ? '' : `, ${count(errors, 'line')} of errors`}`;

/** Draws the bars; a log of one minute has none. The arrow keys go from bar to bar. */
export function showTimeline(
  { lines, facts }: { lines: readonly LogLine[]; facts: readonly LineFacts[] },
  reveal: (line: number) => void,
): void {
  const box = byId('timeline', HTMLDivElement);
  const bars = barsOf(lines, facts);
  box.hidden = bars.length < 2;
  const most = Math.max(...bars.map((bar) => bar.lines));
  const focused = [...box.children].indexOf(document.activeElement ?? box);
  box.replaceChildren(
    ...bars.map((bar, i) => {
      const label = spoken(bar);
      const fill = element('span', { class: 'fill' });
      fill.style.height = `${Math.max(12, Math.round((100 * bar.lines) / most))}%`;
      return element(
        'button',
        {
          type: 'button',
          class: bar.errors > 0 ? 'bar bad' : 'bar',
          'aria-label': label,
          title: label,
          tabindex: i === Math.max(0, focused) ? 0 : -1,
          onClick: () => reveal(bar.line),
        },
        fill,
      );
    }),
  );
  const again = box.children[focused];
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** Wires the arrow keys, once. */
export function timelineKeys(): void {
  const box = byId('timeline', HTMLDivElement);
  box.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    const bars = [...box.children].filter((bar) => bar instanceof HTMLElement);
    const next = bars[bars.findIndex((bar) => bar === document.activeElement) + (step ?? 0)];
    if (step === undefined || next === undefined) return;
    event.preventDefault();
    for (const bar of bars) bar.tabIndex = bar === next ? 0 : -1;
    next.focus();
  });
}
