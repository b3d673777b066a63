// Executed in the extension host: runs the one suite of this session with mocha and sends the result to the runner.
import Mocha from 'mocha';

interface TestResult {
  title: string;
  state: 'passed' | 'failed' | 'pending';
  error?: string;
}

/** Called by VS Code; settles when the result was delivered. */
export async function run(): Promise<void> {
  const tests: TestResult[] = [];
  let crash: string | undefined;
  try {
    const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, forbidOnly: true, reporter: 'min' });
    mocha.addFile(process.env['KONG_PLUGIN_TEST_SUITE'] ?? '');
    await new Promise<void>((resolve) => {
      const runner = mocha.run(() => resolve());
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
  if (crash !== undefined || tests.some((test) => test.state === 'failed')) throw new Error('the suite failed');
}
