// Helpers: a plugin installed on a scripted Kong that runs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { runPlan, type Operation } from '../../../src/lifecycle/plan/plan';
import type { OperationResult } from '../../../src/lifecycle/types';
import { type FakeNode } from './fakeNode';
import { project, writeFiles } from './plugins';

export async function installed(node: FakeNode, name = 'hello', options: { without?: string[] } = {}): Promise<OperationResult> {
  return runPlan(node, await installing(name, options));
}

export let projects = '';

/** A project without some module has no rockspec either, because such a rock cannot be packed: it is installed by path. */
export async function installing(name = 'hello', { without = [] }: { without?: string[] } = {}): Promise<Operation> {
  const folder = await mkdtemp(join(projects, 'p-'));
  const files = Object.entries(project(name, '0.1.0', without));
  await writeFiles(folder, Object.fromEntries(files.filter(([path]) => without.length === 0 || !path.endsWith('.rockspec'))));
  return installOperation(await readInstallSource(folder, folder), { enable: true });
}

/** What the verification said. */
export const proofOf = (result: OperationResult): string => result.steps.find(({ name }) => name === 'verify')?.detail ?? '';

export const statuses = (result: OperationResult): string[] => result.steps.map((step) => `${step.name} ${step.status}`);

export const keep = (): Promise<string> => Promise.resolve('kept.json');

before(async () => {
  projects = await mkdtemp(join(tmpdir(), 'kpw-running-'));
});

after(() => rm(projects, { recursive: true, force: true }));
