// Matches to findings: each problem once, causes without their consequences, the most decisive first.
import { lastKongWith } from '../kong/kongModules';
import { CATALOGUE, type EntryId } from './catalogue';
import type { CatalogueEntry, Weight } from './catalogue/entry';
import { draftOfMatch, draftOfProblem, draftOfUnknown, EVIDENCE_LINES, ofEntry, quote, type Draft } from './draft';
import type { Finding } from './finding';
import { maskSecrets } from './secrets/mask';
import type { EntryMatch } from './match';
import type { KnownProblem } from './problem';
import type { LogRecord } from './records';
import { NOTHING_AROUND, entryOfMissing, entryOfNotInstalled, type Surroundings } from './specificEntry';
import { fill } from './template';
import { inRange } from './versions';

const RANK: Readonly<Record<Weight, number>> = { stop: 0, break: 1, request: 2, refuse: 3, note: 4, unknown: 5 };
/** Words that a finding has as fields of its own, or that are only sentences. */
const NO_DETAILS = new Set([
  'plugin',
  'module',
  'path',
  'line',
  'doing',
  'when',
  'meaning',
  'effect',
  'part',
  'usual',
  'speaker',
  'certain',
  'next',
]);
/** So many different errors that no entry knows are shown; a log full of them says no more. */
const MAX_UNKNOWN = 10;
/** What is only said because something else went wrong: dropped when one of `of` is there. */
const CONSEQUENCES: readonly { id: EntryId; of: (draft: Draft, other: Draft) => boolean }[] = [
  { id: 'plugin-module-loop', of: (_, other) => other.id !== 'plugin-module-loop' },
  { id: 'nginx-failed-exit-code', of: (_, other) => other.weight === 'stop' },
  { id: 'nginx-conf-invalid', of: (draft, other) => draft.weak && other.weight === 'stop' },
  { id: 'cli-empty-error', of: (_, other) => other.weight === 'stop' },
  { id: 'reload-not-running', of: (_, other) => other.weight === 'stop' },
  { id: 'worker-init-error', of: (_, other) => other.weight === 'break' || other.weight === 'stop' },
  { id: 'could-not-rebuild-plugins-iterator', of: (_, other) => other.id === 'plugin-in-use-not-enabled' },
  { id: 'schema-violation-on-load', of: (draft, other) => other.entry.stage === 'schema' && sameOr(draft.plugin, other.plugin) },
  {
    id: 'admin-api-no-plugin-named',
    of: (draft, other) => other.id === 'admin-api-plugin-not-enabled' && sameOr(draft.plugin, other.plugin),
  },
  {
    id: 'admin-api-unexpected-error',
    of: (draft, other) =>
      draft.file === null && (other.weight === 'request' || other.id === 'plugin-api-module-broken' || other.file !== null),
  },
  {
    id: 'runtime-exception-in-phase',
    of: (draft, other) =>
      draft.file === null &&
      draft.plugin === null &&
      (other.id === 'plugin-api-module-broken' || other.id === 'handler-phase-not-a-function'),
  },
  {
    id: 'luarocks-rock-not-found',
    of: (_, other) => other.id === 'luarocks-manifest-too-large' || other.id === 'luarocks-downloader-missing',
  },
  {
    id: 'luarocks-source-url-unfetchable',
    of: (_, other) => other.id === 'luarocks-git-unreachable' || other.id === 'luarocks-git-refused',
  },
  { id: 'luarocks-c-compile-error', of: (draft, other) => draft.weak && other.id === 'luarocks-compiler-missing' },
  { id: 'luarocks-dependencies-listed', of: (_, other) => other.weight !== 'note' && other.weight !== 'unknown' },
  { id: 'admin-api-violation-title', of: (_, other) => other.entry.stage === 'configure' },
  { id: 'pluginserver-terminated', of: (_, other) => other.id === 'pluginserver-start-command-not-found' },
  // busted counts what failed behind what failed.
  { id: 'unknown-error', of: (draft) => (draft.words['speaker'] ?? '').startsWith('busted') },
  // A traceback whose head was left out, beside what was read of it.
  { id: 'unknown-error', of: (draft) => (draft.words['error'] ?? '').startsWith('stack traceback:') },
  {
    id: 'answer-unexpected-error',
    of: (_, other) => other.weight !== 'note' && other.weight !== 'unknown',
  },
  // The command line repeats what nginx said in lines of their own.
  { id: 'unknown-error', of: (draft) => draft.kind === '' },
  // Kong up to 0.14 says so behind each error of a request.
  {
    id: 'unknown-error',
    of: (draft, other) => (draft.words['error'] ?? '').endsWith('An unexpected error occurred') && other.weight === 'request',
  },
  {
    id: 'kong-core-error',
    of: (draft, other) => draft.words['part'] === 'the plugin servers' && other.id.startsWith('pluginserver-'),
  },
  {
    id: 'runtime-exception-in-phase',
    of: (draft, other) =>
      draft.file === null && other.id.startsWith('pluginserver-') && draft.plugin !== null && draft.plugin === other.plugin,
  },
  { id: 'kong-already-running', of: (_, other) => other.id === 'port-in-use' },
];

/** What the problems of a start that was not tried come to, for a version of Kong when that is known. */
export function findingsOf(problems: readonly KnownProblem[], kong: string | undefined): Finding[] {
  const conclusion = createConclusion();
  for (const problem of problems) conclusion.addProblem(problem);
  return conclusion.findings({ ...NOTHING_AROUND, kong: kong ?? null });
}

/** Collects the matches of one text, or problems that are known without one. */
export interface Conclusion {
  add(match: EntryMatch): void;
  addProblem(problem: KnownProblem): void;
  /** Takes an error that no entry explains. */
  addUnknown(record: LogRecord): void;
  findings(around: Surroundings): Finding[];
}

/** Makes an empty conclusion. */
export function createConclusion(): Conclusion {
  const drafts: Draft[] = [];
  let unknown = 0;
  const put = (draft: Draft): void => {
    const twin = drafts.find((other) => isSame(other, draft));
    if (twin !== undefined) merge(twin, draft);
    else if (draft.weight !== 'unknown' || (unknown += 1) <= MAX_UNKNOWN) drafts.push(draft);
  };
  return {
    add: (match) => put(draftOfMatch(match, drafts.length)),
    addProblem: (problem) => put(draftOfProblem(problem, drafts.length)),
    addUnknown: (record) => put(draftOfUnknown(record, drafts.length)),
    findings(around) {
      return weighTogether(drafts, around)
        .sort(
          (a, b) =>
            RANK[a.weight] - RANK[b.weight] ||
            Number(a.warning) - Number(b.warning) ||
            Number(a.plugin === null) - Number(b.plugin === null) ||
            a.order - b.order,
        )
        .map((draft) => toFinding(draft, around));
    },
  };
}

/** Null is a part that this piece of the text did not tell. */
function sameOr(a: string | number | null, b: string | number | null): boolean {
  return a === null || b === null || a === b;
}

function isSame(a: Draft, b: Draft): boolean {
  const samePlace = sameOr(a.plugin, b.plugin) && sameOr(a.file, b.file) && sameOr(a.line, b.line);
  if (a.kind !== b.kind) return false;
  if (a.id === b.id) return samePlace && DISTINCT.every((word) => sameOr(a.words[word] ?? null, b.words[word] ?? null));
  // The generic form of an error and its telling form, from two pieces of one message.
  return (a.weak || b.weak) && a.file !== null && a.file === b.file && a.line === b.line;
}

/** Words that make two problems of one kind different. */
const DISTINCT = ['setting', 'port', 'missing', 'prefix', 'directive'];

function merge(kept: Draft, other: Draft): void {
  if (kept.weak && !other.weak) {
    kept.id = other.id;
    kept.entry = other.entry;
    kept.weak = false;
    kept.weight = other.weight;
    kept.words = { ...kept.words, ...other.words };
    kept.means = other.means;
    kept.fixes = other.fixes;
  }
  kept.warning &&= other.warning;
  kept.plugin ??= other.plugin;
  kept.module ??= other.module;
  if (kept.file === null) {
    kept.file = other.file;
    kept.line = other.line;
  }
  kept.words = { ...other.words, ...kept.words };
  const told = [...other.forms].every((form) => kept.forms.has(form));
  for (const form of other.forms) kept.forms.add(form);
  // The same words again, in the other stream or at the next try, add nothing.
  if (told) return;
  for (const item of other.evidence) {
    if (kept.evidence.length < EVIDENCE_LINES && !kept.evidence.some(({ text }) => text === item.text)) kept.evidence.push(item);
  }
}

function weighTogether(drafts: readonly Draft[], around: Surroundings): Draft[] {
  const refined = legacySchemas(drafts.map((draft) => toSpecificEntry(draft, around)));
  const kept = refined.filter(
    (draft) =>
      !(draft.id === 'luarocks-dependencies-listed' && around.installed) &&
      !CONSEQUENCES.some(
        ({ id, of }) => id === draft.id && refined.some((other) => other !== draft && other.id !== draft.id && of(draft, other)),
      ),
  );
  const broken = around.reloadedAt === null ? undefined : kept.find((draft) => draft.weight === 'stop' && draft.forms.size > 0);
  if (broken !== undefined && around.failedAfterReload)
    kept.push({ ...broken, ...ofEntry('reload-ok-but-plugin-broken'), order: drafts.length });
  const absent = kept.find(({ id }) => id === 'plugin-enabled-not-installed');
  if (absent !== undefined && around.relativePackagePath !== null)
    kept.push({
      ...absent,
      ...ofEntry('lua-package-path-relative'),
      words: { setting: 'lua_package_path' },
      evidence: [quote(around.relativePackagePath)],
      order: drafts.length,
    });
  return kept;
}

/** One message: which of them it is depends on the module that is missing. */
const MISSING: readonly EntryId[] = [
  'plugin-module-missing-dependency',
  'luarocks-module-not-listed',
  'kong-internal-module-removed',
  'base-plugin-removed',
];

function toSpecificEntry(draft: Draft, around: Surroundings): Draft {
  // In the list of files that were tried, a module is a path.
  const missing = draft.words['missing']?.replace(/\//g, '.');
  if (missing !== undefined && MISSING.includes(draft.id)) {
    const last = lastKongWith(missing);
    const words = { ...draft.words, missing, ...(last === undefined ? {} : { last }) };
    return { ...draft, words, ...ofEntry(entryOfMissing(missing, draft.plugin, last)) };
  }
  if (draft.id === 'migration-sql-failed' && around.migrating !== null && around.migrating !== 'core')
    return { ...draft, plugin: draft.plugin ?? around.migrating };
  if (draft.id !== 'plugin-enabled-not-installed') return draft;
  return { ...draft, ...ofEntry(entryOfNotInstalled(draft.plugin, around)) };
}

/** No name, and fields that are a map: not three faults but one schema of the 0.x format. */
function legacySchemas(drafts: readonly Draft[]): Draft[] {
  const absorbed: readonly EntryId[] = ['schema-fields-shape', 'schema-missing-name', 'schema-unknown-attribute'];
  const legacy = drafts.filter(
    (draft) =>
      draft.id === 'schema-fields-shape' &&
      draft.forms.has('^fields: expected an array') &&
      drafts.some((other) => other.id === 'schema-missing-name' && other.plugin === draft.plugin),
  );
  return drafts.flatMap((draft) => {
    if (legacy.includes(draft)) return [{ ...draft, ...ofEntry('legacy-schema-conversion-failed') }];
    return legacy.some(({ plugin }) => plugin === draft.plugin) && absorbed.includes(draft.id) ? [] : [draft];
  });
}

function toFinding(draft: Draft, around: Surroundings): Finding {
  const { plugin, module, file, line } = draft;
  const words: Record<string, string | undefined> = {
    ...draft.words,
    plugin: plugin ?? undefined,
    module: module ?? undefined,
    ...(file === null ? {} : { file }),
  };
  const finding: Finding = {
    id: draft.id,
    plugin,
    module,
    file,
    line,
    evidence: draft.evidence,
    ...proseOf(draft.id, words, around.kong, draft.means),
    ...(draft.fixes === undefined ? {} : { fixes: [...draft.fixes] }),
  };
  const details = Object.entries(draft.words).filter(([name]) => !NO_DETAILS.has(name));
  if (details.length > 0) finding.details = Object.fromEntries(details.map(([name, word]) => [name, maskSecrets(word.trim())]));
  return finding;
}

const OPEN = 'Open {file} at the line';
/** What stands for it where no file is known. */
const IN_PLUGIN = 'Look for it in {file}: no line of one is named here.';
const NOWHERE = 'No file is named here: look in your plugins for what the message speaks of.';

/**
 * What an entry of the catalogue says about these words, for a version of Kong when that is known;
 * `means` is the cause in the words of the message that was found, when it has some.
 */
export function proseOf(
  id: EntryId,
  told: Readonly<Record<string, string | undefined>>,
  kong: string | null,
  means?: string,
): Pick<Finding, 'title' | 'cause' | 'steps' | 'link' | 'fixes' | 'alternatives'> {
  const entry: CatalogueEntry = CATALOGUE[id];
  const { file, plugin } = told;
  const words = file === undefined && plugin !== undefined ? { ...told, file: `a file of the plugin ${plugin}` } : told;
  const steps = entry.steps
    .filter((step) => typeof step === 'string' || kong === null || inRange(kong, step.kong))
    .map((step) => (typeof step === 'string' ? step : step.text))
    .map((step) =>
      fill(file === undefined && step.startsWith(OPEN) ? (plugin === undefined ? NOWHERE : IN_PLUGIN) : step, words),
    );
  const alternatives = entry.alternatives?.map(({ id: other, check }) => ({
    id: other as EntryId,
    title: fill(CATALOGUE[other as EntryId].title, words),
    check: fill(check, words),
  }));
  return {
    title: fill(entry.title, words),
    cause: fill(means ?? entry.cause, words),
    steps,
    link: entry.link,
    ...(entry.fixes === undefined ? {} : { fixes: [...entry.fixes] }),
    ...(alternatives === undefined ? {} : { alternatives }),
  };
}
