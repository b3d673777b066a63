// One shell per container that stays open between two calls: a file operation through it takes milliseconds where `docker exec` takes tenths of a second.
import { randomBytes } from 'node:crypto';
import { converse, type Conversation, type ProcessResult } from '../system/process';
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

/** Scripts, arguments and input come in base64, one line a request; output goes out as it is, up to a token that nobody can guess. */
const LOOP = `command -v base64 >/dev/null || exit 3
d() { [ "$1" = - ] || printf %s "$1" | base64 -d; }
while read -r t s a b c i; do
  d "$i" | sh -c "$(d "$s")" sh "$(d "$a")" "$(d "$b")" "$(d "$c")"
  r=$?
  printf '\\n%s %s\\n' "$t" "$r"
  printf '\\n%s\\n' "$t" >&2
done`;

const MAX_ARGS = 3;
/** A shell reads its input byte by byte: what is larger goes its own way. */
const MAX_INPUT = 128 * 1024;
const ANSWER_LIMIT_MS = 60_000;
const IDLE_MS = 10_000;

/** The open shell of one container. */
export interface ContainerShell {
  /** The script's result; undefined when it cannot run here and must be run by a call of its own. */
  run(text: string, args: readonly string[], call: ScriptCall): Promise<ProcessResult | undefined>;
}

interface Session {
  conversation: Conversation;
  out: Buffer[];
  err: Buffer[];
  heard: () => void;
  answered: boolean;
  gone: boolean;
}

/** Opens the shell when it is first used, and closes it when nobody has used it for some seconds. */
export function containerShell(
  client: () => Promise<ContainerClient>,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): ContainerShell {
  let session: Session | undefined;
  let useless = false;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  const open = async (): Promise<Session> => {
    const { program } = await client();
    const args = ['exec', '--interactive', '--user', '0', name, 'sh', '-c', LOOP];
    const opened: Session = {
      conversation: converse({ command: program, args, env }, (stream, chunk) => {
        (stream === 'stdout' ? opened.out : opened.err).push(chunk);
        opened.heard();
      }),
      out: [],
      err: [],
      heard: () => undefined,
      answered: false,
      gone: false,
    };
    void opened.conversation.ended.then(() => {
      opened.gone = true;
      if (session === opened) session = undefined;
      opened.heard();
    });
    return opened;
  };

  const ask = async (
    text: string,
    args: readonly string[],
    input: Uint8Array | undefined,
  ): Promise<ProcessResult | undefined> => {
    clearTimeout(idle);
    const current = (session ??= await open());
    const token = randomBytes(16).toString('hex');
    const words = [text, ...Array.from({ length: MAX_ARGS }, (_, i) => args[i] ?? ''), input ?? ''];
    current.out = [];
    current.err = [];
    const answer = heardAll(current, token);
    current.conversation.write(`${token} ${words.map(encoded).join(' ')}\n`);
    const result = await answer;
    current.answered ||= result !== undefined;
    if (result === undefined) {
      // Gone at the first word: there is no shell, no base64, or no running container. The caller's own call says which.
      useless = useless || !current.answered;
      session = undefined;
      current.conversation.end();
    }
    idle = setTimeout(() => {
      session?.conversation.end();
      session = undefined;
    }, IDLE_MS).unref();
    return result;
  };

  return {
    run(text, args, call) {
      const suits =
        !useless && call.once !== true && call.timeout === undefined && call.signal === undefined && args.length <= MAX_ARGS;
      if (!suits || (call.input?.length ?? 0) > MAX_INPUT) return Promise.resolve(undefined);
      const next = last.then(() => ask(text, args, call.input));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

function encoded(value: string | Uint8Array): string {
  return value.length === 0 ? '-' : Buffer.from(value).toString('base64');
}

/** Waits until both streams have carried the token; undefined when the shell is gone or silent before. */
function heardAll(session: Session, token: string): Promise<ProcessResult | undefined> {
  const end = Buffer.from(`\n${token}`);
  return new Promise((resolve) => {
    const settle = (result: ProcessResult | undefined): void => {
      clearTimeout(timer);
      session.heard = () => undefined;
      resolve(result);
    };
    // This timer is also what keeps the process alive while it waits.
    const timer = setTimeout(() => settle(undefined), ANSWER_LIMIT_MS);
    session.heard = () => {
      const [out, err] = [tail(session.out, end), tail(session.err, end)];
      if (out !== undefined && err !== undefined) {
        settle({ code: Number(out.after.trim()), stdout: out.before, stderr: err.before, timedOut: false });
      } else if (session.gone) settle(undefined);
    };
    session.heard();
  });
}

/** What stands before and after the token, once the line it begins is complete. */
function tail(chunks: readonly Buffer[], end: Buffer): { before: Buffer; after: string } | undefined {
  const last = chunks.at(-1);
  if (last?.at(-1) !== 0x0a) return undefined;
  const all = Buffer.concat(chunks);
  const at = all.lastIndexOf(end);
  return at < 0 ? undefined : { before: all.subarray(0, at), after: all.subarray(at + end.length).toString('latin1') };
}
