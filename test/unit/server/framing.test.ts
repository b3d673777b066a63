// What a client sends is let through as long as its messages can be told apart, however it arrives in pieces.
import assert from 'node:assert/strict';
import { framedMessages } from '../../../src/server/framing';

const GOOD = 'Content-Length: 2\r\n\r\n{}Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:4\r\n\r\n"é"';
const EMPTY = 'Content-Length: 0\r\n\r\n';

/** What comes out of a text that arrives in pieces of a size, and what was said. */
async function sent(text: string, size: number): Promise<{ through: string; said: string[] }> {
  const said: string[] = [];
  const stream = framedMessages((reason) => said.push(reason));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
  stream.end();
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return { through: Buffer.concat(pieces).toString(), said };
}

const BROKEN: readonly (readonly [what: string, text: string, reason: RegExp])[] = [
  ['a word for a length', 'Content-Length: many\r\n\r\n{}', /"many", which is no number/],
  ['no value', 'Content-Length:\r\n\r\n{}', /"", which is no number/],
  ['a length below nothing', 'Content-Length: -1\r\n\r\n{}', /"-1", which is no number/],
  ['a number with more behind it', 'Content-Length: 2x\r\n\r\n{}', /"2x", which is no number/],
  ['a number with a point', 'Content-Length: 2.0\r\n\r\n{}', /"2\.0", which is no number/],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}', /"2, 3", which is no number/],
  ['no length', 'Content-Type: x\r\n\r\n{}', /without its Content-Length: "Content-Type: x"/],
  ['more than anybody sends', 'Content-Length: 99999999999\r\n\r\n{', /99999999999 bytes was announced/],
  ['line breaks of another system', 'Content-Length: 2\n\n{}', /is no header/],
  ['a message without headers', '{"jsonrpc":"2.0"}', /began with "\{.*is no header/],
  ['an empty line first', `\r\n${EMPTY}`, /is no header/],
  ['a length counted in characters', 'Content-Length: 3\r\n\r\n"é"Content-Length: 2\r\n\r\n{}', /began with "\\"/],
  ['a length that is too short', 'Content-Length: 1\r\n\r\nabContent-Length: 1\r\n\r\nx', /without its Content-Length/],
  ['headers without an end', `X: ${'x'.repeat(10_000)}`, /has no end/],
  ['very many headers', 'X: x\r\n'.repeat(10_000), /has no end/],
];

describe('the framing of messages', () => {
  for (const size of [1, 2, 3, 7, 10_000]) {
    it(`lets messages through as they are, ${size} bytes at a time`, async () => {
      for (const text of [GOOD, EMPTY, EMPTY + GOOD + EMPTY, 'Content-Len', `${GOOD}Content-Length: 9\r\n\r\n{`]) {
        assert.deepEqual(await sent(text, size), { through: text, said: [] });
      }
    });

    for (const [what, text, reason] of BROKEN) {
      it(`says what is wrong with ${what}, ${size} bytes at a time`, async () => {
        const { through, said } = await sent(GOOD + text, size);
        assert.equal(said.length, 1, said.join('\n'));
        assert.match(said[0] ?? '', reason);
        assert.ok(through.startsWith(GOOD) && (GOOD + text).startsWith(through), through);
      });
    }
  }
});
