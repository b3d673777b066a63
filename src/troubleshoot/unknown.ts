// The errors that no entry knows: which records are errors at all, who said them, and what is certain.
import { groundWords } from './lua/ground';
import { meaningOf } from './lua/messages';
import { partOf } from './lua/parts';
import { namedModules, placesIn, type NamedPlace } from './frames';
import type { LogRecord } from './records';

/** What can be said of an error without knowing it. */
export interface UnknownError {
  /** The message without what differs from one time to the next: two with one kind are one problem. Empty: it has no words of its own. */
  kind: string;
  plugin: string | null;
  place: NamedPlace | null;
  words: Record<string, string>;
}

const LOUD = new Set(['error', 'crit', 'alert', 'emerg']);
/** How programs begin a line that tells of an error; some write the time before it. */
const PROGRAM_ERROR =
  /^(?:[[(]?[\d/:. -]{5,30}[\])]? )?(?:\[(?:pongo-)?ERR(?:OR)?\] |(?:Error|Failure) → |\[(?:ERROR|FATAL)\s*\] |Error response from daemon: |docker: |OCI runtime |npm ERR! |(?:\S{1,60}: )?(?:fatal|FATAL|panic|ERROR|[Ee]rror): |nginx: \[(?:error|crit|alert|emerg)\] )|Traceback \(most recent call last\)|^goroutine \d{1,9} \[/;
const TRACEBACK = ' stack traceback:';
/** Lua's own words, which nobody says who does not fail. */
const LUA_WORDS =
  /(?:^|: )(?:attempt to (?:index|call|compare|concatenate|perform arithmetic|get length|yield) |bad argument #\d{1,3} to '|assertion failed!|module '[^']{1,200}' not found)/;
/** A frame of a traceback whose head was left out, and what a container runtime says wherever it is quoted. */
const FRAGMENT =
  /\.lua:\d{1,7}: in (?:function|main chunk|upvalue|field|local|method)\b|container_linux\.go:\d|OCI runtime \w{1,20} failed/;
/** What is an error wherever it is quoted: a start that Kong refuses, SQL that Postgres refuses, a request that a controller or decK made in vain. */
const QUOTED =
  /error loading plugin schemas: |init_by_lua error: |\bviolates (?:unique|foreign key|not-null|check) constraint |\brelation "[^"]{1,100}" does not exist|while processing event: .{0,400}failed: (?:HTTP status )?[45]\d\d\b/;
/** An answer of the Admin API that refuses something: kong/db/errors.lua gives each a name, a code and a message. */
const REFUSAL = /^(?=.{0,4000}"name" ?: ?")(?=.{0,4000}"code" ?: ?\d{1,3}\b)\{.{0,4000}"message" ?: ?"/;
/** The last line of busted, with more than nothing that failed. */
const TESTS_FAILED = /\b\d{1,6} success(?:es)? \/ (?!0 failures \/ 0 errors )\d{1,6} failures? \/ \d{1,6} errors?\b/;
/** Kong's own files, or a plugin's, named as Lua names the place of an error; a frame of a traceback says `in function` behind it. */
const PLACED = /(?:^|[\s,:])(?:\S{0,200}\/)?kong\/[\w./-]{1,200}\.lua:\d{1,7}: (?!in )\S/;
/** What makes a text without a level an error. */
const SIGNS: readonly RegExp[] = [PROGRAM_ERROR, LUA_WORDS, QUOTED, PLACED, FRAGMENT, TESTS_FAILED, REFUSAL];
/** A line of a request that Lua code logged, of which the head with its level was left out. */
const LOGGED = /^(?:\[(?:lua|kong)\] )?[\w./-]{1,200}\.lua:\d{1,7}(?:: | \[[^\]]{1,128}\] )/;
const HEAD = /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\w+\] |nginx: \[\w+\] )(?:\d{1,10}#\d{1,10}: )?(?:\*\d{1,12} )?/;
const MAX_SAID = 300;

/** What a healthy Kong says at these levels while its workers leave after a reload or a stop. */
const HARMLESS: readonly RegExp[] = [
  /could not reschedule .{0,60}timer: process exiting/,
  /event worker failed to communicate with broker \(failed to receive [\w ]{1,60}: closed\)/,
  /event worker failed to communicate with broker .{0,120}(?:exiting|closed)\)/,
  /lua pipe child close\(\) socket .{0,80} failed \(9: Bad file descriptor\)/,
  /open socket #\d{1,9} left in connection \d{1,9}/,
  /failed to (?:create|start|schedule) .{0,60}timer.{0,60}process exiting/,
  /could not get worker process id for worker #\d{1,4}: not found/,
  /\bUnlinking? stale|still could not bind\(\)/,
];

/** Whether a record is an error of a program, and none of those a healthy Kong writes when it leaves. */
export function isError({ text, level, requestBound }: LogRecord): boolean {
  const loud =
    level === null
      ? SIGNS.some((sign) => sign.test(text)) || text.includes(TRACEBACK) || (requestBound && LOGGED.test(text))
      : LOUD.has(level) || text.includes(TRACEBACK);
  if (!loud || (level !== null && !LOUD.has(level) && level !== 'warn')) return false;
  return !HARMLESS.some((line) => line.test(text));
}

interface Speaker {
  sign: RegExp;
  /** Who it is, and what is certain of what it says. */
  name: string;
  certain: string;
  next: string;
}

/** The first that fits counts; plugins and Kong's own files are told by their paths before. */
const SPEAKERS: readonly Speaker[] = [
  {
    sign: /^panic: |^goroutine \d|\bgoroutine \d{1,9} \[/,
    name: 'a program written in Go',
    certain: 'it ended there; if it is a plugin server, Kong starts it again, and its plugins do not run meanwhile.',
    next: 'Look for the first file below goroutine that is your own, at the line that is named.',
  },
  {
    sign: /Traceback \(most recent call last\)/,
    name: 'a program written in Python',
    certain: 'an exception was not caught; the last line of the traceback names it.',
    next: 'Open the last file of the traceback that is your own, at the line that is named.',
  },
  {
    sign: REFUSAL,
    name: 'the Admin API',
    certain: 'it refused that one request; nothing was changed by it.',
    next: 'Read message and fields of the answer, and compare with what was sent.',
  },
  {
    sign: /while processing event: /,
    name: 'decK',
    certain: 'Kong answered one of its requests with an error; what it had changed before stays changed.',
    next: "Look at the error log of Kong's Admin API at the same time, and run decK with --verbose 2.",
  },
  {
    sign: /\[PostgreSQL error\]|\bFATAL: |\bPANIC: |pg_|[Pp]ostgres|violates [\w -]{3,20} constraint|relation "[^"]{1,100}" does not exist/,
    name: 'Postgres',
    certain: 'the database answered with an error, or was not reached.',
    next: 'Read the log of the database at the same time, and try the same address, user and database with psql.',
  },
  {
    sign: /Error response from daemon|OCI runtime|^docker: |container_linux/,
    name: 'the container runtime',
    certain: 'the container was not started or not reached; Kong did not come to run in it.',
    next: 'Look at the container itself: docker inspect, its image, its command and its mounts.',
  },
  {
    sign: /(?:Error|Failure) → |\d successe?s? \/ \d/,
    name: 'busted, which runs the tests',
    certain: 'a test failed, or its setup did; that says nothing yet of a running Kong.',
    next: 'Run that file alone with -v -o gtest, and read servroot/logs/error.log before the next test clears it.',
  },
  {
    sign: /pongo/i,
    name: 'Pongo',
    certain: 'the test environment was not made or did not run; no plugin was loaded by a node.',
    next: 'Run the same Pongo command with --debug.',
  },
  {
    sign: /rockspec|luarocks|\brocks?\b|^Error: (?:Build error|Failed|Could not|Couldn't)|^fatal: /,
    name: 'LuaRocks',
    certain: 'the command ended there and installed nothing; no running Kong was changed by it.',
    next: 'Run the same command with --verbose: it prints each program that it calls.',
  },
  {
    sign: /^Error: .{0,4000}Run with --v/,
    name: 'the kong command',
    certain: 'the command ended there; a Kong that ran before still runs with what it had.',
    next: 'Run the same command with --vv: it prints each step.',
  },
  {
    sign: /\[lua\] /,
    name: 'Lua code in Kong',
    certain: 'code wrote it with ngx.log and went on: it was not raised.',
    next: 'Look for the file and function that the line names, in Kong and in your plugins.',
  },
  {
    sign: /stack traceback:|runtime error: |_by_lua\*?: /,
    name: 'Lua code',
    certain: 'an error was raised; the traceback names the way to it, the innermost call first.',
    next: 'Open the first file of the traceback that is not [C].',
  },
  {
    sign: /^nginx: |\[(?:emerg|alert|crit|error)\] /,
    name: 'nginx',
    certain: 'it comes from the server itself, before or beside all Lua code.',
    next: 'Look at the lines just above, and at the rendered configuration below the prefix (nginx.conf, nginx-kong.conf).',
  },
];
const ANYONE: Speaker = {
  sign: /^/,
  name: 'a program whose name the line does not tell',
  certain: 'the line calls itself an error.',
  next: 'Run what printed it alone, with the most words it can give.',
};

/** Where the words of the error begin: other output may stand before them when no level tells where a message begins. */
export function decisiveAt({ text, level, marks }: LogRecord): number {
  if (level !== null || text.startsWith('stack traceback:')) return 0;
  const lines = marks.map(({ at }, i) => ({ at, said: text.slice(at, marks[i + 1]?.at ?? text.length) }));
  const signed = lines.find(({ said }) => SIGNS.some((sign) => sign !== FRAGMENT && sign.test(said)));
  const head = lines[lines.findIndex(({ said }) => said.startsWith('stack traceback:')) - 1];
  return (signed ?? head ?? lines.find(({ said }) => FRAGMENT.test(said)))?.at ?? 0;
}

/** What is known of an error that no entry explains. */
export function unknownError(record: LogRecord): UnknownError {
  const { level, requestBound } = record;
  const text = record.text.slice(decisiveAt(record));
  const traceback = text.indexOf(TRACEBACK);
  const said = (traceback < 0 ? text : text.slice(0, traceback)).replace(HEAD, '').slice(0, MAX_SAID).trim();
  const empty = /^Error: ?(?:\S{1,200}\.lua:\d{1,7}: ?){0,3}(?:Run with --v.*)?$/.test(said);
  const written = /\[(?:lua|kong)\] (\S{1,128}\.lua):(\d{1,7})/.exec(text);
  // What code wrote during a request may quote anybody.
  const quotes = written !== null && requestBound;
  const places = quotes ? [] : placesIn(text, namedModules(text));
  const own = places.find(({ plugin }) => plugin !== null) ?? null;
  const source = places.find((place) => place.source !== undefined)?.source;
  const named = /\[kong\] \S{1,128}\.lua:\d{1,7} \[([^\]\s]{1,128})\] /.exec(text)?.[1] ?? null;
  const plugin = own?.plugin ?? named;
  const speaker = speakerOf(text, plugin, own, source);
  const facts = [
    speaker.certain,
    written === null ? '' : `It was written in ${written[1]}, line ${written[2]}.`,
    meaningOf(said),
    requestBound ? 'It belongs to a request.' : '',
    level === 'emerg' || level === 'alert' ? 'Its level says that Kong cannot go on, or not as it should.' : '',
  ];
  return {
    kind: empty ? '' : said.replace(/\d+|0x[\da-f]+|[\da-f-]{32,40}/gi, '#').slice(0, 120),
    plugin,
    place: own,
    words: {
      speaker: speaker.name,
      error: said.replace(/[.:]$/, ''),
      ...(quotes ? { when: 'in a request' } : whenOf(text, requestBound)),
      certain: facts.filter((fact) => fact !== '').join(' '),
      next: speaker.next.replace(/\.$/, ''),
    },
  };
}

/** In which phase, timer or worker event it was said, as far as the text tells. */
function whenOf(text: string, requestBound: boolean): { when: string } {
  const context = /context: (ngx\.timer|\w{1,30}_by_lua\*?)/.exec(text)?.[1];
  if (context === 'ngx.timer') return { when: 'in a timer' };
  if (context !== undefined) return { when: `in ${context.replace(/_by_lua\*?$/, '')}` };
  if (/_by_lua|runtime error/.test(text)) return { when: groundWords(text).when };
  return { when: requestBound ? 'in a request' : 'outside of any request' };
}

function speakerOf(
  text: string,
  plugin: string | null,
  own: NamedPlace | null,
  source: string | undefined,
): Omit<Speaker, 'sign'> {
  if (plugin !== null)
    return {
      name: `the plugin ${plugin}`,
      certain: own === null ? 'Kong names that plugin in the line.' : `its own file ${own.file ?? ''} is named.`,
      next:
        own === null ? 'Look for the words in the source of that plugin.' : `Open ${own.file ?? ''} at line ${String(own.line)}.`,
    };
  if (source !== undefined && !/nginx|openresty|^luarocks\//.test(source))
    return {
      name: `Kong's core (${partOf(source).part})`,
      certain: `it comes from ${source}, and no file of a plugin is named.`,
      next: 'Read the first error of this log: what failed first often explains the rest.',
    };
  return SPEAKERS.find(({ sign }) => sign.test(text)) ?? ANYONE;
}
