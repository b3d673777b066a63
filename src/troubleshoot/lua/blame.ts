// Who is to blame for a Lua error: the frames tell, whatever entry its words fit.
import { isCoreEntity } from '../../kong/coreEntities';
import { CATALOGUE, type EntryId } from '../catalogue';
import type { CatalogueEntry, Weight } from '../catalogue/entry';
import type { NamedPlace } from '../frames';
import type { LogRecord } from '../records';
import { partOf, usualCause } from './parts';

/** What is looked at of a match. */
interface Judged {
  id: string;
  entry: CatalogueEntry;
  record: LogRecord;
  words: Record<string, string>;
  plugin: string | null;
  place: NamedPlace | null;
  stack: readonly NamedPlace[];
  weight: Weight;
  answer: boolean;
}

interface Verdict {
  /** Entries whose words say less than the frames. */
  of: readonly EntryId[] | 'any';
  when: (match: Judged) => boolean;
  to: EntryId;
  /** The plugin is not meant, whatever the words named. */
  acquits?: boolean;
}

/** Entries that only say that some Lua code failed. */
const GENERAL: readonly EntryId[] = ['runtime-exception-in-phase', 'dependency-version-clash', 'kong-core-error'];
/** Entries whose words name the library that failed; what can be changed is the plugin that called it. */
const CALLED: readonly EntryId[] = ['sandbox-took-away', 'yield-across-c-call', 'nginx-variable-missing'];
const ADMIN = /^kong\/api\/|^lapis\//;
const POSTED = /in function '(?:insert_entity|check_(?:insert|update|upsert|schema)|upsert|insert|update)'|kong\/api\//;
/** Right behind the head of the line: what a plugin or a client quotes stands further on. */
const CACHE_OFF = /^[^[]{0,24}\[\w{1,10}\] \S{1,24} \*\d{1,12} init_by_lua(?:_block)? error: /;
const SANDBOX = /sandbox\.lua:\d|kong-lua-sandbox/;

const sources = (match: Judged): string[] => match.stack.flatMap(({ source }) => (source === undefined ? [] : [source]));
const hasPlugin = (match: Judged): boolean => match.plugin !== null || match.stack.some(({ plugin }) => plugin !== null);

/** The first verdict that applies counts. */
const VERDICTS: readonly Verdict[] = [
  {
    // init_by_lua runs once, in the master; inside of a request only when the code is loaded anew for each.
    of: 'any',
    when: ({ record }) => record.requestBound && CACHE_OFF.test(record.text),
    to: 'lua-code-cache-off',
    acquits: true,
  },
  {
    of: ['schema-is-list'],
    when: ({ record }) => POSTED.test(record.text),
    to: 'admin-api-mixed-keys',
  },
  {
    // Kong checks the schemas of its own entities, too; what is wrong with one of them is no plugin's.
    of: ['daos-entity-invalid'],
    when: (match) => !hasPlugin(match) && isCoreEntity(match.words['entity'] ?? ''),
    to: 'kong-core-error',
    acquits: true,
  },
  {
    of: ['plugin-module-missing-dependency'],
    when: (match) => !hasPlugin(match) && match.place?.core === true,
    to: 'kong-installation-incomplete',
    acquits: true,
  },
  {
    of: GENERAL,
    when: ({ record }) =>
      /attempt to call (?:method|field) 'rep' \(a nil value\)/.test(record.text) ||
      (SANDBOX.test(record.text) && /attempt to (?:call|index) [^(]{1,120}\(a nil value\)/.test(record.text)),
    to: 'sandbox-took-away',
  },
  {
    of: GENERAL,
    when: ({ record }) => /attempt to (?:index|call) (?:field|method|local|upvalue|global) 'super'/.test(record.text),
    to: 'base-plugin-super-left',
  },
  {
    of: GENERAL,
    when: (match) => !hasPlugin(match) && sources(match).some((source) => ADMIN.test(source)),
    to: 'admin-api-unexpected-error',
    acquits: true,
  },
  {
    of: GENERAL,
    when: (match) => !hasPlugin(match) && (match.place?.core === true || sources(match).length > 0),
    to: 'kong-core-error',
    acquits: true,
  },
];

/** The match as its frames want it: the entry, the plugin, the place, and the words that say whose code it was. */
export function blame<M extends Judged>(match: M): M {
  const from = match.stack[0]?.source ?? match.place?.source ?? sources(match)[0];
  const words = from === undefined ? match.words : { ...match.words, ...partOf(from), usual: usualCause(match.record.text) };
  const thrown = match.stack[0]?.source;
  if (
    GENERAL.includes(match.id as EntryId) &&
    thrown !== undefined &&
    (match.place?.file ?? null) !== null &&
    /[:/]/.test(thrown)
  )
    words['meaning'] =
      `${words['meaning'] ?? ''} It was raised in ${thrown}, Kong's own code, which the plugin calls: what it was given there is wrong or lacks something.`.trim();
  const verdict = VERDICTS.find(({ of, when }) => (of === 'any' || of.includes(match.id as EntryId)) && when(match));
  const own = match.stack.find(({ plugin }) => plugin !== null) ?? null;
  if (verdict === undefined)
    return { ...match, words, place: CALLED.includes(match.id as EntryId) ? (own ?? match.place) : match.place };
  return {
    ...match,
    id: verdict.to,
    entry: CATALOGUE[verdict.to],
    words,
    weight: match.answer ? match.weight : CATALOGUE[verdict.to].weight,
    plugin: verdict.acquits === true ? null : match.plugin,
    place: verdict.acquits === true ? null : (own ?? match.place),
  };
}
