// The reader's front door: any text or byte stream in, findings out.
import { createConclusion } from './conclude';
import type { Finding } from './finding';
import { mapToWorkspace, type PluginFiles } from './mapping';
import { catalogueMatcher, type Matcher } from './match';
import { createRecordBuilder, type LogRecord } from './records';
import { NOTHING_AROUND, showsQuotedPackagePath, showsRelativePackagePath, type Surroundings } from './specificEntry';
import { createScanner } from './scan';
import { secretsIn } from './secrets/mask';
import { withoutSecrets } from './secrets/finding';
import { rejoin } from './terminal';
import { isError } from './unknown';
import { kongVersionIn } from './versions';

export interface DiagnoseOptions {
  /** Kong's version, when it is known from elsewhere; otherwise it is read from the text. */
  kong?: string;
  /** Plugins of the workspace: findings in their files get the files' own paths. */
  plugins?: readonly PluginFiles[];
  signal?: AbortSignal;
  /** Told how many bytes were read, now and then. */
  onProgress?: (bytes: number) => void;
  /** Told the version of Kong that the text shows. */
  onKong?: (version: string) => void;
}

/** Words that make the rest of a text clearer without being a problem themselves. */
const SIGNALS = [
  '[verbose] Kong: ',
  'Server: kong/',
  'Kong reloaded',
  'signal 1 (SIGHUP) received',
  'lua_package_path',
  "on database '",
  'is now installed in',
  'KONG_LUA_PACKAGE_PATH',
  'schema violation',
  "on plugin '",
  'error parsing declarative config file',
  'declarative config is invalid',
  'Failed parsing:',
  // Errors that no entry knows, beside those with a head of nginx's.
  'stack traceback:',
  'nginx: [error] ',
  'nginx: [emerg] ',
  'nginx: [alert] ',
  'nginx: [crit] ',
  'Error response from daemon',
  'Run with --v (verbose)',
];

/**
 * Finds the problems that a log, a command's output or a pasted piece of either names: each once, the most decisive first,
 * and none in what a healthy Kong says. Takes any mixture of formats; never throws for what the text holds.
 * Throws the signal's reason when it is aborted.
 */
export async function diagnose(input: string | AsyncIterable<Uint8Array>, options: DiagnoseOptions = {}): Promise<Finding[]> {
  const matcher = catalogueMatcher();
  const reading = createReading(matcher, options);
  const builder = createRecordBuilder((record) => reading.take(record));
  if (typeof input === 'string') {
    options.signal?.throwIfAborted();
    for (const { number, text } of rejoin(input.split('\n'))) builder.push(number, text);
  } else {
    const scanner = createScanner([...matcher.literals, ...SIGNALS], builder);
    let bytes = 0;
    for await (const chunk of input) {
      options.signal?.throwIfAborted();
      scanner.push(chunk);
      bytes += chunk.length;
      options.onProgress?.(bytes);
    }
    options.signal?.throwIfAborted();
    scanner.end();
  }
  builder.gap();
  return reading.findings();
}

/** A log that still grows, diagnosed as it comes. */
export interface GrowingLog {
  /** Takes the next lines; the last one is whole, but what it says may go on. */
  push(lines: readonly string[]): void;
  /** Says that nothing more comes for now: what was read is complete. */
  rest(): void;
  /** What the log has told so far. */
  findings(): Finding[];
}

/** Opens a log that grows; its lines are numbered on from `after`. */
export function diagnoseGrowing(
  options: Pick<DiagnoseOptions, 'kong' | 'plugins' | 'onKong'> & { after?: number } = {},
): GrowingLog {
  const reading = createReading(catalogueMatcher(), options);
  const builder = createRecordBuilder((record) => reading.take(record));
  let number = options.after ?? 0;
  return {
    push(lines) {
      for (const line of lines) builder.push((number += 1), line);
    },
    rest: () => builder.gap(),
    findings: () => reading.findings(),
  };
}

/** `$ curl … /plugins … -d name=x`, as people paste it above the answer. */
const ASKED = /\/plugins\b.{0,400}?\bname(?:=|"\s{0,3}:\s{0,3}")([\w-]{1,128})/;
const MEMO_SIZE = 5000;
const MOST_SECRETS = 1000;
/** What stands behind so much of one record is quoted by no finding. */
const LONGEST_LOOK = 100_000;
const STOP_IN_MASTER = 'init_by_lua error: ';

/** Keeps what one text has told so far. */
function createReading(
  machine: Matcher,
  { kong, plugins, onKong }: Pick<DiagnoseOptions, 'kong' | 'plugins' | 'onKong'>,
): { take(record: LogRecord): void; findings(): Finding[] } {
  const conclusion = createConclusion();
  const around: Surroundings = { ...NOTHING_AROUND, kong: kong ?? null };
  const seen = new Set<string>();
  /** What the text told to be secret: it is in no finding, whichever line repeats it. */
  const secrets = new Set<string>();
  /** The plugin that the command above an answer was about. */
  let asked: string | null = null;

  const signals = (record: LogRecord): void => {
    if (around.kong === null) {
      around.kong = kongVersionIn(record.text);
      if (around.kong !== null) onKong?.(around.kong);
    }
    if (/^Kong reloaded|\(SIGHUP\) received|HUP\) received from/.test(record.text))
      around.reloadedAt ??= record.marks[0]?.line ?? 0;
    if (around.reloadedAt !== null && record.text.includes(STOP_IN_MASTER) && !record.text.startsWith('Error:'))
      around.failedAfterReload = true;
    if (!around.quotedPackagePath && showsQuotedPackagePath(record.text, record.level)) around.quotedPackagePath = true;
    around.migrating = /\bmigrating ([\w.-]{1,128}) on (?:database|keyspace) '/.exec(record.text)?.[1] ?? around.migrating;
    if (record.text.includes('is now installed in')) around.installed = true;
    const shown =
      around.relativePackagePath === null ? record.marks.find(({ text }) => showsRelativePackagePath(text)) : undefined;
    if (shown !== undefined) around.relativePackagePath = shown;
  };

  return {
    take(record) {
      const print = fingerprint(record);
      if (seen.has(print)) return;
      if (seen.size > MEMO_SIZE) seen.clear();
      seen.add(print);
      signals(record);
      if (secrets.size < MOST_SECRETS) for (const value of secretsIn(record.text.slice(0, LONGEST_LOOK))) secrets.add(value);
      if (record.text.startsWith('$ ')) asked = ASKED.exec(record.text)?.[1] ?? null;
      const matches = machine.match(record);
      for (const match of matches) conclusion.add(match.answer && match.plugin === null ? { ...match, plugin: asked } : match);
      if (matches.length === 0 && record.continued !== true && isError(record)) conclusion.addUnknown(record);
    },
    findings: () => {
      const findings = conclusion.findings(around).map((finding) => withoutSecrets(finding, secrets));
      return plugins === undefined ? findings : findings.map((finding) => mapToWorkspace(finding, plugins));
    },
  };
}

/** The record without what changes from one repetition to the next: times, process and connection numbers. */
function fingerprint({ text, level }: LogRecord): string {
  const head = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\w+\] \d+#\d+: (?:\*\d+ )?/.exec(text)?.[0].length ?? 0;
  return `${level ?? ''} ${text.slice(head)}`;
}
