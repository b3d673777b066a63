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
const PROGRAM_ERROR =
  /^(?:\[pongo-ERROR\] |\[(?:ERROR|FATAL)\s*\] |ERROR: |\[pongo-ERR\] |Error: |Error response from daemon: |docker: |OCI runtime |(?:\S{1,60}: )?(?:fatal|FATAL): |nginx: \[(?:error|crit|alert|emerg)\] )/;
const TRACEBACK = ' stack traceback:';
/** Lua's own words, which nobody says who does not fail. */
const LUA_WORDS =
  /(?:^|: )(?:attempt to (?:index|call|compare|concatenate|perform arithmetic|get length|yield) |bad argument #\d{1,3} to '|assertion failed!|module '[^']{1,200}' not found)/;
/** A frame of a traceback whose head was left out, and what a container runtime says wherever it is quoted. */
const FRAGMENT =
  /\.lua:\d{1,7}: in (?:function|main chunk|upvalue|field|local|method)\b|container_linux\.go:\d|OCI runtime \w{1,20} failed/;
/** A line of a request that Lua code logged, of which the head with its level was left out. */
const LOGGED = /^(?:\[lua\] )?[\w./-]{1,200}\.lua:\d{1,7}: /;
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
      ? PROGRAM_ERROR.test(text) ||
        text.includes(TRACEBACK) ||
        LUA_WORDS.test(text) ||
        FRAGMENT.test(text) ||
        (requestBound && LOGGED.test(text))
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
    sign: /\[PostgreSQL error\]|\bFATAL: |\bPANIC: |pg_|postgres/i,
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
    sign: /^nginx: |\[(?:emerg|alert|crit|error)\] /,
    name: 'nginx',
    certain: 'it comes from the server itself, before or beside all Lua code.',
    next: 'Look at the lines just above, and at the rendered configuration below the prefix (nginx.conf, nginx-kong.conf).',
  },
  {
    sign: /stack traceback:/,
    name: 'Lua code',
    certain: 'an error was raised; the traceback names the way to it, the innermost call first.',
    next: 'Open the first file of the traceback that is not [C].',
  },
];
const ANYONE: Speaker = {
  sign: /^/,
  name: 'a program whose name the line does not tell',
  certain: 'the line calls itself an error.',
  next: 'Run what printed it alone, with the most words it can give.',
};

/** What is known of an error that no entry explains. */
export function unknownError({ text, level, requestBound }: LogRecord): UnknownError {
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
  if (source !== undefined && !/nginx|openresty/.test(source))
    return {
      name: `Kong's core (${partOf(source).part})`,
      certain: `it comes from ${source}, and no file of a plugin is named.`,
      next: 'Read the first error of this log: what failed first often explains the rest.',
    };
  return SPEAKERS.find(({ sign }) => sign.test(text)) ?? ANYONE;
}
