// The Plugin Development Kit by Kong version: what the global `kong` holds, what its functions take and give, and the phases its code lets them
// run in. The data is pdk.json, one function a line. Sources: kong/pdk/**.lua at the tags 2.0.5, 2.3.3, 2.8.5, 3.0.2, 3.2.2, 3.4.2, 3.6.1, 3.7.1,
// 3.8.1, 3.9.1 and master, `since` and `until` over all release tags; phases of 2.8.5 and 3.9.1 were compared with nodes that run. Between two
// tags that differ a function may run where either allows it. Enterprise functions are those of Kong's public reference.
import data from './pdk.json';
import { entryFor, isAtLeast, type KongVersion } from '../versions';

/** One parameter. */
export interface PdkParameter {
  name: string;
  /** `string`, `table|nil` …; `any` when nothing is said. */
  type: string;
  optional: boolean;
}

/** One function. */
export interface PdkFunction {
  /** `kong.request.get_header`; with a colon before the last name when it is a method. */
  name: string;
  /** The first version that has it. */
  since: string;
  /** The last version that has it; undefined while it is there. */
  until: string | undefined;
  parameters: readonly PdkParameter[];
  returns: readonly string[];
  /** How many leading arguments it raises without. */
  needs: number;
  /** Of Kong Gateway Enterprise. */
  enterprise: boolean;
  /** Kong's own: there, but not for plugins. */
  internal: boolean;
  /** Where it has no check of its phase in the stream subsystem. */
  streamUnchecked: boolean;
  doc: string;
}

/** A field of `kong` that is no function of the PDK. */
export interface PdkField {
  name: string;
  type: string;
  /** Its own fields are not listed here. */
  open: boolean;
  internal: boolean;
  doc: string;
}

interface FunctionRow {
  since: string;
  until?: string;
  params?: string;
  returns?: string;
  phases?: Readonly<Record<string, string>>;
  needs?: number;
  internal?: boolean;
  streamUnchecked?: boolean;
  doc?: string;
}

interface FieldRow {
  type: string;
  since?: string;
  until?: string;
  open?: boolean;
  internal?: boolean;
  doc: string;
}

/** What a name below `kong` is for one version. */
export type PdkName =
  | { kind: 'function'; function: PdkFunction }
  | { kind: 'field'; field: PdkField }
  /** A table of functions: `kong.request`. */
  | { kind: 'module' }
  /** Below a field whose own fields are not listed. */
  | { kind: 'open' }
  /** Another version has it. */
  | { kind: 'otherVersion'; since: string; until: string | undefined }
  | { kind: 'unknown' };

const FUNCTIONS = new Map<string, PdkFunction>();
const PHASES = new Map<string, readonly { from: string; phases: ReadonlySet<string> | undefined }[]>();
const FIELDS = new Map<string, FieldRow>(Object.entries(data.fields));
/** Tables of functions, with every function below them. */
const MODULES = new Map<string, string[]>();

for (const [rows, enterprise] of [
  [data.functions, false],
  [data.internals, false],
  [data.enterprise, true],
] as const) {
  for (const [name, row] of Object.entries<FunctionRow>(rows)) add(name, row, enterprise);
}

function add(name: string, row: FunctionRow, enterprise: boolean): void {
  const dotted = name.replace(':', '.');
  FUNCTIONS.set(dotted, {
    name,
    since: row.since,
    until: row.until,
    parameters: parametersOf(row.params ?? ''),
    returns: listOf(row.returns ?? ''),
    needs: row.needs ?? 0,
    enterprise,
    internal: (row.internal ?? false) || row.doc === undefined,
    streamUnchecked: row.streamUnchecked ?? false,
    doc: row.doc ?? 'Kong’s own.',
  });
  if (row.phases !== undefined) {
    const entries = Object.entries(row.phases).map(([from, phases]) => ({
      from,
      phases: phases === 'any' ? undefined : new Set(phases.split(' ')),
    }));
    PHASES.set(dotted, entries);
  }
  for (let at = dotted.lastIndexOf('.'); at > 0; at = dotted.lastIndexOf('.', at - 1)) {
    const module = dotted.slice(0, at);
    const known = MODULES.get(module) ?? [];
    MODULES.set(module, [...known, dotted]);
  }
}

function listOf(text: string): string[] {
  return text === '' ? [] : text.split(', ');
}

function parametersOf(text: string): PdkParameter[] {
  return listOf(text).map((parameter) => {
    const [written = '', type = 'any'] = parameter.split(': ');
    const optional = written.endsWith('?');
    return { name: optional ? written.slice(0, -1) : written, type, optional };
  });
}

/** Whether a Kong has what is there from one release to another: as far as minor versions tell. */
function isIn(version: KongVersion, since: string, until: string | undefined): boolean {
  if (!isAtLeast(version, minorOf(since))) return false;
  return until === undefined || !isAtLeast(version, until) || `${version.major}.${version.minor}` === minorOf(until);
}

function minorOf(release: string): string {
  return release.split('.').slice(0, 2).join('.');
}

/** What pdkFunctions found, by minor version: an editor asks with every key. */
const FUNCTIONS_OF = new Map<string, readonly PdkFunction[]>();

/** The functions that a Kong of that version has, in alphabetical order; those of Enterprise only when asked for. */
export function pdkFunctions(version: KongVersion, enterprise = false): readonly PdkFunction[] {
  const key = `${version.major}.${version.minor} ${enterprise}`;
  const known = FUNCTIONS_OF.get(key);
  if (known !== undefined) return known;
  const found = [...FUNCTIONS.values()]
    .filter((entry) => isIn(version, entry.since, entry.until) && (enterprise || !entry.enterprise))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  FUNCTIONS_OF.set(key, found);
  return found;
}

/** The fields of `kong` in that version that are no functions of the PDK. */
export function pdkFields(version: KongVersion): PdkField[] {
  return [...FIELDS]
    .filter(([, { since = '0.14', until }]) => isIn(version, since, until))
    .map(([name, row]) => fieldOf(name, row));
}

function fieldOf(name: string, { type, open = false, internal = false, doc }: FieldRow): PdkField {
  return { name, type, open, internal, doc };
}

/** What a name such as `kong.request.get_header` is; a method's name may be written with a dot. */
export function pdkName(name: string, version: KongVersion): PdkName {
  const dotted = name.replace(':', '.');
  const found = FUNCTIONS.get(dotted);
  if (found !== undefined) {
    // Which release of Enterprise was the first to have a function is not known well enough to refuse it.
    if (found.enterprise || isIn(version, found.since, found.until)) return { kind: 'function', function: found };
    return { kind: 'otherVersion', since: found.since, until: found.until };
  }
  const field = FIELDS.get(dotted);
  if (field !== undefined) {
    const { since = '0.14', until } = field;
    return isIn(version, since, until)
      ? { kind: 'field', field: fieldOf(dotted, field) }
      : { kind: 'otherVersion', since, until };
  }
  if ([...FIELDS].some(([key, { open }]) => open === true && dotted.startsWith(`${key}.`))) return { kind: 'open' };
  const below = MODULES.get(dotted);
  if (dotted === 'kong.ctx') return { kind: 'module' };
  if (below === undefined) return { kind: 'unknown' };
  const functions = below.flatMap((key) => FUNCTIONS.get(key) ?? []);
  if (functions.some(({ since, until }) => isIn(version, since, until))) return { kind: 'module' };
  const [first] = functions.map(({ since }) => since).sort((a, b) => (isEarlier(a, b) ? -1 : 1));
  const later = functions.some(({ until }) => until === undefined);
  return { kind: 'otherVersion', since: first ?? '', until: later ? undefined : functions[0]?.until };
}

function isEarlier(a: string, b: string): boolean {
  const [left = [], right = []] = [a, b].map((text) => text.split('.').map(Number));
  return (left[0] ?? 0) - (right[0] ?? 0) < 0 || (left[0] === right[0] && (left[1] ?? 0) < (right[1] ?? 0));
}

/** What stands right below a table of `kong`, for people who mean another name: full names. */
export function pdkSiblings(name: string, version: KongVersion): string[] {
  const parent = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const names = [
    ...pdkFunctions(version, true).map((entry) => entry.name.replace(':', '.')),
    ...pdkFields(version).map((entry) => entry.name),
  ];
  const below = names
    .filter((other) => other.startsWith(`${parent}.`))
    .map((other) => other.slice(parent.length + 1).split('.')[0]);
  return [...new Set(below)].map((part) => `${parent}.${part ?? ''}`);
}

/**
 * The phases in which that Kong's check lets a call pass; undefined when it checks none or it is not known (before 2.0, and for Enterprise).
 * What is checked raises in a timer too.
 */
export function pdkPhases(name: string, version: KongVersion): ReadonlySet<string> | undefined {
  return entryFor(version, PHASES.get(name.replace(':', '.')) ?? [])?.phases;
}

/** A function as its call is written: `kong.request.get_header(name)`. */
export function pdkSignature({ name, parameters }: PdkFunction): string {
  return `${name}(${parameters.map((parameter) => `${parameter.name}${parameter.optional ? '?' : ''}`).join(', ')})`;
}
