// `kong-plugin fix`: the remedy of what is wrong with a node: shown, agreed to, done, and proved.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import { UserError } from '../../system/userError';
import type { FileChange } from '../../text/diagnostic';
import type { Finding } from '../../troubleshoot/finding';
import type { RemedyKind } from '../../troubleshoot/remedyKinds';
import type { PlannedRemedy } from '../../lifecycle/remedies';
import { askYes } from '../ask';
import type { ExitStatus, Io } from '../io';
import { openNamedNodes, runOperation, withNodeOptions, type NodeFlags } from '../nodes';
import { keepRemoved } from '../keep';
import { shownPath } from '../paths';

interface FixFlags extends NodeFlags {
  fix?: string;
  yes?: boolean;
  dryRun?: boolean;
}

export const addFix: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program
      .command('fix')
      .description('mend what is wrong with a node: show what will change, do it, and prove that Kong serves')
      .argument(
        '[words...]',
        "the finding's id, when there are several, and the plugin's folder (default: the working directory)",
      )
      .addOption(new Option('--fix <kind>', 'which of its remedies, when there are several'))
      .option('--yes', 'do it without asking')
      .option('--dry-run', 'show it and change nothing'),
  ).action(async (words: string[], flags: FixFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const { id, dir } = await sorted([...words, ...rest]);
    const [{ discoverPlugins }, { lookAt }, { remediesFor, planRemedy }] = await Promise.all([
      import('../../plugin/discovery'),
      import('../../lifecycle/state/findings'),
      import('../../lifecycle/remedies'),
    ]);
    const [node] = nodes;
    if (node === undefined) throw new UserError('There is no such node.', { exitCode: 3 });
    const plugins = await discoverPlugins([resolve(io.cwd, dir ?? '.')], { signal: io.signal });
    const findings = await lookAt(node, plugins, { signal: io.signal });
    const finding = chosenFinding(findings, id, node.id);
    const say = (text: string): void => (flags.format === 'json' ? io.err(text) : io.out(text));
    if (finding === undefined) {
      const { interruptedOn } = await import('../../lifecycle/state/interrupted');
      const { recoverHint } = await import('../../lifecycle/state/interruptedWords');
      const interrupted = await interruptedOn(node, (await node.facts(io.signal)).prefix);
      if (interrupted !== undefined) throw new UserError(interrupted.says, { next: recoverHint(node) });
      if (flags.format === 'json')
        io.out(`${JSON.stringify({ finding: null, findings: [], fix: null, changes: [], results: [] }, null, 2)}\n`);
      else io.out(`Nothing is wrong with ${node.id}.\n`);
      finish(0);
      return;
    }
    const kind = chosenRemedy(await remediesFor(finding, plugins, { node }), flags.fix, finding);
    const planned = await planRemedy(finding, kind, plugins, { keep: keepRemoved(io, '.', finding.plugin ?? 'plugin') });
    say(await preview(io, finding, planned));
    const shown = planned.changes.map(({ path, kind: how }) => ({ path: shownPath(io.cwd, path), kind: how }));
    if (flags.dryRun !== true && flags.yes !== true && !(await askYes(io, 'Do it?'))) {
      throw new UserError('Nothing was changed.', { exitCode: 2, next: 'Say --yes to do it, or --dry-run to see the steps.' });
    }
    const putBack = flags.dryRun === true ? undefined : await changeWorkspace(planned);
    const about = { finding: finding.id, findings, fix: kind, changes: shown };
    const run = async (): Promise<ExitStatus> => {
      const operation = await planned.operation?.();
      return operation === undefined ? 0 : runOperation(io, nodes, operation, flags, about);
    };
    finish(await carriedOut(io, run, putBack));
  });
};

/** Makes the changes of the workspace; returns what puts them back, where there are any. */
async function changeWorkspace({ changes }: PlannedRemedy): Promise<(() => Promise<string>) | undefined> {
  if (changes.length === 0) return undefined;
  const { applyChanges } = await import('../../system/applyChanges');
  return applyChanges(changes);
}

/** Runs what is done on the node; where that fails, the workspace is put back as the node is. */
async function carriedOut(
  io: Io,
  run: () => Promise<ExitStatus>,
  putBack: (() => Promise<string>) | undefined,
): Promise<ExitStatus> {
  let exit: ExitStatus | undefined;
  try {
    exit = await run();
    return exit;
  } finally {
    if (exit !== 0 && putBack !== undefined) {
      const left = await putBack();
      io.err(left === '' ? 'The files of the workspace are as they were before.\n' : `${left}\n`);
    }
  }
}

/** Which word is an id of the catalogue, and which a folder. */
async function sorted(words: readonly string[]): Promise<{ id: string | undefined; dir: string | undefined }> {
  const { CATALOGUE } = await import('../../troubleshoot/catalogue');
  const ids = words.filter((word) => word in CATALOGUE);
  const dirs = words.filter((word) => !(word in CATALOGUE));
  if (ids.length > 1 || dirs.length > 1) {
    throw new UserError(`One finding and one folder at a time: ${words.join(', ')}.`, { exitCode: 2 });
  }
  return { id: ids[0], dir: dirs[0] };
}

function chosenFinding(findings: readonly Finding[], id: string | undefined, node: string): Finding | undefined {
  if (id === undefined) return findings.find(({ fixes = [] }) => fixes.length > 0) ?? findings[0];
  const found = findings.find((finding) => finding.id === id);
  if (found !== undefined) return found;
  const others =
    findings.length === 0 ? 'nothing is wrong with it' : `it has ${findings.map((finding) => finding.id).join(', ')}`;
  throw new UserError(`${node} does not have the problem ${id}: ${others}.`);
}

function chosenRemedy(possible: readonly RemedyKind[], wanted: string | undefined, finding: Finding): RemedyKind {
  const kind = wanted === undefined ? possible[0] : possible.find((candidate) => candidate === wanted);
  if (kind !== undefined) return kind;
  if (wanted === undefined) {
    throw new UserError(`${finding.title}: that cannot be mended mechanically from here.`, {
      next: nextByHand(finding),
    });
  }
  throw new UserError(`${finding.id} has no remedy called ${wanted} that would change anything here.`, {
    exitCode: 2,
    next: possible.length === 0 ? nextByHand(finding) : `It has ${possible.join(', ')}.`,
  });
}

/** What a person does where nothing mechanical helps: open the line that is named, else the first step. */
function nextByHand({ file, line, steps, cause }: Finding): string {
  const [first = cause, second] = steps;
  if (file === null || line === null) return first;
  const rest = /^(?:Open|Look for it in) /.test(first) ? second : first;
  return `Open ${file} at line ${line}.${rest === undefined ? '' : ` ${rest}`}`;
}

async function preview(io: Io, finding: Finding, { kind, says, changes }: PlannedRemedy): Promise<string> {
  const [{ REMEDY_TITLES }, { diffOf }] = await Promise.all([
    import('../../troubleshoot/remedyKinds'),
    import('../../text/diff'),
  ]);
  const shown = await Promise.all(
    changes.map(async (change) => `  ${shownPath(io.cwd, change.path)}\n${indented(diffOf(change, await before(change)))}`),
  );
  return `${finding.title}  [${finding.id}]\n${REMEDY_TITLES[kind]}  [${kind}]: ${says}\n${shown.join('')}`;
}

async function before(change: FileChange): Promise<string> {
  return change.kind === 'edit' ? readFile(change.path, 'utf8') : '';
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
