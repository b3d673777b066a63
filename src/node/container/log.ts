// What a Kong in a container logged: the container's own streams, and error.log where it is a file of its own.
import { UserError } from '../../system/userError';
import type { LogRead } from '../node';
import { saidBy, type ContainerClient } from './client';
import type { Container } from './containers';
import type { RunScript } from './shell';

/** Without a mark only the end is read: a log may be gigabytes. */
const FIRST_LINES = 20_000;
const FIRST_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const STAMPED = /^(\d{4}-\d\d-\d\dT\S+) (.*)$/s;

/** First a line with the file's inode and size, then what stands behind the offset; nothing when error.log is no regular file. */
const TAIL = `[ -f "$1" ] && [ ! -L "$1" ] || exit 0
set -- "$1" "$2" "$3" $(stat -c '%i %s' "$1")
echo "$4 $5"
from=0
[ "$2" = "$4" ] && [ "$3" -le "$5" ] && from=$3
[ "$from" -eq 0 ] && [ "$5" -gt ${FIRST_BYTES} ] && from=$(($5 - ${FIRST_BYTES}))
[ "$from" -eq "$5" ] && exit 0
exec tail -c "+$((from + 1))" "$1"`;

/** The time by the container's clock, which is its engine's, then what TAIL tells of error.log. */
const END = `date -u +%Y-%m-%dT%H:%M:%S.%NZ
[ -f "$1" ] && [ ! -L "$1" ] && stat -c '%i:%s' "$1"
exit 0`;
/** An engine's time to the nanosecond; a small `date` knows only seconds. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;

/** Where the log of a container is. */
export interface LogPlace {
  client: ContainerClient;
  container: Container;
  errorLog: string;
  script: RunScript;
}

interface Line {
  stamp: string;
  text: string;
}

/** What was logged since a mark, and the new mark: `TIME|INODE:SIZE`. What error.log holds has no time, and counts as said since the last start. */
export async function containerLog(log: LogPlace, since: string | undefined): Promise<LogRead> {
  const [stamp = '', place = ''] = (since ?? '').split('|');
  const [streams, file] = await Promise.all([
    streamLines(log, stamp),
    log.container.running ? log.script(TAIL, [log.errorLog, ...(place === '' ? ['-', '0'] : place.split(':'))]) : undefined,
  ]);
  const [head = '', ...rest] = file?.code === 0 ? file.stdout.toString('utf8').split('\n') : [];
  const [inode, size] = head.split(' ');
  const newPlace = inode === undefined || size === undefined ? place : `${inode}:${size}`;
  const streamed = streams.map((line) => line.text).join('\n');
  const text = [streamed, rest.join('\n')].filter((part) => part !== '').join('\n');
  const mark = `${streams.at(-1)?.stamp ?? stamp}|${newPlace}`;
  const { startedAt } = log.container;
  if (since !== undefined || startedAt === undefined) return { text, mark };
  const started = engineTime(startedAt);
  const earlier = streams.filter((line) => line.stamp <= started).map((line) => `${line.text}\n`);
  return { text, mark, start: Math.min(text.length, earlier.join('').length) };
}

/** The mark of where the log ends now: without asking the engine, where the container itself can tell. */
export async function containerLogEnd(log: LogPlace): Promise<string> {
  const end = log.container.running ? await log.script(END, [log.errorLog]) : undefined;
  const [time = '', place = ''] = end?.stdout.toString('utf8').split('\n') ?? [];
  if (TIME.test(time)) return `${time}|${place}`;
  return `${(await streamLines(log, '', 1)).at(-1)?.stamp ?? ''}|${place}`;
}

/** Both streams in the order in which the engine saw their lines. */
async function streamLines({ client, container }: LogPlace, stamp: string, lines = FIRST_LINES): Promise<Line[]> {
  const scope = stamp === '' ? ['--tail', String(lines)] : ['--since', stamp];
  const result = await client.call(['logs', '--timestamps', ...scope, container.name], { timeout: TIMEOUT_MS });
  if (result.code !== 0) {
    // Some logging drivers keep nothing that could be read back; error.log may still tell.
    if (/does not support reading|logging driver/i.test(result.stderr.toString('utf8'))) return [];
    throw new UserError(`The log of the container ${container.name} cannot be read: ${saidBy(result)}.`, { exitCode: 3 });
  }
  const found = [result.stdout, result.stderr].flatMap((stream) => stamped(stream.toString('utf8')));
  return found.filter((line) => line.stamp > stamp).sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0));
}

function stamped(text: string): Line[] {
  let last = '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const match = STAMPED.exec(line);
      last = match?.[1] === undefined ? last : engineTime(match[1]);
      return { stamp: last, text: (match?.[2] ?? line).replace(/\r$/, '') };
    });
}

/** An engine's time as docker's log has it, so that times sort as texts; podman writes its own zone, and some engines no zeros at the end. */
export function engineTime(time: string): string {
  if (TIME.test(time)) return time;
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const whole = new Date(time);
  return Number.isNaN(whole.getTime()) ? time : `${whole.toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`;
}
