// How messages stand on a stream: a length, then so many bytes. Where a client gets that wrong, nothing that follows can be read any more.
import { Transform } from 'node:stream';

/** A client sends two short headers; what is longer is no header, and would be waited for until the memory is full. */
const MAX_HEADERS = 4096;
/** More than any file; who announces more would be waited for in silence. */
const MAX_MESSAGE = 512 * 1024 * 1024;

const END = '\r\n\r\n';
const HEADER = /^([\w-]+):[ \t]*(.*?)[ \t]*$/;
const UNFINISHED = /^[\w-]*(?::[^\n]*)?\r?$/;

/**
 * A stream that lets through what a client sends as it is, as long as its messages are framed as the protocol says. `broken` is told once what is
 * wrong (a sentence); nothing is let through from there on.
 */
export function framedMessages(broken: (reason: string) => void): Transform {
  let headers = '';
  /** Bytes of the message that are still to come; undefined while headers are read. */
  let left: number | undefined;
  let isBroken = false;

  /** How many bytes of a chunk belong to what is read now. Throws a FramingError. */
  const take = (chunk: Buffer): number => {
    if (left !== undefined) {
      const taken = Math.min(left, chunk.length);
      left = left === taken ? undefined : left - taken;
      return taken;
    }
    const known = headers.length;
    headers += chunk.toString('latin1', 0, MAX_HEADERS);
    const end = headers.indexOf(END);
    if (end < 0) {
      refuseNoHeaders(headers);
      return Math.min(chunk.length, MAX_HEADERS);
    }
    left = lengthIn(headers.slice(0, end));
    if (left === 0) left = undefined;
    headers = '';
    return end + END.length - known;
  };

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let from = 0;
      try {
        while (!isBroken && from < chunk.length) from += take(chunk.subarray(from));
      } catch (error) {
        if (!(error instanceof FramingError)) throw error;
        isBroken = true;
        broken(error.message);
      }
      done(null, chunk.subarray(0, from));
    },
  });
}

class FramingError extends Error {}

/** Throws a FramingError for what can no longer become the headers of a message. */
function refuseNoHeaders(text: string): void {
  const lines = text.split('\r\n');
  const unfinished = lines.pop() ?? '';
  const wrong = lines.find((line) => !HEADER.test(line)) ?? (UNFINISHED.test(unfinished) ? undefined : unfinished);
  if (wrong !== undefined) throw new FramingError(`A message began with ${shown(wrong)}, which is no header.`);
  if (text.length >= MAX_HEADERS) throw new FramingError(`A message began with ${shown(text)}, which has no end.`);
}

/** The length that headers announce. Throws a FramingError. */
function lengthIn(headers: string): number {
  const lengths: string[] = [];
  for (const line of headers.split('\r\n')) {
    const [, name, value = ''] = HEADER.exec(line) ?? [];
    if (name === undefined) throw new FramingError(`A message began with ${shown(line)}, which is no header.`);
    if (name.toLowerCase() === 'content-length') lengths.push(value);
  }
  const [length] = lengths;
  if (length === undefined) throw new FramingError(`A message came without its Content-Length: ${shown(headers)}.`);
  if (lengths.length > 1 || !/^\d+$/.test(length))
    throw new FramingError(`Content-Length is ${shown(lengths.join(', '))}, which is no number.`);
  if (Number(length) > MAX_MESSAGE)
    throw new FramingError(`A message of ${length} bytes was announced; ${MAX_MESSAGE} are the most.`);
  return Number(length);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
