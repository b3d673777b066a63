// Looking at one container: what the engine says of it and what its inside tells, each asked for again only when it may have changed.
import type { Node } from '../node';
import type { ContainerClient } from './client';
import { inspectContainer, type Container } from './containers';
import { probe, type Probed } from './probe';
import type { ContainerPrograms } from './programs';

const SAME_LOOK_MS = 100;
/** A shell that is silent this long may be that of a paused container. */
const ANSWERS_WITHIN_MS = 300;

/** One container, and the ways into it. */
export interface OpenContainer {
  client: () => Promise<ContainerClient>;
  name: string;
  programs: ContainerPrograms;
  read: Node['read'];
}

export interface ContainerLook {
  /** What the engine says; what it said at most `age` milliseconds ago will do. */
  inspect(signal?: AbortSignal, age?: number): Promise<Container>;
  /** What its inside tells now. */
  probe(container: Container): Promise<Probed>;
  /** Kong's prefix in it. */
  prefixOf(container: Container): Promise<string>;
  /** Both, anew. */
  both(signal: AbortSignal | undefined): Promise<{ container: Container; known: Probed }>;
}

/** Makes the memory of one container's looks; nothing is looked at before it is asked for. */
export function containerLook({ client, name, programs, read }: OpenContainer): ContainerLook {
  let seen: { at: number; container: Promise<Container>; signal?: AbortSignal | undefined } | undefined;
  /** What was seen last, and the shell that had answered already by then. */
  let last: { container: Container; life: object | undefined } | undefined;
  /** To look at a node asks several times in a row, and each time is a program. Who shared a look that its beginner stopped looks again. */
  const inspect = async (signal?: AbortSignal, age = SAME_LOOK_MS): Promise<Container> => {
    if (seen === undefined || Date.now() - seen.at > age) {
      const { life } = programs;
      seen = { at: Date.now(), container: client().then((docker) => inspectContainer(docker, name, signal)), signal };
      seen.container.then(
        (container) => {
          const restarted = last !== undefined && last.container.startedAt !== container.startedAt;
          if (restarted) programs.close();
          if (container.running) programs.forget();
          else programs.stopped();
          last = { container, life };
        },
        () => (seen = undefined),
      );
    }
    const shared = seen;
    try {
      return await shared.container;
    } catch (error) {
      if (shared.signal === signal || shared.signal?.aborted !== true) throw error;
      return inspect(signal, age);
    }
  };

  /** A container keeps its prefix for as long as it lives. */
  let prefixes: { id: string; prefix: string } | undefined;
  const inside = async (container: Container): Promise<Probed> => {
    const found = await probe(container, programs.script, read);
    prefixes = { id: container.id, prefix: found.prefix };
    return found;
  };

  return {
    inspect,
    probe: inside,
    prefixOf: async (container) => (prefixes?.id === container.id ? prefixes.prefix : (await inside(container)).prefix),
    async both(signal) {
      const before = last;
      // What the probe needs of its container stays as it is for as long as the container lives.
      const early = before?.container.running === true ? inside(before.container).catch(() => undefined) : undefined;
      if (before?.life === undefined || before.life !== programs.life) programs.open();
      else {
        // What its own shell answers is alive, and the same as ever; one that is paused does not answer.
        const patience = new Promise<undefined>((resolve) => setTimeout(resolve, ANSWERS_WITHIN_MS, undefined).unref());
        const known = await Promise.race([early, patience]);
        if (known !== undefined && before.life === programs.life) {
          seen = { at: Date.now(), container: Promise.resolve(before.container) };
          return { container: before.container, known };
        }
      }
      const container = await inspect(signal);
      const same =
        container.running && container.id === before?.container.id && container.startedAt === before.container.startedAt;
      return { container, known: (same ? await early : undefined) ?? (await inside(container)) };
    },
  };
}
