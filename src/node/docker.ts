// `docker:CONTAINER`: a Kong in a container, reached through the docker (or podman) program.
import { httpTransport } from '../kong/adminClient';
import { confValues, parseConf } from '../kong/conf';
import { effectiveSetting } from '../kong/settings';
import { UserError } from '../system/userError';
import { containerAdmin } from './container/admin';
import { containerClient, type ContainerClient, type ContainerOptions } from './container/client';
import { runInCopy } from './container/copy';
import { containerFiles } from './container/files';
import { containerLog, containerLogEnd, type LogPlace } from './container/log';
import { containerPrograms, lacksProgram, noProgram, NoShell } from './container/programs';
import type { RunScript } from './container/shell';
import { checkContainerName, COMPOSE_SERVICE, findKongContainers, inspectContainer, type Container } from './container/containers';
import type { Node, NodeFacts } from './node';
import { kongVersionOf } from './tree';

export interface DockerOptions extends ContainerOptions {
  /** Where the Admin API is, when that cannot be derived. */
  adminUrl?: string | undefined;
  /** The Kong version to assume where the container does not tell. */
  kong?: string | undefined;
}

const DEFAULT_PREFIX = '/usr/local/kong';
const DEFAULT_CONF_PATHS = ['/etc/kong/kong.conf', '/etc/kong.conf'] as const;
const DEFAULT_TREE = '/usr/local';
const START_TIMEOUT_MS = 120_000;
const SAME_LOOK_MS = 100;
/** The way to the Admin API is asked for right after the facts, which look anew. */
const VIEW_LOOK_MS = 1000;
/** What a log needs to know of its container hardly ever changes. */
const LOG_LOOK_MS = 3000;
/** A shell that is silent this long may be that of a paused container. */
const ANSWERS_WITHIN_MS = 300;

/** One call that finds out what `docker inspect` cannot tell. Written for any POSIX shell. */
const PROBE = `for f in "$2" ${DEFAULT_CONF_PATHS.join(' ')}; do [ -f "$f" ] && { conf=$f; echo "conf=$f"; break; }; done
prefix=$1
[ -n "$prefix" ] || [ -z "$conf" ] || prefix=$(sed -n '/^[[:space:]]*prefix[[:space:]]*=/{s/^[^=]*=[[:space:]]*\\([^#[:space:]]*\\).*/\\1/;h;};\${x;p;}' "$conf")
prefix=\${prefix:-${DEFAULT_PREFIX}}
echo "prefix=$prefix"
if [ -r "$prefix/pids/nginx.pid" ] && read -r pid < "$prefix/pids/nginx.pid" && [ -d "/proc/$pid" ]; then echo "running=1"; fi
r=/usr/local/bin/luarocks
[ -x "$r" ] || r=$(command -v luarocks) && echo "luarocks=$r"
for t in /usr/local /usr /opt/kong; do [ -f "$t/share/lua/5.1/kong/meta.lua" ] && { echo "tree=$t"; echo "meta="; cat "$t/share/lua/5.1/kong/meta.lua"; break; }; done
exit 0`;

interface Probed {
  prefix: string;
  confPath: string | undefined;
  running: boolean;
  luarocks: string | undefined;
  tree: string | undefined;
  version: string | undefined;
}

/** Opens a container as a node. Throws UserError (usage) for what cannot be a container's name; everything else is said by its methods. */
export function dockerNode(name: string, options: DockerOptions, kind: 'docker' | 'compose' = 'docker'): Node {
  checkContainerName(name);
  let found: Promise<ContainerClient> | undefined;
  const client = (): Promise<ContainerClient> => (found ??= containerClient(options));
  let seen: { at: number; container: Promise<Container> } | undefined;
  /** What was seen last, and the shell that had answered already by then. */
  let last: { container: Container; life: object | undefined } | undefined;
  /** To look at a node asks several times in a row, and each time is a program. */
  const inspect = (signal?: AbortSignal, age = SAME_LOOK_MS): Promise<Container> => {
    if (seen === undefined || Date.now() - seen.at > age) {
      const { life } = programs;
      seen = { at: Date.now(), container: client().then((docker) => inspectContainer(docker, name, signal)) };
      seen.container.then(
        (container) => {
          const restarted = last !== undefined && last.container.startedAt !== container.startedAt;
          if (!container.running || restarted) programs.close();
          if (container.running) programs.forget();
          last = { container, life };
        },
        () => (seen = undefined),
      );
    }
    return seen.container;
  };

  const programs = containerPrograms(client, name, options.env);
  const { script } = programs;
  const files = containerFiles({ client, name, script });

  /** A container keeps its prefix for as long as it lives. */
  let prefixes: { id: string; prefix: string } | undefined;
  const probe = async (container: Container): Promise<Probed> => {
    const found = await lookInside(container);
    const prefix = found.prefix.replace(/(?<=.)\/+$/, '');
    prefixes = { id: container.id, prefix };
    return { ...found, prefix };
  };
  const lookInside = async (container: Container): Promise<Probed> => {
    const prefix = container.env['KONG_PREFIX'];
    const conf = confOfCommand(container);
    const result = container.running ? await script(PROBE, [prefix ?? '', conf ?? '']) : undefined;
    if (result !== undefined) return probed(result.stdout.toString('utf8'));
    const meta = await files.read(`${DEFAULT_TREE}/share/lua/5.1/kong/meta.lua`);
    const text = prefix === undefined ? await files.read(conf ?? DEFAULT_CONF_PATHS[0]) : undefined;
    return {
      prefix: prefix ?? confValues(parseConf(text?.toString('latin1') ?? ''))['prefix'] ?? DEFAULT_PREFIX,
      confPath: undefined,
      running: false,
      luarocks: undefined,
      tree: undefined,
      version: kongVersionOf(meta?.toString('latin1') ?? ''),
    };
  };
  const prefixOf = async (container: Container): Promise<string> =>
    prefixes?.id === container.id ? prefixes.prefix : (await probe(container)).prefix;

  /** A look at the container, and what only its inside tells. */
  const look = async (signal: AbortSignal | undefined): Promise<{ container: Container; known: Probed }> => {
    const before = last;
    // What the probe needs of its container stays as it is for as long as the container lives.
    const early = before?.container.running === true ? probe(before.container).catch(() => undefined) : undefined;
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
    const same = container.running && container.id === before?.container.id && container.startedAt === before.container.startedAt;
    return { container, known: (same ? await early : undefined) ?? (await probe(container)) };
  };

  const logPlace = async (): Promise<LogPlace> => {
    const container = await inspect(undefined, LOG_LOOK_MS);
    const inside = await prefixOf(container).then(
      (prefix) => ({ prefix, script }),
      (error: unknown): { prefix: string; script: RunScript } => {
        // What the container itself says needs no shell.
        if (error instanceof NoShell) return { prefix: DEFAULT_PREFIX, script: () => Promise.resolve(undefined) };
        throw error;
      },
    );
    return { client: await client(), container, errorLog: `${inside.prefix}/logs/error.log`, script: inside.script };
  };

  return {
    id: `docker:${name}`,
    kind,
    async facts(signal): Promise<NodeFacts> {
      const { container, known } = await look(signal);
      return {
        kong: known.version ?? container.env['KONG_VERSION'] ?? options.kong,
        running: known.running,
        prefix: known.prefix,
        confPath: confOfCommand(container) ?? known.confPath ?? DEFAULT_CONF_PATHS[0],
        tree: known.tree ?? DEFAULT_TREE,
        luarocks: known.luarocks,
        env: Object.fromEntries(Object.entries(container.env).filter(([variable]) => /^(?:KONG|LUA)_/.test(variable))),
        cwd: container.cwd,
        origin: { image: container.image, service: container.labels[COMPOSE_SERVICE] },
        user: container.user === '' ? 'root' : container.user.split(':', 1)[0],
        canBeRoot: true,
        ...(container.paused ? { paused: unpause(container) } : {}),
      };
    },
    async run(args, runOptions = {}) {
      const result = await programs.run(args, runOptions);
      if (result !== undefined) return result;
      const container = await inspect();
      if (runOptions.inCopy !== true || container.paused) throw notRunning(container);
      const copied = await runInCopy(await client(), container, args, runOptions);
      if (lacksProgram(copied)) throw noProgram(args[0], name);
      return copied;
    },
    ...files,
    async start(signal) {
      const container = await inspect(signal);
      const call = callOf(signal);
      programs.forget();
      if (!container.running) return (await client()).call(['start', name], call);
      // A container that something else keeps alive: Kong is started in it as it is by hand.
      const { prefix, confPath } = await probe(container);
      const conf = confPath === undefined ? [] : ['-c', confPath];
      const result = await programs.run(['kong', 'start', '-p', prefix, ...conf], call);
      if (result === undefined) throw notRunning(await inspect());
      return result;
    },
    stop: async (signal) => (await client()).call(['stop', name], callOf(signal)),
    log: async (since) => containerLog(await logPlace(), since),
    logEnd: async () => containerLogEnd(await logPlace()),
    async lastStart() {
      const { startedAt } = await inspect();
      return startedAt === undefined ? undefined : `${startedAt}|`;
    },
    async adminApi() {
      if (options.adminUrl !== undefined) return httpTransport(options.adminUrl);
      const container = await inspect(undefined, VIEW_LOOK_MS);
      if (!container.running) return undefined;
      const prepared = await files.read(`${await prefixOf(container)}/.kong_env`).catch(() => undefined);
      const values = prepared === undefined ? {} : confValues(parseConf(prepared.toString('latin1')));
      const listen =
        values['admin_listen'] ?? effectiveSetting({ environment: container.env, file: undefined }, 'admin_listen').value;
      return containerAdmin(await client(), container, listen, programs.ask);
    },
  };
}

function callOf(signal: AbortSignal | undefined): { timeout: number; signal?: AbortSignal } {
  return { timeout: START_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
}

/** Running containers with a Kong in them, as nodes. */
export async function findDockerNodes(options: DockerOptions): Promise<Node[]> {
  return (await findKongContainers(options)).map((container) => dockerNode(container.name, options));
}

export { followContainers as followDockerEvents } from './container/containers';

/** The FILE of a `-c FILE` among the arguments that the container starts Kong with. */
function confOfCommand({ command }: Container): string | undefined {
  const kong = command.findIndex((word) => /^(?:\S*\/)?kong$/.test(word));
  const option = command.findIndex((word, index) => index > kong && (word === '-c' || word === '--conf'));
  return kong < 0 || option < 0 ? undefined : command[option + 1];
}

function probed(text: string): Probed {
  const [head = '', meta = ''] = text.split(/^meta=\n/m);
  const values = new Map(head.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]));
  return {
    prefix: values.get('prefix') ?? DEFAULT_PREFIX,
    confPath: values.get('conf'),
    running: values.has('running'),
    luarocks: values.get('luarocks'),
    tree: values.get('tree'),
    version: kongVersionOf(meta),
  };
}

function unpause({ name }: Container): string {
  return `Let it go on: \`docker unpause ${name}\`.`;
}

function notRunning(container: Container): UserError {
  return new UserError(`The container ${container.name} is ${container.state}.`, {
    exitCode: 3,
    next: container.paused ? unpause(container) : `Start it: \`docker start ${container.name}\`.`,
  });
}
