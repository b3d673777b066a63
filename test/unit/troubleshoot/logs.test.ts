// Every recorded log of a real node, and each of them again in the wrapping of containers, collectors and terminals.
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { assertLabelled, LABELS, readLog } from './recorded';
import { WRAPPINGS } from './wrappings';

const EXPECTED = Object.entries(LABELS);

describe('recorded logs', () => {
  for (const [name, label] of EXPECTED) {
    it(name, async () => assertLabelled(await diagnose(readLog(name)), label));
  }
});

describe('recorded logs, wrapped', () => {
  for (const [wrapping, wrap] of Object.entries(WRAPPINGS)) {
    it(wrapping, async () => {
      const wrong: string[] = [];
      for (const [name, label] of EXPECTED) {
        try {
          assertLabelled(await diagnose(wrap(readLog(name))), label);
        } catch (error) {
          wrong.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      if (wrong.length > 0) throw new Error(`${wrong.length} of ${EXPECTED.length} logs\n${wrong.join('\n')}`);
    });
  }
});
