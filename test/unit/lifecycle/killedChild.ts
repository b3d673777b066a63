// A process that does one operation on a folder node and kills itself right after its N-th change of a file.
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

function killed(node: Node, after: number): Node {
  let changes = 0;
  const counted = <A extends unknown[], R>(act: (...args: A) => Promise<R>): ((...args: A) => Promise<R>) => {
    return async (...args) => {
      const result = await act(...args);
      if (++changes === after) process.kill(process.pid, 'SIGKILL');
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
  const [tree = '', source = '', name = '', after = '0'] = process.argv.slice(2);
  const { exitCode } = await operate([killed(folderNode(tree), Number(after))], await operationOf(name, source));
  process.exitCode = exitCode;
}

void main();
