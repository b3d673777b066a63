// From what `--node` takes to the nodes it means: one line per kind.
import { resolve } from 'node:path';
import { withAdminToken } from '../kong/adminClient';
import { UserError } from '../system/userError';
import type { ContainerPool } from './container/pool';
import { MissingProgram, type Node } from './node';

/** What opening a node may need from its surroundings. */
export interface NodeOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The Kong version to assume where a node does not tell its own. */
  kong?: string | undefined;
  kongProgram?: string | undefined;
  /** The docker or podman program, when it is not the one on PATH. */
  containerProgram?: string | undefined;
  /** What is kept of containers between two looks, by whoever looks again and again. */
  pool?: ContainerPool | undefined;
  /** Where the Admin API of the node is, when that cannot be derived. */
  adminUrl?: string | undefined;
  /** The administrator's token of a node, by its own id and the one it was opened with. */
  adminToken?: (ids: readonly string[]) => string | undefined;
}

interface Kind {
  pattern: RegExp;
  open: (rest: string, options: NodeOptions) => Promise<Node[]>;
}

const KINDS: readonly Kind[] = [
  {
    pattern: /^folder:(.+)$/s,
    open: async (path, options) => {
      const { folderNode } = await import('./folder');
      return [folderNode(resolve(options.cwd, path), options)];
    },
  },
  {
    pattern: /^local(?::(.+))?$/s,
    open: async (path, options) => {
      const { localNode } = await import('./local');
      return [localNode({ ...options, conf: path === '' ? undefined : path })];
    },
  },
  {
    pattern: /^docker:(.+)$/s,
    open: async (name, options) => {
      const { dockerNode } = await import('./docker');
      return [dockerNode(name, options)];
    },
  },
  {
    pattern: /^compose:([^/]+\/[^/]+)$/s,
    open: async (name, options) => {
      const { composeNodes } = await import('./compose');
      const [project = '', service = ''] = name.split('/');
      return composeNodes(project, service, options);
    },
  },
];

/** Opens the nodes that a `--node` argument names. Throws UserError (usage) for an argument that is no node. */
export async function openNodes(id: string, options: NodeOptions): Promise<Node[]> {
  for (const kind of KINDS) {
    const match = kind.pattern.exec(id);
    if (match !== null) return (await kind.open(match[1] ?? '', options)).map((node) => authorised(node, options, id));
  }
  throw new UserError(`"${id}" is not a node.`, {
    exitCode: 2,
    next: 'A node is folder:DIR, local, local:PATH-OF-KONG.CONF, docker:CONTAINER or compose:PROJECT/SERVICE.',
  });
}

/** Every replica of a service has the service's token, unless it has one of its own. */
function authorised(node: Node, { adminToken }: NodeOptions, openedAs = node.id): Node {
  const token = adminToken?.([node.id, openedAs]);
  if (token === undefined) return node;
  return {
    ...node,
    async adminApi() {
      const transport = await node.adminApi();
      return transport === undefined ? undefined : withAdminToken(transport, token);
    },
  };
}

/** What a search for nodes came to. */
export interface FoundNodes {
  nodes: Node[];
  /** Why somebody who may know of more could not be asked: a Docker that does not run. */
  troubles: UserError[];
}

/** The nodes that can be found without being told: the Kong of this machine, and containers with a Kong in them, running or not. */
export async function findNodes(options: NodeOptions): Promise<FoundNodes> {
  const found = await Promise.all([asked(() => findLocal(options)), asked(() => findContainers(options))]);
  return {
    nodes: found.flatMap(({ nodes }) => nodes.map((node) => authorised(node, options))),
    troubles: found.flatMap(({ troubles }) => troubles),
  };
}

async function asked(search: () => Promise<Node[]>): Promise<FoundNodes> {
  try {
    return { nodes: await search(), troubles: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { nodes: [], troubles: error instanceof MissingProgram ? [] : [error] };
  }
}

async function findLocal(options: NodeOptions): Promise<Node[]> {
  const { localNode } = await import('./local');
  const local = localNode(options);
  await local.facts();
  return [local];
}

async function findContainers(options: NodeOptions): Promise<Node[]> {
  const { findDockerNodes } = await import('./docker');
  return findDockerNodes(options);
}
