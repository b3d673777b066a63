// Ctrl-C, SIGTERM and a closed terminal: the first asks for an end, so that what was begun is undone; the second ends at once.

/** One key press may come as several signals: from the terminal, and from a program between us and it. */
const SAME_WORD_MS = 1000;

/** Takes these signals of the process from now on; the signal that is returned is aborted by the first. */
export function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  let asked: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked === undefined) {
        asked = Date.now();
        stop.abort(new Error('Stopped.'));
        return;
      }
      if (Date.now() - asked < SAME_WORD_MS) return;
      process.stderr.write(
        'kong-plugin: stopped at once; what was being put back is half done.\n`kong-plugin status --node NODE` shows it, `kong-plugin recover --node NODE --undo` goes on with it.\n',
      );
      process.exit(130);
    });
  }
  return stop.signal;
}
