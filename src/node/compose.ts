// `compose:PROJECT/SERVICE`: every replica of a compose service, each a container node of its own.
import { UserError } from '../system/userError';
import { containerClient } from './container/client';
import { COMPOSE_ONE_OFF, COMPOSE_SERVICE, inspectContainers, listContainers } from './container/containers';
import { dockerNode, type DockerOptions } from './docker';
import type { Node } from './node';

const PROJECT = 'com.docker.compose.project';
const NUMBER = 'com.docker.compose.container-number';

/** The replicas of a service in their order, running or not. Throws UserError (environment) when there is none. */
export async function composeNodes(project: string, service: string, options: DockerOptions): Promise<Node[]> {
  const client = await containerClient(options);
  const ids = await listContainers(client, [`label=${PROJECT}=${project}`, `label=${COMPOSE_SERVICE}=${service}`], true);
  // The engine's filter is a prefix of nothing, but labels are compared here once more: a name is data.
  const replicas = (await inspectContainers(client, ids)).filter(
    ({ labels }) => labels[PROJECT] === project && labels[COMPOSE_SERVICE] === service && labels[COMPOSE_ONE_OFF] !== 'True',
  );
  if (replicas.length === 0) {
    throw new UserError(`The compose project ${project} has no container of a service ${service}.`, {
      exitCode: 3,
      next: 'Start it with `docker compose up`; `docker compose ls` lists the projects.',
    });
  }
  const number = (labels: Readonly<Record<string, string>>): number => Number(labels[NUMBER] ?? 0);
  return replicas.sort((a, b) => number(a.labels) - number(b.labels)).map(({ name }) => dockerNode(name, options, 'compose'));
}
