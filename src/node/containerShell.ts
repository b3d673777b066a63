// One shell per container that stays open between two calls: a file operation through it takes milliseconds where `docker exec` takes tenths of a second.
import { randomBytes } from 'node:crypto';
import { converse, type ProcessResult } from '../system/process';
import type { ContainerClient } from './containerClient';

/** How a script runs in a container. */
export interface ScriptCall {
  input?: Uint8Array;
  timeout?: number;
  signal?: AbortSignal | undefined;
  /** It must not run a second time when the first answer was lost. */
  once?: boolean;
}

/** Runs a POSIX shell script as root in a container with arguments; undefined when the container is not running. */
export type RunScript = (text: string, args: readonly string[], call?: ScriptCall) => Promise<ProcessResult | undefined>;

/**
 * One line a request: a token, the script's number, the script when it comes for the first time, arguments, input. Every word is base64, or
 * plain behind a `=`: to decode one costs three processes. Output goes out as it is, up to the token, which nobody can guess.
 */
const LOOP = `command -v base64 >/dev/null || exit 3
d() { printf %s "$1" | base64 -d; }
w() { case $1 in =*) v=\${1#=} ;; *) v=$(d "$1") ;; esac; }
while read -r t n s a b c i; do
  case $s in =) ;; *) eval "s$n=\\$(d \\"\\$s\\")" ;; esac
  eval "s=\\$s$n"
  w "$a"; a=$v; w "$b"; b=$v; w "$c"; c=$v
  if [ "$i" = = ]; then sh -c "$s" sh "$a" "$b" "$c" </dev/null
  else d "$i" | sh -c "$s" sh "$a" "$b" "$c"; fi
  r=$?
  printf '\\n%s %s\\n' "$t" "$r"
  printf '\\n%s\\n' "$t" >&2
done`;

const MAX_ARGS = 3;
/** A shell reads its input byte by byte: what is larger goes its own way. */
const MAX_INPUT = 128 * 1024;
const ANSWER_LIMIT_MS = 60_000;
/** Longer than the pause between two saves of somebody at work. */
const IDLE_MS = 120_000;
const PLAIN = /^[\w./:@%+,-]*$/;

/** The open shell of one container. */
export interface ContainerShell {
  /** The script's result; undefined when it cannot run here and must be run by a call of its own. */
  run(text: string, args: readonly string[], call: ScriptCall): Promise<ProcessResult | undefined>;
  /** Whoever waits gets undefined: a container that is paused answers nothing. The next call opens it again. */
  close(): void;
}

/** Opens the shell when it is first used, and closes it when nobody has used it for a while. Several requests may wait at once. */
export function containerShell(
  client: () => Promise<ContainerClient>,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): ContainerShell {
  let session: Promise<Session> | undefined;
  let useless = false;
  let idle: NodeJS.Timeout | undefined;

  const open = async (): Promise<Session> => {
    const { program } = await client();
    const args = ['exec', '--interactive', '--user', '0', name, 'sh', '-c', LOOP];
    return openSession({ command: program, args, env }, (answered) => {
      // Gone at the first word: there is no shell, no base64, or no running container. The caller's own call says which.
      useless ||= !answered;
      session = undefined;
    });
  };
  const close = (): void => {
    void session?.then((current) => current.close()).catch(() => undefined);
    session = undefined;
  };

  return {
    async run(text, args, call) {
      const suits =
        !useless && call.once !== true && call.timeout === undefined && call.signal === undefined && args.length <= MAX_ARGS;
      if (!suits || (call.input?.length ?? 0) > MAX_INPUT) return undefined;
      clearTimeout(idle);
      if (session === undefined) {
        session = open();
        session.catch(() => (session = undefined));
      }
      const result = await (await session).ask(text, args, call.input);
      clearTimeout(idle);
      idle = setTimeout(close, IDLE_MS).unref();
      return result;
    },
    close,
  };
}

interface Session {
  /** undefined when the shell is gone or silent. */
  ask(text: string, args: readonly string[], input: Uint8Array | undefined): Promise<ProcessResult | undefined>;
  close(): void;
}

/** A request on its way: the shell answers in the order in which it was asked. */
interface Waiting {
  token: Buffer;
  answer: (result: ProcessResult | undefined) => void;
}

/** Starts the shell; `onLost` is told when it is gone, and whether it ever answered. */
function openSession(call: Parameters<typeof converse>[0], onLost: (answered: boolean) => void): Session {
  const [out, err] = [received(), received()];
  const waiting: Waiting[] = [];
  /** The scripts it has been told, by their number. */
  const scripts = new Map<string, number>();
  let answered = false;
  let gone = false;
  // This timer is also what keeps the process alive while it waits.
  let limit: NodeJS.Timeout | undefined;

  const waitForNext = (): void => {
    clearTimeout(limit);
    if (waiting.length > 0) limit = setTimeout(lose, ANSWER_LIMIT_MS);
  };
  const close = (): void => {
    gone = true;
    clearTimeout(limit);
    conversation.end();
    for (const { answer } of waiting.splice(0)) answer(undefined);
  };
  const lose = (): void => {
    if (gone) return;
    onLost(answered);
    close();
  };
  const hear = (): void => {
    for (let [first] = waiting; first !== undefined && out.has(first.token) && err.has(first.token); [first] = waiting) {
      const [said, wrong] = [out.take(first.token), err.take(first.token)];
      answered = true;
      waiting.shift();
      waitForNext();
      first.answer({ code: Number(said.after), stdout: said.before, stderr: wrong.before, timedOut: false });
    }
  };
  const conversation = converse(call, (stream, chunk) => {
    (stream === 'stdout' ? out : err).add(chunk);
    hear();
  });
  void conversation.ended.then(lose);

  return {
    ask(text, args, input) {
      if (gone) return Promise.resolve(undefined);
      const token = randomBytes(16).toString('hex');
      const known = scripts.get(text);
      const number = known ?? scripts.size;
      scripts.set(text, number);
      const words = [
        known === undefined ? base64(text) : '=',
        ...Array.from({ length: MAX_ARGS }, (_, i) => word(args[i] ?? '')),
        input === undefined || input.length === 0 ? '=' : base64(input),
      ];
      return new Promise((answer) => {
        waiting.push({ token: Buffer.from(`\n${token}`), answer });
        if (waiting.length === 1) waitForNext();
        conversation.write(`${token} ${number} ${words.join(' ')}\n`);
      });
    },
    close,
  };
}

function base64(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64');
}

function word(value: string): string {
  return PLAIN.test(value) ? `=${value}` : base64(value);
}

/** What one stream has brought and nobody has taken yet. */
interface Received {
  add(chunk: Buffer): void;
  /** Whether the line that begins with the token is complete. */
  has(token: Buffer): boolean;
  /** Takes what stands before the token, and the rest of its line. */
  take(token: Buffer): { before: Buffer; after: string };
}

function received(): Received {
  const chunks: Buffer[] = [];
  let all = Buffer.alloc(0);
  /** Up to here the token is not. */
  let searched = 0;
  const lineOf = (token: Buffer): { at: number; end: number } | undefined => {
    const last = chunks.at(-1);
    // The line ends the last answer that is here; of a long one the pieces are put together once.
    if (last !== undefined && last.at(-1) !== 0x0a) return undefined;
    if (last !== undefined) all = Buffer.concat([all, ...chunks.splice(0)]);
    const at = all.indexOf(token, searched);
    if (at < 0) searched = Math.max(0, all.length - token.length);
    const end = at < 0 ? -1 : all.indexOf(0x0a, at + 1);
    return end < 0 ? undefined : { at, end };
  };
  return {
    add: (chunk) => void chunks.push(chunk),
    has: (token) => lineOf(token) !== undefined,
    take(token) {
      const { at, end } = lineOf(token) ?? { at: 0, end: 0 };
      const taken = {
        before: all.subarray(0, at),
        after: all
          .subarray(at + token.length, end)
          .toString('latin1')
          .trim(),
      };
      all = all.subarray(end + 1);
      searched = 0;
      return taken;
    },
  };
}
