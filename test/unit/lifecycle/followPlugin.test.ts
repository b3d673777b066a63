// Listening to a plugin after its proof: each fault is told once, and so is the end of its Kong.
import assert from 'node:assert/strict';
import { followPlugin } from '../../../src/lifecycle/operations/followPlugin';
import type { OperationResult } from '../../../src/lifecycle/types';
import { UserError } from '../../../src/system/userError';
import { fakeNode } from './fakeNode';

const error = (pid: number, plugin: string, at: number): string =>
  `2026/11/23 09:00:01 [error] ${pid}#0: *5 [kong] init.lua:406 [${plugin}] /usr/local/share/lua/5.1/kong/plugins/${plugin}/handler.lua:${at}: attempt to index local 't' (a nil value), client: 127.0.0.1, server: kong\n`;

describe('a plugin that is followed', () => {
  it('is told of by its faults, and by a Kong that ends and comes back', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const mark = await node.logEnd();
    node.logText +=
      '2026/11/23 09:00:00 [notice] 1#1: start worker processes\n2026/11/23 09:00:00 [notice] 1#1: start worker process 101\n';
    const stop = new AbortController();
    const told: OperationResult[] = [];
    let back = false;
    // What happens, one after the other, each when the one before was told of.
    const events: [ready: () => boolean, happens: () => unknown][] = [
      [() => true, () => (node.logText += error(101, 'tea', 4) + error(101, 'milk', 7))],
      [() => told.length === 1, () => (node.logText += error(101, 'tea', 4))],
      [() => told.length === 1, () => (node.logText += error(99, 'tea', 8) + error(101, 'tea', 9))],
      [() => told.length === 2, () => (node.running = false)],
      [() => told.length === 3, () => (node.running = true)],
      [() => back, () => stop.abort()],
    ];
    const read = node.log.bind(node);
    node.log = (since) => {
      if (events[0]?.[0]() === true) events.shift()?.[1]();
      return read(since);
    };
    await followPlugin(node, {
      plugin: 'tea',
      mark,
      signal: stop.signal,
      onFault: (result) => told.push(result),
      onBack: () => (back = true),
      pause: 1,
    });
    assert.deepEqual(
      told.map(({ ok, steps: [step], findings }) => [ok, step?.name, findings.map(({ line }) => line)]),
      [
        [false, 'follow', [4]],
        [false, 'follow', [9]],
        [false, 'follow', []],
      ],
    );
    assert.match(told[2]?.steps[0]?.detail ?? '', /no longer runs/);
    assert.equal(back, true);
  });

  it('is brought again when its Kong is another one, without a fault', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const stop = new AbortController();
    const facts = node.facts.bind(node);
    const lives = ['first', 'first', 'second'];
    node.facts = async () => ({ ...(await facts()), life: lives[0] ?? 'second' });
    const read = node.log.bind(node);
    let looks = 0;
    node.log = (since) => {
      if (++looks % 3 === 0) lives.shift();
      return read(since);
    };
    const told: OperationResult[] = [];
    await followPlugin(node, {
      plugin: 'tea',
      mark: await node.logEnd(),
      signal: stop.signal,
      onFault: (result) => told.push(result),
      onBack: () => stop.abort(),
      pause: 1,
    });
    assert.deepEqual([told, lives], [[], ['second']]);
  });

  it('is waited for on a node that cannot be reached', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n', running: false });
    const end = node.logEnd.bind(node);
    let looks = 0;
    node.logEnd = () => {
      looks += 1;
      if (looks === 3) node.running = true;
      return looks === 1 ? Promise.reject(new UserError('There is no container fake.')) : end();
    };
    let back = 0;
    await followPlugin(node, {
      plugin: 'tea',
      mark: undefined,
      signal: new AbortController().signal,
      onFault: () => assert.fail('it was told of already'),
      onBack: () => (back += 1),
      pause: 1,
    });
    assert.deepEqual([looks, back], [3, 1]);
  });
});
