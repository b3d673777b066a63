// `npm test`: every suite, side by side where they share neither an engine nor files, one line of totals at the end. Arguments name the suites to
// run; `editor:NAME` runs one editor suite. A suite whose programs are missing is skipped and says what to install; with CI=true that is a failure.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sessionOf, suiteNames } from '../test/editor/sessions.mjs';
import { ensurePrograms } from './debian.mjs';
import { ensureEngine, hasEngine, KEPT } from './dockerEngine.mjs';
import { SUITES } from './suites.mjs';

const root = path.resolve(import.meta.dirname, '..');
const ci = Boolean(process.env['CI']);
const PROGRESS_MS = 60_000;

/** @typedef {import('./suites.mjs').Totals} Totals */
/**
 * @typedef {object} Job a suite, or a part of one, that runs as one process
 * @property {import('./suites.mjs').Suite} suite
 * @property {string} label
 * @property {string[]} only
 * @property {boolean} engine
 */

/**
 * The jobs of what was asked for. The editor suites that need an engine are a job of their own.
 * @param {readonly string[]} asked
 * @returns {Promise<Job[]>}
 */
async function jobsOf(asked) {
  const editorSuites = await suiteNames();
  const withEngine = editorSuites.filter((name) => sessionOf(name).engine);
  /** @type {Job[]} */
  const jobs = [];
  for (const suite of SUITES) {
    const mine = asked.filter((name) => name.split(':')[0] === suite.name);
    if (asked.length === 0 ? suite.changesMachine || suite.isPart : mine.length === 0) continue;
    const named = mine.map((name) => name.split(':')[1] ?? '').filter(Boolean);
    if (suite.name !== 'editor') {
      jobs.push({ suite, label: suite.name, only: named, engine: suite.engine === true });
      continue;
    }
    const chosen = named.length === 0 ? editorSuites : named;
    for (const engine of [false, true]) {
      const only = chosen.filter((name) => withEngine.includes(name) === engine);
      if (only.length > 0) jobs.push({ suite, label: engine ? `editor:${only.join(',')}` : 'editor', only, engine });
    }
  }
  return jobs;
}

/** @type {Set<{ job: Job, started: number, output: Buffer[], child: import('node:child_process').ChildProcess }>} */
const running = new Set();

/**
 * Runs a job to its end.
 * @param {Job} job
 * @param {{ env: NodeJS.ProcessEnv, show: boolean }} options show: print what it says at once, because nothing runs beside it
 * @returns {Promise<Totals & { seconds: number }>}
 */
async function runJob(job, { env, show }) {
  const file = path.join(root, 'out', `totals-${job.label.replaceAll(/\W/g, '-')}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const started = Date.now();
  const child = spawn(process.execPath, [path.join(root, 'scripts/suite.mjs'), file, job.suite.name, ...job.only], {
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    // A group of its own: a stop reaches what it has started, too.
    detached: process.platform !== 'win32',
    env: { ...process.env, ...env },
  });
  /** @type {Buffer[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (/** @type {Buffer} */ chunk) => output.push(chunk));
  const entry = { job, started, output, child };
  running.add(entry);
  if (show) console.log(`\n== ${job.label}`);
  await once(child, 'close');
  running.delete(entry);
  if (!show) console.log(`\n== ${job.label}\n${Buffer.concat(output).toString()}`);
  const written = await readFile(file, 'utf8').catch(() => '{"passed":0,"failed":1,"skipped":0}');
  return { .../** @type {Totals} */ (JSON.parse(written)), seconds: (Date.now() - started) / 1000 };
}

/** Says what runs now, and how many tests of each have passed. */
function progress() {
  const parts = [...running].map(({ job, started, output }) => {
    const passed = Buffer.concat(output).toString().split('✔').length - 1;
    return `${job.label} ${((Date.now() - started) / 1000).toFixed(0)} s${passed > 0 ? `, ${passed} passed` : ''}`;
  });
  console.log(`… ${parts.join('; ')}`);
}

/**
 * What became of a job under CI, where nothing may be skipped.
 * @param {Totals} totals
 * @returns {Totals}
 */
const judged = (totals) => (ci ? { ...totals, failed: totals.failed + totals.skipped, skipped: 0 } : totals);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !SUITES.some((suite) => suite.name === name.split(':')[0]));
if (unknown.length > 0) {
  console.error(`No suite ${unknown.join(', ')}. Suites: ${SUITES.map((suite) => suite.name).join(', ')}`);
  process.exit(2);
}

const jobs = await jobsOf(asked);
const isWhole = SUITES.every((suite) => suite.changesMachine || suite.isPart || jobs.some((job) => job.suite === suite));
/** @type {Map<Job, Totals & { seconds: number }>} */
const results = new Map();

/** The machine's own Docker engine. @type {{ env: Record<string, string>, stop: () => Promise<void> } | undefined} */
let engine;
/** @type {Record<string, string>} */
let engineEnv = {};
/** Whether the programs that the suites need are there, or known not to come: a suite that needs none does not wait for it. */
let prepared = false;

/** Installs what is missing, all at once (two installations at a time are in each other's way), and looks for a Docker engine. */
async function prepare() {
  /** @type {import('./debian.mjs').Program[]} */
  const forEngine = jobs.some((job) => job.engine) ? ['dockerd', 'ip', 'debootstrap'] : [];
  const missing = await ensurePrograms([...new Set([...jobs.flatMap((job) => job.suite.needs), ...forEngine])]);
  for (const job of jobs) {
    const lacking = job.suite.needs.filter((program) => missing.includes(program));
    if (lacking.length === 0) continue;
    console.log(`${job.label} is skipped: ${lacking.join(', ')} not found on this machine.`);
    results.set(job, { passed: 0, failed: 0, skipped: 1, seconds: 0 });
  }
  // Where there is none, each suite has a private one of its own, or says that it cannot.
  const found = jobs.some((job) => job.engine && !results.has(job)) && (await hasEngine()) ? await ensureEngine() : undefined;
  if (found !== undefined && !('missing' in found)) {
    engine = found;
    engineEnv = { ...found.env, [KEPT]: '1' };
  }
  prepared = true;
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => {
    for (const { job, output, child } of running) {
      console.log(`\n== ${job.label} (not at its end)\n${Buffer.concat(output).toString()}`);
      if (process.platform === 'win32' || child.pid === undefined) child.kill(signal);
      else process.kill(-child.pid, signal);
    }
    void Promise.resolve(engine?.stop()).then(() => process.exit(130));
  });
}

/** One more than there are processors: the long suites wait for a Kong, an editor or a browser half of their time. */
const places = os.availableParallelism() + 1;
/** The longest suite needs programs: a place is kept for it while they are installed. @returns {number} */
const openPlaces = () => (prepared ? places : places - 1);

/** What has begun and has not ended. @type {Set<Job>} */
const begun = new Set();

/** @param {Job} job @returns {boolean} whether it may begin beside what runs now */
function mayBegin(job) {
  if (!prepared && (job.engine || job.suite.needs.length > 0)) return false;
  if (job.suite.changesMachine) return begun.size === 0 && jobs.every((other) => other === job || results.has(other));
  // Parts of one suite build the same files.
  return ![...begun].some((other) => other.suite === job.suite || (engine !== undefined && job.engine && other.engine));
}

const waiting = [...jobs];
const show = waiting.length === 1;
const ticking = show ? undefined : setInterval(progress, PROGRESS_MS);
/** @type {Set<Promise<void>>} */
const underway = new Set();
/** @param {Promise<void>} work */
function follow(work) {
  const ended = work.then(() => void underway.delete(ended));
  underway.add(ended);
}
follow(prepare());
while (waiting.length > 0 || underway.size > 0) {
  const next = begun.size < openPlaces() ? waiting.findIndex((job) => results.has(job) || mayBegin(job)) : -1;
  const [job] = next < 0 ? [] : waiting.splice(next, 1);
  if (job === undefined) {
    await Promise.race(underway);
    continue;
  }
  if (results.has(job)) continue;
  // Another image than the test node's is a matter of the Docker suite alone.
  const image = job.suite.name === 'docker' ? {} : { KONG_TEST_IMAGE: '' };
  const whole = isWhole ? { KONG_PLUGIN_TEST_WHOLE_RUN: '1' } : {};
  const env = { ...image, ...whole, ...(job.engine ? engineEnv : {}) };
  begun.add(job);
  const work = runJob(job, { env, show }).then((totals) => {
    results.set(job, totals);
    begun.delete(job);
  });
  follow(work);
}
clearInterval(ticking);
await engine?.stop();

const sum = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const lines = [];
for (const job of jobs) {
  const result = results.get(job);
  if (result === undefined) throw new Error(`${job.label} did not run`);
  const { passed, failed, skipped, leftOut = 0 } = judged(result);
  const others = leftOut === 0 ? '' : `, ${leftOut} left out with this image`;
  lines.push(
    `${job.label.padEnd(17)} ${passed} passed, ${failed} failed, ${skipped} skipped${others} (${result.seconds.toFixed(0)} s)`,
  );
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
}
// Once more at the end: what stands above is long.
for (const [{ label }, { failures = [] }] of results) {
  for (const failure of failures) console.log(`failed in ${label}: ${failure}`);
}
console.log(`\n${lines.join('\n')}\n`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed > 0 ? 1 : 0);
