// A node's log, read once or followed live: diagnosed as it grows, and asked for only while somebody sees it.
import { mapToSame } from '../../lifecycle/state/findings';
import { partedLog } from '../../lifecycle/state/logOfNow';
import { tellApart } from '../../lifecycle/state/ambiguous';
import { followLog } from '../../node/follow';
import type { Node } from '../../node/node';
import { diagnoseGrowing, type GrowingLog } from '../../troubleshoot/diagnose';
import type { Finding } from '../../troubleshoot/finding';
import type { Plugin } from '../../plugin/plugin';
import { cardKey } from './diagnosis';
import { shownLine } from './excerpt';
import type { LogLine } from './messages';

/** Lines that are kept of a log that grows; the decisive ones always. */
const KEPT = 20_000;
const SPARE = 5_000;

export interface LiveListener {
  /** New lines came, with what the log tells now. */
  onLines: (lines: LogLine[]) => Promise<void>;
  onTrouble: (trouble: string | undefined) => void;
  onError: (error: unknown) => void;
}

/** The replicas of one node as one log. */
export class LiveLog {
  readonly #nodes: readonly Node[];
  readonly #plugins: readonly Plugin[];
  #growing: GrowingLog;
  /** What was told before something was mended. */
  #past: Finding[] = [];
  readonly #marks = new Map<Node, string>();
  readonly #listener: LiveListener;
  #stop: AbortController | undefined;
  #toldApart: { raw: string; findings: Finding[] } = { raw: '[]', findings: [] };
  #told = 0;
  log: LogLine[] = [];
  lines = 0;
  kong: string | null;

  constructor(
    nodes: readonly Node[],
    { kong, plugins }: { kong: string | null; plugins: readonly Plugin[] },
    listener: LiveListener,
  ) {
    this.#nodes = nodes;
    this.#listener = listener;
    this.#plugins = plugins;
    this.kong = kong;
    this.#growing = this.#open();
  }

  /** Reads what is there already; only what the Kong that runs now said is diagnosed. Throws UserError when a node cannot be reached. */
  async read(): Promise<void> {
    const read = await Promise.all(this.#nodes.map(async (node) => ({ node, ...(await partedLog(node)) })));
    for (const { node, before, mark } of read) this.#take(node, before, mark);
    this.#growing = this.#open();
    for (const { node, now, mark } of read) {
      this.#take(node, now, mark);
      this.#growing.rest();
    }
  }

  /** What the log tells so far, ambiguities told apart by looking at the node whenever something new came. */
  async findings(): Promise<Finding[]> {
    const recent = await this.recent();
    const keys = new Set(recent.map(cardKey));
    return [...recent, ...this.#past.filter((finding) => !keys.has(cardKey(finding)))];
  }

  /** What it has told since something was mended. */
  async recent(): Promise<Finding[]> {
    const findings = this.#growing.findings();
    const raw = JSON.stringify(findings);
    const [node] = this.#nodes;
    if (node !== undefined && raw !== this.#toldApart.raw) {
      const told = await tellApart(node, findings);
      this.#toldApart = { raw, findings: await mapToSame(this.#nodes, told, this.#plugins) };
    }
    return this.#toldApart.findings;
  }

  /** Something was mended: what the log says from now on is said anew. */
  async startAnew(): Promise<void> {
    this.#past = await this.findings();
    this.#toldApart = { raw: '[]', findings: [] };
    this.#growing = this.#open();
  }

  /** Goes on from where it was read last. */
  resume(): void {
    if (this.#stop !== undefined) return;
    const { signal } = (this.#stop = new AbortController());
    for (const node of this.#nodes) {
      followLog(node, {
        signal,
        mark: this.#marks.get(node) ?? '',
        onText: (text, mark) => this.#hear(node, text, mark),
        onTrouble: (trouble) => this.#listener.onTrouble(trouble),
      }).catch((error: unknown) => this.#listener.onError(error));
    }
  }

  pause(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  #open(): GrowingLog {
    const kong = this.kong === null ? {} : { kong: this.kong };
    return diagnoseGrowing({
      ...kong,
      after: this.lines,
      onKong: (version) => (this.kong = version),
    });
  }

  #hear(node: Node, text: string, mark: string): void {
    const before = this.lines;
    this.#take(node, text, mark);
    if (text === '') {
      // what was said last is complete when nothing follows it; that is worth telling once
      if (this.#told === this.lines) return;
      this.#told = this.lines;
      this.#growing.rest();
    }
    const fresh = this.log.filter(([number]) => number > before);
    this.#listener.onLines(fresh).catch((error: unknown) => this.#listener.onError(error));
  }

  #take(node: Node, text: string, mark: string): void {
    this.#marks.set(node, mark);
    if (text === '') return;
    const lines = text.replace(/\n$/, '').split('\n');
    this.#growing.push(lines);
    this.log.push(...lines.map((line): LogLine => [(this.lines += 1), shownLine(line)]));
    if (this.log.length <= KEPT + SPARE) return;
    const decisive = new Set(
      [...this.#past, ...this.#toldApart.findings].flatMap(({ evidence }) => evidence.map(({ line }) => line)),
    );
    const from = this.lines - KEPT;
    this.log = this.log.filter(([number]) => number > from || decisive.has(number));
  }
}
