// Executed in the extension host, as an extension of its own: runs the one suite of this session with mocha and sends the result to the runner.
import Mocha from 'mocha';
import { screenshot } from './driver';

interface TestResult {
  title: string;
  state: 'passed' | 'failed' | 'pending';
  error?: string;
}

/** Called by VS Code when it has started; the runner waits for the result, nobody here does. */
export function activate(): void {
  void run();
}

async function run(): Promise<void> {
  const tests: TestResult[] = [];
  let crash: string | undefined;
  try {
    const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, forbidOnly: true, reporter: 'min' });
    mocha.rootHooks({
      // what the window looked like then; a picture that cannot be taken is no second failure
      async afterEach(this: Mocha.Context) {
        if (this.currentTest?.state !== 'failed') return;
        await screenshot(`failed-${this.currentTest.fullTitle().replace(/\W+/g, '-').slice(0, 80)}`).catch(() => undefined);
      },
    });
    mocha.addFile(process.env['KONG_PLUGIN_TEST_SUITE'] ?? '');
    await new Promise<void>((resolve) => {
      const others = new Set([...process.listeners('uncaughtException'), ...process.listeners('unhandledRejection')]);
      const runner = mocha.run(() => resolve());
      // other extensions live in this process: what they leave uncaught is not the suite's failure
      for (const event of ['uncaughtException', 'unhandledRejection']) {
        for (const listener of process.rawListeners(event)) {
          if (!others.has(listener as NodeJS.UncaughtExceptionListener)) process.removeListener(event, listener as () => void);
        }
      }
      runner.on('pass', (test) => tests.push({ title: test.fullTitle(), state: 'passed' }));
      runner.on('pending', (test) => tests.push({ title: test.fullTitle(), state: 'pending' }));
      runner.on('fail', (test, error: Error) => {
        tests.push({ title: test.fullTitle(), state: 'failed', error: error.stack ?? error.message });
      });
    });
  } catch (error) {
    crash = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  await fetch(`${process.env['KONG_PLUGIN_TEST_DRIVER'] ?? ''}/result`, {
    method: 'POST',
    body: JSON.stringify({ tests, crash }),
  });
}
