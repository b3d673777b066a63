// What is here and what is missing: the programs that parts of the product need, on this machine or on a node. Looks, and changes nothing.
import { runProcess } from '../system/process';
import { messageOf, UserError } from '../system/userError';
import type { Node } from './node';

/** How one thing stands. */
export interface Diagnosis {
  name: string;
  /** `found`, `broken` (there, but it does not work), `missing`, or `unknown` where nothing can be looked at. */
  state: 'found' | 'broken' | 'missing' | 'unknown';
  /** Its version or what it says when it is there; else why not. Empty when there is nothing to say. */
  says: string;
  /** What it is needed for, and what works without it. */
  use: string;
  /** How to get it, when it is not there. */
  get: string;
}

interface Program {
  name: string;
  /** Asked in this order until one of them answers. */
  calls: readonly (readonly [string, ...string[]])[];
  use: string;
  get: string;
}

const VERSION = /(?<!\d)\d+\.\d+(?:\.\d+)?/;
const TIMEOUT_MS = 15_000;

/** Programs of this machine. */
const HERE: readonly Program[] = [
  {
    name: 'Docker or Podman',
    calls: [
      ['docker', '--version'],
      ['podman', '--version'],
    ],
    use: 'Containers as nodes, and development nodes. Without it: folders and the Kong of this machine.',
    get: 'Install Docker (docs.docker.com/get-docker) or Podman; another program is named by KONG_PLUGIN_DOCKER.',
  },
  {
    name: 'Container engine',
    calls: [
      ['docker', 'version', '--format', '{{.Server.Version}}'],
      ['podman', 'version', '--format', '{{.Server.Version}}'],
    ],
    use: 'What Docker’s program talks to. Without it containers cannot be seen.',
    get: 'Start Docker; on Linux your user must be in the group docker, or DOCKER_HOST names an engine that you may use.',
  },
  {
    name: 'Docker Compose',
    calls: [
      ['docker', 'compose', 'version', '--short'],
      ['docker-compose', '--version'],
    ],
    use: 'Starting a compose service again with a setting that persist wrote. Its replicas are found without it.',
    get: 'Install the plugin of Docker: docs.docker.com/compose/install.',
  },
  {
    name: 'LuaRocks',
    calls: [['luarocks', '--version']],
    use: 'Publishing, and packing rocks with C code. Checking and packing plain Lua need none.',
    get: 'Debian: apt install luarocks; macOS: brew install luarocks; Windows: luarocks.org/#quick-start.',
  },
  {
    name: 'unzip',
    calls: [['unzip', '-v']],
    use: 'LuaRocks unpacks rocks with it. We read and write archives without it.',
    get: 'Debian: apt install unzip; macOS has it.',
  },
  {
    name: 'git',
    calls: [['git', '--version']],
    use: 'Publishing looks whether the tag of a version is there.',
    get: 'git-scm.com/downloads.',
  },
  {
    name: 'Kong',
    calls: [['kong', 'version']],
    use: 'The node `local`. Without it: containers and folders.',
    get: 'developer.konghq.com/gateway/install, or a development node in a container: `kong-plugin dev`.',
  },
  {
    name: 'Pongo',
    calls: [['pongo', 'version']],
    use: 'Running the specs of a plugin. Nothing of ours needs it.',
    get: 'github.com/Kong/kong-pongo.',
  },
  {
    name: 'kubectl',
    calls: [['kubectl', 'version', '--client']],
    use: 'Reading logs of Kong in Kubernetes, to diagnose them. Nothing of ours needs it.',
    get: 'kubernetes.io/docs/tasks/tools.',
  },
];

/** Programs of a node. */
const THERE: readonly Program[] = [
  {
    name: 'Kong',
    calls: [['kong', 'version']],
    use: 'Reload, and the proof that a plugin is loaded.',
    get: 'The node is of an image or machine without Kong.',
  },
  {
    name: 'LuaRocks',
    calls: [['luarocks', '--version']],
    use: 'Installing from source, and rocks that a plugin depends on. Rocks of plain Lua are put there without it.',
    get: 'Kong’s own images have it; in others install luarocks.',
  },
  {
    name: 'unzip',
    calls: [['unzip', '-v']],
    use: 'LuaRocks unpacks rocks with it.',
    get: 'Install unzip in the image.',
  },
  {
    name: 'C compiler',
    calls: [['cc', '--version']],
    use: 'Rocks with C code are built with it.',
    get: 'Install gcc and libc-dev in the image, or install a rock that was built elsewhere.',
  },
];

const SIGNS: Readonly<Record<Diagnosis['state'], string>> = { found: '✓', broken: '✗', missing: '–', unknown: '?' };

/** What was looked at under a title, for people: of what is missing also what for, and how to get it. */
export function reportOf(title: string, things: readonly Diagnosis[]): string {
  const lines = things.flatMap(({ name, state, says, use, get }) => [
    `  ${SIGNS[state]} ${name}${says === '' ? '' : ` ${says}`}`,
    ...(state === 'missing' || state === 'broken' ? [`      ${use}`, `      ${get}`] : []),
  ]);
  return [title, ...lines, ''].join('\n');
}

type Call = (call: readonly [string, ...string[]]) => Promise<{ code: number | null; text: string } | undefined>;

/** Runs a program; a missing one gives undefined. */
const callHere =
  (env: Readonly<Record<string, string | undefined>>, signal: AbortSignal): Call =>
  async ([command, ...args]) => {
    try {
      const { code, stdout, stderr } = await runProcess({ command, args, env, signal, timeout: TIMEOUT_MS });
      return { code, text: `${stdout.toString()}\n${stderr.toString()}` };
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  };

/** The programs of this machine that parts of the product need. Throws only what `signal` is aborted with. */
export async function examineMachine(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Diagnosis[]> {
  const named = env['KONG_PLUGIN_DOCKER'] ?? '';
  const run = callHere(env, signal);
  const call: Call = ([program, ...args]) => run([program === 'docker' && named !== '' ? named : program, ...args]);
  return Promise.all(HERE.map((program) => examine(program, call)));
}

/** The same from inside a node. Throws UserError when it cannot be reached. */
export async function examineNode(node: Node, signal: AbortSignal): Promise<Diagnosis[]> {
  const facts = await node.facts(signal);
  const call: Call = async (words) => {
    const result = await node.run(words, { signal, timeout: TIMEOUT_MS, quick: true });
    // a shell says so of what is not there
    if (result === undefined || result.code === 126 || result.code === 127) return undefined;
    return { code: result.code, text: `${result.stdout.toString()}\n${result.stderr.toString()}` };
  };
  const canRun = node.kind !== 'folder' && facts.running && facts.paused === undefined;
  const programs = canRun ? await Promise.all(THERE.map((program) => examine(program, call))) : THERE.map(notLookedAt);
  return [...programs, await examineTree(node, facts.tree)];
}

async function examine({ name, calls, use, get }: Program, call: Call): Promise<Diagnosis> {
  let broken: string | undefined;
  for (const words of calls) {
    const answer = await call(words);
    if (answer === undefined) continue;
    if (answer.code === 0) return { name, state: 'found', says: VERSION.exec(answer.text)?.[0] ?? '', use, get };
    broken ??= answer.text.trim().split('\n')[0] ?? '';
  }
  return broken === undefined
    ? { name, state: 'missing', says: '', use, get }
    : { name, state: 'broken', says: broken, use, get };
}

const notLookedAt = ({ name, use, get }: Program): Diagnosis => ({
  name,
  state: 'unknown',
  says: 'nothing can be run there now',
  use,
  get,
});

/** Whether the folder that plugins go to is there. */
async function examineTree(node: Node, tree: string): Promise<Diagnosis> {
  const folder = `${tree}/share/lua/5.1`;
  const base = { name: 'LuaRocks tree', use: 'Where plugins are installed to.', get: 'It is made by the first installation.' };
  try {
    return (await node.stat(folder)) === undefined
      ? { ...base, state: 'missing', says: folder }
      : { ...base, state: 'found', says: folder };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...base, state: 'unknown', says: messageOf(error) };
  }
}

/** Variables that change how this machine reaches others, without what is secret in them. */
export function surroundings(env: Readonly<Record<string, string | undefined>>): { name: string; value: string }[] {
  const names = /^(?:(?:https?|all|no)_proxy|docker_host|docker_context|kong_plugin_docker|kong_[a-z_]*|luarocks_config)$/i;
  const secret = /token|password|secret|license|key/i;
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || !names.test(name)) return [];
    return [{ name, value: secret.test(name) ? '(set)' : value.replace(/\/\/[^@/]*@/, '//***@') }];
  });
}
