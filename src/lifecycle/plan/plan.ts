// An operation on one node: named steps, each recorded before it changes anything, all undone when one fails.
import type { Node } from '../../node/node';
import { messageAndNext, messageOf, UserError } from '../../system/userError';
import { Skip, StepFailure } from '../failure';
import { hold, type Hold } from './hold';
import { putBack } from './recover';
import { rollBack } from './rollback';
import { recovered } from '../oneStep';
import type { OperationResult, Progress, StepResult } from '../types';
import { boundsOf, type Bounds } from '../state/bounds';
import { interruptedOn, interruption } from '../state/interrupted';
import { recoverHint } from '../state/interruptedWords';
import { staysOf, type FoundJournal, type Journal, type StepUndo } from '../state/journal';
import { viewNode, type NodeView } from '../state/view';
import type { Finding } from '../../troubleshoot/finding';

/** A change to one file of a node; `content` null removes it. */
export interface FileEdit {
  path: string;
  content: Uint8Array | string | null;
  mode?: number;
  /** What the change was made from; when the file is something else by now, nothing is written. */
  basedOn?: Uint8Array | undefined;
}

/** What a running step may do. Everything it changes goes through here, so that it can be put back. */
export interface StepContext {
  node: Node;
  signal: AbortSignal | undefined;
  /** The node as it is now; read again after every change that went through here. */
  view(): Promise<NodeView>;
  /** Something else changed: the next view is a new one. */
  changed(): void;
  /** Something is wrong that is not this operation's doing: it is told with the result. */
  found(findings: readonly Finding[]): void;
  /** Writes and removes files; what they were is in the journal before the first one changes, with what else it takes to undo that. */
  edit(files: readonly FileEdit[], undo?: Pick<StepUndo, 'reload'>): Promise<void>;
  /** Puts into the journal what a program is about to change; the paths are remembered as they are. */
  note(undo: Omit<StepUndo, 'step' | 'files'>, paths?: readonly string[]): Promise<void>;
}

/** One step; `run` tells in one sentence what it did. It throws a Skip when there was nothing to do. */
export interface Step {
  name: string;
  /** What it will do, for people; what takes a look at the node is only asked for when it is shown. */
  describe: string | (() => Promise<string>);
  run(context: StepContext): Promise<string>;
}

/** A step with nothing to do, which says why. */
export function skippedStep(name: string, why: string): Step {
  return { name, describe: why, run: () => Promise.reject(new Skip(why)) };
}

/** An operation: its name for people, and the steps it needs on a node. */
export interface Operation {
  title: string;
  /** It changes nothing, so it needs no lock. */
  readOnly?: boolean;
  /** Throws UserError when the operation makes no sense there. */
  steps(view: NodeView): Promise<Step[]>;
}

export interface RunPlanOptions {
  signal?: AbortSignal | undefined;
  dryRun?: boolean | undefined;
  progress?: Progress | undefined;
  /** Told the name of each step when it begins. */
  begin?: ((node: string, step: string) => void) | undefined;
}

/**
 * Runs an operation on one node. Takes the node's lock, runs the steps in order, and on the first failure undoes the ones before. What an
 * interrupted run of the same operation left is put back first; any other operation is refused until a person has decided about it. Failures of
 * steps are results; a node that cannot be reached at all throws UserError.
 */
export async function runPlan(node: Node, operation: Operation, options: RunPlanOptions = {}): Promise<OperationResult> {
  const view = await viewNode(node, options);
  if (view.facts.paused !== undefined && operation.readOnly !== true && options.dryRun !== true) {
    throw new UserError('This Kong is paused: it would go on without what is changed now.', {
      exitCode: 3,
      next: view.facts.paused,
    });
  }
  const results: StepResult[] = [];
  const tell = (step: StepResult): void => {
    results.push(step);
    options.progress?.(node.id, step);
  };
  const { prefix } = view.facts;
  if (options.dryRun === true || operation.readOnly === true) {
    const interrupted = await interruptedOn(node, prefix);
    if (interrupted !== undefined) {
      const goesOn = isSame(interrupted, operation);
      const detail = `${interrupted.says} ${goesOn ? 'That is put back first.' : recoverHint(node)}`;
      if (operation.readOnly !== true && !goesOn) return recovered(node, false, 'failed', detail);
      tell({ name: 'recover', status: options.dryRun === true ? 'planned' : 'skipped', detail });
    }
  }
  if (options.dryRun === true) {
    for (const step of await operation.steps(view)) {
      const detail = typeof step.describe === 'string' ? step.describe : await step.describe();
      tell({ name: step.name, status: 'planned', detail });
    }
    return { node: node.id, ok: true, steps: results, findings: [] };
  }
  const bounds = boundsOf(view);
  const held = operation.readOnly === true ? NOTHING_HELD : await hold(bounds.node, prefix, operation.title);
  try {
    const { left } = held;
    if (left !== undefined) {
      if (!isSame(left, operation)) {
        const result = recovered(node, false, 'failed', `${interruption(left).says} ${recoverHint(node)}`);
        result.steps.forEach((step) => options.progress?.(node.id, step));
        return result;
      }
      await putBack(bounds, left);
      await held.clear();
      const detail = [`Put back what an interrupted "${left.operation}" had changed.`, ...staysOf(left)].join(' ');
      tell({ name: 'recover', status: 'done', detail });
    }
    const seen = viewer(bounds.node, options, left === undefined ? { ...view, node: bounds.node } : undefined);
    return await runSteps(bounds, operation, held, seen, results, tell, options);
  } finally {
    // A node that died cannot be unlocked; its lock goes stale with this process.
    await held.release().catch(() => undefined);
  }
}

/** Whether it is this very operation that was interrupted: run again, it goes on. */
const isSame = (left: Pick<FoundJournal, 'ours' | 'operation'>, { title }: Operation): boolean =>
  left.ours && left.operation === title;

const NOTHING_HELD: Hold = {
  left: undefined,
  save: () => Promise.resolve(),
  clear: () => Promise.resolve(),
  release: () => Promise.resolve(),
};

async function runSteps(
  bounds: Bounds,
  operation: Operation,
  held: Hold,
  seen: Viewer,
  results: StepResult[],
  tell: (step: StepResult) => void,
  options: RunPlanOptions,
): Promise<OperationResult> {
  const { node } = bounds;
  const journal: Journal = { operation: operation.title, at: new Date().toISOString(), undo: [] };
  const found: Finding[] = [];
  const steps = await operation.steps(await seen.view());
  for (const step of steps) {
    try {
      options.signal?.throwIfAborted();
      options.begin?.(node.id, step.name);
      const before = found.length;
      const detail = await step.run({
        ...contextOf(bounds, step.name, held, seen, journal, options),
        found: (more) => void found.push(...more),
      });
      tell({ name: step.name, status: 'done', detail, ...(found.length > before && { warning: true }) });
    } catch (error) {
      if (error instanceof Skip) {
        tell({ name: step.name, status: 'skipped', detail: error.message });
        continue;
      }
      const cancelled = options.signal?.aborted === true;
      if (!(error instanceof UserError) && !cancelled) {
        await undo(node, held, journal, results);
        throw error;
      }
      tell({ name: step.name, status: 'failed', detail: cancelled ? 'Stopped.' : messageAndNext(error) });
      const trouble = await undo(node, held, journal, results);
      if (trouble !== undefined) tell({ name: 'undo', status: 'failed', detail: trouble });
      else for (const detail of staysOf(journal)) tell({ name: 'undo', status: 'skipped', detail });
      return { node: node.id, ok: false, steps: results, findings: error instanceof StepFailure ? [...error.findings] : [] };
    }
  }
  await held.clear();
  return { node: node.id, ok: true, steps: results, findings: found };
}

/** Undoes what the journal holds and marks those steps; returns what went wrong, if anything did (then the journal stays for the next run). */
async function undo(node: Node, held: Hold, journal: Journal, results: StepResult[]): Promise<string | undefined> {
  try {
    await rollBack(node, journal);
    await held.clear();
  } catch (error) {
    return `Not everything could be put back: ${messageOf(error)} ${recoverHint(node)}`;
  }
  const touched = new Set(journal.undo.flatMap(({ step, stays }) => (stays === undefined ? step : [])));
  for (const result of results) if (result.status === 'done' && touched.has(result.name)) result.status = 'undone';
  return undefined;
}

/** Reads a node when it may have changed since it was last read; to read one in a container costs several programs there. */
type Viewer = Pick<StepContext, 'view' | 'changed'>;

function viewer(node: Node, options: RunPlanOptions, first: NodeView | undefined): Viewer {
  let current: NodeView | undefined = first;
  return {
    view: async () => (current ??= await viewNode(node, options)),
    changed: () => (current = undefined),
  };
}

/** Looks which folders above some paths are not there; tells them for one path, the innermost first. */
async function missingFolders(node: Node, paths: readonly string[]): Promise<(path: string) => string[]> {
  const above = (path: string): string[] => {
    const folders: string[] = [];
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.push(path.slice(0, at));
    return folders;
  };
  const present = new Map<string, Promise<boolean>>();
  const isThere = (folder: string): Promise<boolean> => {
    const known = present.get(folder) ?? node.stat(folder).then((info) => info !== undefined);
    present.set(folder, known);
    return known;
  };
  const missing = new Set<string>();
  for (const folders of paths.map(above)) {
    for (const folder of folders) {
      if (missing.has(folder) || (await isThere(folder))) break;
      missing.add(folder);
    }
  }
  return (path) => above(path).filter((folder) => missing.has(folder));
}

function contextOf(
  { node, check }: Bounds,
  step: string,
  held: Hold,
  seen: Viewer,
  journal: Journal,
  options: RunPlanOptions,
): Omit<StepContext, 'found'> {
  const remember = async (
    undoEntry: Omit<StepUndo, 'step' | 'files'>,
    edits: readonly { path: string; basedOn?: Uint8Array | undefined; content?: FileEdit['content'] }[],
  ): Promise<void> => {
    await check(edits.map(({ path, content }) => ({ path, gone: content === null })));
    const files = await Promise.all(
      edits.map(async ({ path, basedOn }) => {
        const [content, info] = await Promise.all([node.read(path), node.stat(path)]);
        if (basedOn !== undefined && content?.equals(basedOn) === false) {
          throw new UserError(`${path} was changed by somebody else just now.`, { next: 'Try again.' });
        }
        if (content === undefined) return { path, content: null };
        // A link keeps leading to a file that keeps what it has.
        const { mode, owner } = info?.type === 'link' ? {} : (info ?? {});
        return { path, content: content.toString('base64'), mode, owner };
      }),
    );
    const missing = await missingFolders(
      node,
      files.filter(({ content }) => content === null).map(({ path }) => path),
    );
    const known = files.map((file) => (file.content === null ? { ...file, newFolders: missing(file.path) } : file));
    // Of several reloads the first one's record is what is gone back to.
    const { reload, ...others } = undoEntry;
    const isKnown = reload !== undefined && journal.undo.some((entry) => entry.reload !== undefined);
    const nothingNew = isKnown && files.length === 0 && Object.keys(others).length === 0;
    journal.undo.push({ step, files: known, ...undoEntry });
    if (!nothingNew) await held.save(journal);
  };
  return {
    node,
    signal: options.signal,
    ...seen,
    note(undoEntry, paths = []) {
      // a program may change anything
      seen.changed();
      return remember(
        undoEntry,
        paths.map((path) => ({ path })),
      );
    },
    async edit(files, undoEntry = {}) {
      const { facts } = await seen.view();
      await remember(undoEntry, files);
      for (const file of files) {
        options.signal?.throwIfAborted();
        if (file.content === null) await node.remove(file.path);
        else await node.write(file.path, file.content, file.mode);
      }
      // of all files a view is made of these
      if (files.some(({ path }) => path === facts.confPath || path === facts.envPath)) seen.changed();
    },
  };
}
