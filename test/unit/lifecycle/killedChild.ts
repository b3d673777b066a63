// A process that does one operation on a folder node and sends itself a signal, SIGKILL where none is named, right after its N-th change of a file.
import { once } from 'node:events';
import { stopOnSignals } from '../../../src/cli/stopOnSignals';
import { folderNode } from '../../../src/node/folder';
import { enableOperation } from '../../../src/lifecycle/operations/enable';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { operate } from '../../../src/lifecycle/operations/operate';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import type { Operation } from '../../../src/lifecycle/plan/plan';
import type { InstallKind } from '../../../src/lifecycle/types';
import type { Node } from '../../../src/node/node';

async function operationOf(name: string, source: string): Promise<Operation> {
  const [verb = '', via] = name.split(':');
  if (verb === 'install')
    return installOperation(await readInstallSource(source, source), { via: via as InstallKind | undefined, enable: true });
  if (verb === 'remove') return removeOperation('hello', { yes: true, keep: () => Promise.resolve('kept') });
  return enableOperation('nosuch');
}

function signalled(node: Node, after: number, name: NodeJS.Signals, stop: AbortSignal): Node {
  let changes = 0;
  const counted = <A extends unknown[], R>(act: (...args: A) => Promise<R>): ((...args: A) => Promise<R>) => {
    return async (...args) => {
      const result = await act(...args);
      if (++changes === after) {
        process.kill(process.pid, name);
        // Waiting for a signal alone does not keep a process alive.
        const alive = setInterval(() => undefined, 60_000);
        if (!stop.aborted) await once(stop, 'abort');
        clearInterval(alive);
      }
      return result;
    };
  };
  return {
    ...node,
    write: counted((path: string, content: Uint8Array | string, mode?: number) => node.write(path, content, mode)),
    create: counted((path: string, content: string) => node.create(path, content)),
    remove: counted((path: string) => node.remove(path)),
  };
}

async function main(): Promise<void> {
  const [tree = '', source = '', name = '', after = '0', sent = 'SIGKILL'] = process.argv.slice(2);
  const signal = stopOnSignals();
  const node = signalled(folderNode(tree), Number(after), sent as NodeJS.Signals, signal);
  const { exitCode } = await operate([node], await operationOf(name, source), { signal });
  if (signal.aborted) process.stdout.write('stopped');
  process.exitCode = exitCode;
}

void main();
