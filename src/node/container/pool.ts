// What is kept of containers between two looks, so that looking again costs no process: one client, and the open shells of each container.
import type { ContainerClient } from './client';
import type { SeenContainers } from './containers';
import type { ContainerFiles } from './files';
import type { ContainerLook, OpenContainer } from './look';

/** A container that is open, as every node of it shares it. */
export interface PooledContainer {
  access: OpenContainer;
  files: ContainerFiles;
  look: ContainerLook;
}

/** Shared by all nodes that are opened with it. */
export interface ContainerPool extends SeenContainers {
  /** The open container of that name; opened when it is first asked for. */
  container(name: string, open: () => PooledContainer): PooledContainer;
  /** Nobody looks for now: closes the shells that nobody waits for. */
  rest(): void;
}

/** So many containers keep their shells open at once, each two at most; of more, those that were asked for last. */
export const MOST_OPEN = 32;

/** Makes an empty pool. */
export function containerPool(): ContainerPool {
  let client: Promise<ContainerClient> | undefined;
  /** The one that was asked for last stands last. */
  const open = new Map<string, PooledContainer>();
  const lives = new Map<string, Promise<boolean>>();
  return {
    client(make) {
      if (client === undefined) {
        client = make();
        // A program that is missing may be there the next time.
        client.catch(() => (client = undefined));
      }
      return client;
    },
    container(name, make) {
      const known = open.get(name) ?? make();
      open.delete(name);
      open.set(name, known);
      for (const one of [...open.values()].slice(0, -MOST_OPEN)) one.access.programs.rest();
      return known;
    },
    runsKong(life, look) {
      const known = lives.get(life) ?? look();
      lives.set(life, known);
      known.catch(() => lives.delete(life));
      return known;
    },
    rest() {
      for (const { access } of open.values()) access.programs.rest();
    },
  };
}
