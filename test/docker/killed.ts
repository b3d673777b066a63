// Runs one operation on a container and kills itself after the Nth change: `killed.ts CONTAINER N install DIR | remove NAME`.
import { installOperation } from '../../src/lifecycle/operations/install';
import { operate } from '../../src/lifecycle/operations/operate';
import { readInstallSource } from '../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../src/lifecycle/operations/remove';
import { dockerNode } from '../../src/node/docker';
import type { Node } from '../../src/node/node';

const CHANGES = new Set<PropertyKey>(['write', 'create', 'remove', 'run']);

/** The node, whose process dies when it has changed so many things. */
function mortal(node: Node, lives: number): Node {
  let left = lives;
  return new Proxy(node, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key);
      if (!CHANGES.has(key) || typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const result: unknown = await Reflect.apply(value, target, args);
        left -= 1;
        if (left === 0) process.kill(process.pid, 'SIGKILL');
        return result;
      };
    },
  });
}

async function main([container = '', lives = '', verb = '', what = '']: string[]): Promise<void> {
  const node = mortal(dockerNode(container, { env: process.env }), Number(lives));
  const operation =
    verb === 'install'
      ? installOperation(await readInstallSource(what, process.cwd()), { enable: true })
      : removeOperation(what, { yes: true, keep: () => Promise.resolve('nowhere') });
  const { exitCode } = await operate([node], operation);
  process.exitCode = exitCode;
}

void main(process.argv.slice(2));
