// Secrets out of what is shown: evidence of a finding travels into issue reports. What was found to be one is hidden wherever it stands.
import { secretSpans } from './find';
import { knownSpans } from './known';
import type { Span } from './values';

const SHOWN = '******';
/** Of a longer value its beginning tells enough. */
const LONGEST = 20_000;

/** Replaces passwords, tokens, keys and cookies by asterisks, and every place where the same value, or one of `known`, stands again; everything else stays as it is. */
export function maskSecrets(text: string, known: Iterable<string> = []): string {
  const found = secretSpans(text);
  const again = knownSpans(text, [...known, ...valuesIn(text, found)]);
  if (found.length + again.length === 0) return text;
  const spans = again.length === 0 ? found : [...found, ...again].sort((a, b) => a.from - b.from || b.to - a.to);
  const pieces: string[] = [];
  let place = 0;
  for (const { from, to } of spans) {
    if (from >= place) pieces.push(text.slice(place, from), SHOWN);
    place = Math.max(place, to);
  }
  return pieces.join('') + text.slice(place);
}

/** The secrets that a text tells, as they would stand elsewhere. */
export function secretsIn(text: string): string[] {
  return valuesIn(text, secretSpans(text));
}

/** Values with what they are made of: the pairs of cookies, the parameters of a scheme, lines of a key. */
function valuesIn(text: string, spans: readonly Span[]): string[] {
  return spans.flatMap(({ from, to }) => {
    const value = text.slice(from, Math.min(to, from + LONGEST));
    return /[\s;,]/.test(value) ? [value, ...partsOf(value)] : [value];
  });
}

function partsOf(value: string): string[] {
  return value
    .split(/[\s;,]+/)
    .map((part) => part.replace(/^[\w.-]{1,60}=["']?(?=[^=])/, '').replace(/["']$/, ''))
    .filter((part) => part.length >= 8 && /\d/.test(part) && /[a-z]/i.test(part) && !/^\/|:/.test(part));
}
