// What a log says of a plugin since Kong took its configuration last: whose faults, of which processes, and when silence proves nothing.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { heardOf, workersFailed, writtenByNow } from '../../../src/lifecycle/state/heard';

const LOGS = join(import.meta.dirname, '../../fixtures/logs/kong/nodes');
const line = (level: string, pid: number, text: string): string => `2026/11/30 10:00:00 [${level}] ${pid}#0: ${text}\n`;
const started = (...pids: number[]): string =>
  line('notice', 1, 'start worker processes') + pids.map((pid) => line('notice', 1, `start worker process ${pid}`)).join('');
const access = (plugin: string, at = 4): string =>
  `*7 [kong] init.lua:406 [${plugin}] /usr/local/share/lua/5.1/kong/plugins/${plugin}/handler.lua:${at}: attempt to index local 't' (a nil value), client: 127.0.0.1, server: kong, request: "GET / HTTP/1.1", host: "localhost:8000"`;
const initWorker = (plugin: string): string =>
  `*1 [lua] init.lua:987: init_worker(): worker initialization error: failed to execute the "init_worker" handler for plugin "${plugin}": /usr/local/share/lua/5.1/kong/plugins/${plugin}/handler.lua:4: attempt to index local 't' (a nil value); this node must be restarted, context: init_worker_by_lua*`;
const timer = (plugin: string): string =>
  `*9 [lua] job.lua:290: execute(): [timer-ng] failed to run timer unix_timestamp=1796011123603.000000;counter=6:meta=debug off: /usr/local/share/lua/5.1/kong/plugins/${plugin}/handler.lua:6: sync failed, context: ngx.timer`;

describe('what is heard of a plugin', () => {
  const cases: [what: string, log: string, faults: string[], others: string[]][] = [
    ['silence', started(25), [], []],
    ['init_worker raised', started(25) + line('crit', 25, initWorker('tea')), ['init-worker-handler-failed'], []],
    ['a request raised', started(25) + line('error', 25, access('tea')), ['runtime-exception-in-phase'], []],
    ['a timer raised', started(25) + line('error', 25, timer('tea')), ['runtime-exception-in-phase'], []],
    ['another plugin raised', started(25) + line('error', 25, access('milk')), [], ['runtime-exception-in-phase']],
    ['before the reload', started(20) + line('error', 20, access('tea')) + started(25), [], []],
    ['a worker of before the reload, which still leaves', started(20) + started(25) + line('error', 20, timer('tea')), [], []],
    [
      'a worker in place of one that ended',
      started(25) + line('notice', 1, 'start worker process 31') + line('error', 31, access('tea')),
      ['runtime-exception-in-phase'],
      [],
    ],
    [
      'a reload since then that did not load',
      started(25) +
        line('notice', 1, 'reconfiguring') +
        line(
          'error',
          1,
          "init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:708: error loading plugin schemas: on plugin 'tea': no configuration schema found for plugin: tea",
        ),
      ['no-configuration-schema'],
      [],
    ],
  ];
  for (const [what, log, faults, others] of cases) {
    it(what, async () => {
      const heard = await heardOf(log, 'tea', '3.9.1');
      assert.deepEqual(
        heard.faults.map(({ id }) => id),
        faults,
      );
      assert.deepEqual(
        heard.others.map(({ id }) => id),
        others,
      );
    });
  }

  it('knows that workers failed, whoever is to blame', async () => {
    assert.equal(workersFailed(await heardOf(started(25) + line('crit', 25, initWorker('milk')), 'tea', '3.9.1')), true);
    assert.equal(workersFailed(await heardOf(started(25) + line('error', 25, access('milk')), 'tea', '3.9.1')), false);
  });

  it('keeps the lines that go on with a record, and leaves out those of a process of before', () => {
    const log = `${started(20)}${started(25)}${line('error', 20, 'old')}stack traceback:\n\told\n${line('error', 25, 'new')}stack traceback:\n\tnew\n`;
    assert.equal(writtenByNow(log).text, `${started(25)}${line('error', 25, 'new')}stack traceback:\n\tnew\n`);
    assert.equal(writtenByNow('2026/11/30 10:00:00 [error] 25#0: x\n').started, false);
  });

  it('hears the faults of real nodes', async () => {
    for (const [file, plugin] of [
      ['timer-every-error-3.9.1', 'p-timer-every-error'],
      ['timer-every-error-2.8.5', 'p-timer-every-error'],
      ['timer-callback-error-3.9.1', 'p-timer-callback-error'],
      ['thread-error-3.9.1', 'p-thread-error'],
      ['ctx-plugin-nil-2.8.5', 'p-ctx-plugin-nil'],
    ] as const) {
      const heard = await heardOf(await readFile(join(LOGS, `${file}.log`), 'utf8'), plugin, file.slice(-5));
      assert.ok(heard.started, file);
      assert.ok(heard.faults.length > 0, file);
    }
  });
});
