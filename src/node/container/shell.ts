// A shell in a container that stays open between two calls: what goes through it takes milliseconds where `docker exec` takes tenths of a second.
import { randomBytes } from 'node:crypto';
import { converse, type ProcessResult } from '../../system/process';
import type { ContainerClient } from './client';

/** How a script runs in a container. */
export interface ScriptCall {
  input?: Uint8Array;
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
  /** It must not run a second time when the first answer was lost. */
  once?: boolean;
}

/** Runs a POSIX shell script in a container with arguments; undefined when the container is not running. */
export type RunScript = (text: string, args: readonly string[], call?: ScriptCall) => Promise<ProcessResult | undefined>;

/**
 * One line a request: a token, the script's number, the script when it comes for the first time, input, arguments. Every word is base64, or
 * plain behind a `=`: to decode one costs processes. No here-documents: some shells write them into files, for which a container may have no place.
 * Output goes out as it is, up to the token, which nobody can guess.
 */
const LOOP = `command -v base64 >/dev/null || exit 3
d() { printf %s "$1" | base64 -d; }
while read -r t n s i a; do
  case $s in =) ;; *) eval "s$n=\\$(d \\"\\$s\\")" ;; esac
  eval "s=\\$s$n"
  set --
  for w in $a; do
    case $w in =*) w=\${w#=} ;; *) w=$(d "$w") ;; esac
    set -- "$@" "$w"
  done
  if [ "$i" = = ]; then (eval "$s") </dev/null
  else d "$i" | (eval "$s"); fi
  r=$?
  printf '\\n%s %s\\n' "$t" "$r"
  printf '\\n%s\\n' "$t" >&2
done`;

/** A shell reads its input byte by byte: what is larger goes its own way. */
const MAX_INPUT = 128 * 1024;
const ANSWER_LIMIT_MS = 60_000;
/** Longer than the pause between two saves of somebody at work. */
const IDLE_MS = 120_000;
const PLAIN = /^[\w./:@%+,-]*$/;

/** The open shell of one container. */
export interface ContainerShell {
  /** Begins to open it, for a request that will come. */
  open(): void;
  /**
   * The script's result; undefined when it cannot run here and must be run by a call of its own. One with a time limit or a signal does not
   * wait for others; when it is given up the shell is closed, and what it runs goes on in the container, as after `docker exec`.
   */
  run(text: string, args: readonly string[], call: ScriptCall): Promise<ProcessResult | undefined>;
  /** Closes it unless somebody waits for it. */
  rest(): void;
  /** Whoever waits gets undefined: a container that is paused answers nothing. The next call opens it again. */
  close(): void;
  /** The same for as long as the same shell goes on answering; a container that ended has ended its shell. */
  readonly life: object | undefined;
}

/**
 * Opens the shell, as root or as the image's own user, when it is first used, and closes it when nobody has used it for a while. Several
 * requests may wait at once.
 */
export function containerShell(
  client: () => Promise<ContainerClient>,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  user: 'root' | 'own' = 'root',
): ContainerShell {
  let session: Promise<ShellSession> | undefined;
  let life: object | undefined;
  let useless = false;
  let busy = 0;
  let idle: NodeJS.Timeout | undefined;

  const start = async (): Promise<ShellSession> => {
    const { program } = await client();
    const args = ['exec', '--interactive', ...(user === 'root' ? ['--user', '0'] : []), name, 'sh', '-c', LOOP];
    return openSession({ command: program, args, env }, (answered) => {
      // Gone at the first word: there is no shell, no base64, or no running container. The caller's own call says which.
      useless ||= !answered;
      session = life = undefined;
    });
  };
  const opened = (): Promise<ShellSession> => {
    if (session === undefined) {
      session = start();
      session.catch(() => (session = undefined));
    }
    return session;
  };
  const close = (): void => {
    void session?.then((current) => current.close()).catch(() => undefined);
    session = life = undefined;
    useless = false;
  };

  const waitForUse = (): void => {
    clearTimeout(idle);
    idle = setTimeout(close, IDLE_MS).unref();
  };

  return {
    open() {
      if (useless) return;
      void opened();
      waitForUse();
    },
    async run(text, args, call) {
      const { signal, timeout } = call;
      signal?.throwIfAborted();
      const mustNotWait = signal !== undefined || timeout !== undefined;
      if (useless || call.once === true || (mustNotWait && busy > 0) || (call.input?.length ?? 0) > MAX_INPUT) return undefined;
      clearTimeout(idle);
      signal?.addEventListener('abort', close, { once: true });
      busy += 1;
      try {
        const current = opened();
        const result = await (await current).ask(text, args, call);
        if (result?.timedOut === true) close();
        else if (result !== undefined && session === current) life = current;
        signal?.throwIfAborted();
        return result;
      } finally {
        busy -= 1;
        signal?.removeEventListener('abort', close);
        waitForUse();
      }
    },
    rest: () => {
      if (busy === 0) close();
    },
    close,
    get life() {
      return life;
    },
  };
}

interface ShellSession {
  /** undefined when the shell is gone or silent. */
  ask(text: string, args: readonly string[], call: ScriptCall): Promise<ProcessResult | undefined>;
  close(): void;
}

/** A request on its way: the shell answers in the order in which it was asked. */
interface Waiting {
  token: Buffer;
  timeout: number | undefined;
  answer: (result: ProcessResult | undefined) => void;
}

/** Starts the shell; `onLost` is told when it is gone, and whether it ever answered. */
function openSession(call: Parameters<typeof converse>[0], onLost: (answered: boolean) => void): ShellSession {
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
    const [next] = waiting;
    if (next !== undefined) limit = setTimeout(() => overdue(next), next.timeout ?? ANSWER_LIMIT_MS);
  };
  const overdue = ({ timeout, answer }: Waiting): void => {
    if (timeout !== undefined) answer({ code: null, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), timedOut: true });
    lose();
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
    ask(text, args, { input, timeout }) {
      if (gone) return Promise.resolve(undefined);
      const token = randomBytes(16).toString('hex');
      const known = scripts.get(text);
      const number = known ?? scripts.size;
      scripts.set(text, number);
      const words = [
        known === undefined ? base64(text) : '=',
        input === undefined || input.length === 0 ? '=' : base64(input),
        ...args.map(word),
      ];
      return new Promise((answer) => {
        waiting.push({ token: Buffer.from(`\n${token}`), timeout, answer });
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
