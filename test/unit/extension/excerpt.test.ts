// The part of a log that the panel shows: whole when small, the decisive parts when big, bounded always.
import assert from 'node:assert/strict';
import { excerpt } from '../../../src/extension/panel/excerpt';

const bytes = (text: string): Uint8Array[] => [Buffer.from(text)];

function* numbered(count: number): Generator<Uint8Array> {
  for (let i = 1; i <= count; i += 1) yield Buffer.from(`line ${i}\n`);
}

describe('excerpt of a log', () => {
  it('keeps a small log whole, with numbers', async () => {
    assert.deepEqual(await excerpt(bytes('a\r\nb\n\nc'), []), {
      log: [
        [1, 'a'],
        [2, 'b'],
        [3, ''],
        [4, 'c'],
      ],
      lines: 4,
    });
  });

  it('is empty for an empty log', async () => {
    assert.deepEqual(await excerpt(bytes(''), []), { log: [], lines: 0 });
  });

  it('joins lines that chunks cut anywhere', async () => {
    const pieces = [...Buffer.from('ünö\nzwei\n')].map((byte) => Buffer.from([byte]));
    const { log } = await excerpt(pieces, []);
    assert.deepEqual(log, [
      [1, 'ünö'],
      [2, 'zwei'],
    ]);
  });

  it('keeps beginning, end and what surrounds the decisive lines of a big log', async () => {
    const { log, lines } = await excerpt(numbered(200_000), [100_000]);
    assert.equal(lines, 200_000);
    const kept = new Set(log.map(([number]) => number));
    for (const wanted of [1, 10_000, 99_900, 100_000, 100_100, 195_001, 200_000]) assert.ok(kept.has(wanted), String(wanted));
    for (const dropped of [10_001, 99_899, 100_101, 195_000]) assert.ok(!kept.has(dropped), String(dropped));
    assert.deepEqual(
      log.map(([number]) => number),
      [...kept].sort((a, b) => a - b),
    );
  });

  it('cuts a line of ten million characters and says how long it was', async () => {
    const chunk = Buffer.alloc(1_000_000, 'x');
    const { log, lines } = await excerpt(
      Array.from({ length: 10 }, () => chunk),
      [],
    );
    assert.equal(lines, 1);
    const [, text = ''] = log[0] ?? [];
    assert.ok(text.length < 3000);
    assert.match(text, /10000000 bytes/);
  });

  it('survives NULs and bytes that are no UTF-8', async () => {
    const { log } = await excerpt([Buffer.from([0, 0xff, 0xfe, 10, 0xc3])], []);
    assert.deepEqual(
      log.map(([number]) => number),
      [1, 2],
    );
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await assert.rejects(excerpt(numbered(10), [], stop.signal), /stopped/);
  });
});
