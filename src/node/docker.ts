// `docker:CONTAINER`: a Kong in a container, reached through the docker (or podman) program.
import { httpTransport } from '../kong/adminClient';
import { confValues, parseConf } from '../kong/conf';
import { effectiveSetting } from '../kong/settings';
import type { ProcessResult } from '../system/process';
import { UserError } from '../system/userError';
import { containerAdmin } from './containerAdmin';
import { containerClient, saidBy, type ContainerClient, type ContainerOptions } from './containerClient';
import { runInCopy } from './containerCopy';
import { containerFiles } from './containerFiles';
import { containerLog } from './containerLog';
import { checkContainerName, COMPOSE_SERVICE, findKongContainers, inspectContainer, type Container } from './containers';
import { containerShell, type RunScript, type ScriptCall } from './containerShell';
import type { Node, NodeFacts, RunOptions } from './node';
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
const FILE_TIMEOUT_MS = 120_000;
const SAME_LOOK_MS = 100;
/** The way to the Admin API is asked for right after the facts, which look anew. */
const VIEW_LOOK_MS = 1000;
/** What a log needs to know of its container hardly ever changes. */
const LOG_LOOK_MS = 3000;
const STOPPED_MEMORY_MS = 2000;
/** How long to wait before each further look at a container whose program was killed. */
const ENGINE_LAGS_MS = [50, 150, 300];

/** One call that finds out what `docker inspect` cannot tell. Written for any POSIX shell. */
const PROBE = `for f in "$2" ${DEFAULT_CONF_PATHS.join(' ')}; do [ -f "$f" ] && { conf=$f; echo "conf=$f"; break; }; done
prefix=$1
[ -n "$prefix" ] || [ -z "$conf" ] || prefix=$(sed -n 's/^[[:space:]]*prefix[[:space:]]*=[[:space:]]*\\([^#[:space:]]*\\).*/\\1/p' "$conf" | tail -n 1)
prefix=\${prefix:-${DEFAULT_PREFIX}}
echo "prefix=$prefix"
if [ -r "$prefix/pids/nginx.pid" ] && read -r pid < "$prefix/pids/nginx.pid" && [ -d "/proc/$pid" ]; then echo "running=1"; fi
for r in /usr/local/bin/luarocks "$(command -v luarocks)"; do [ -x "$r" ] && { echo "luarocks=$r"; break; }; done
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
  let last: Container | undefined;
  /** To look at a node asks several times in a row, and each time is a program. */
  const inspect = (signal?: AbortSignal, age = SAME_LOOK_MS): Promise<Container> => {
    if (seen === undefined || Date.now() - seen.at > age) {
      seen = { at: Date.now(), container: client().then((docker) => inspectContainer(docker, name, signal)) };
      seen.container.then(
        (container) => {
          last = container;
          if (!container.running) shell.close();
        },
        () => (seen = undefined),
      );
    }
    return seen.container;
  };

  const execute = async (
    args: readonly string[],
    run: RunOptions,
    user: readonly string[],
  ): Promise<ProcessResult | undefined> => {
    const docker = await client();
    const { env = {}, cwd, ...call } = run;
    const { passed, shown } = variables(env);
    const result = await docker.call(
      [
        'exec',
        ...(run.input === undefined ? [] : ['--interactive']),
        ...user,
        ...(cwd === undefined ? [] : ['--workdir', cwd]),
        ...shown,
        name,
        ...args,
      ],
      { timeout: FILE_TIMEOUT_MS, ...call, env: passed },
    );
    return (await endedWithContainer(docker, name, result)) ? undefined : result;
  };
  let shell = containerShell(client, name, options.env);
  let stoppedUntil = 0;
  const script: RunScript = async (text, args, call = {}) => {
    // A container that stands still is not asked before every file whether it still does.
    if (Date.now() < stoppedUntil) return undefined;
    const result =
      (await shell.run(text, args, call)) ??
      (await execute(['sh', '-c', text, 'sh', ...args], runOptionsOf(call), ['--user', '0']));
    if (result === undefined) stoppedUntil = Date.now() + STOPPED_MEMORY_MS;
    else if (lacksProgram(result)) {
      throw new NoShell(`The container ${name} has no shell (sh), so it cannot be looked into.`, {
        exitCode: 3,
        next: `Its log can be read all the same: kong-plugin diagnose --node docker:${name}`,
      });
    }
    return result;
  };
  const files = containerFiles({ client, name, script });

  const probe = async (container: Container): Promise<Probed> => {
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
  /** A container keeps its prefix for as long as it lives. */
  let prefixes: { id: string; prefix: string } | undefined;
  const prefixOf = async (container: Container): Promise<string> => {
    if (prefixes?.id !== container.id) {
      prefixes = { id: container.id, prefix: (await probe(container)).prefix.replace(/(?<=.)\/+$/, '') };
    }
    return prefixes.prefix;
  };

  return {
    id: `docker:${name}`,
    kind,
    async facts(signal): Promise<NodeFacts> {
      // What the probe needs of its container stays as it is for as long as the container lives.
      const before = last;
      const [container, early] = await Promise.all([
        inspect(signal),
        before?.running === true ? probe(before).catch(() => undefined) : undefined,
      ]);
      const same = container.running && container.id === before?.id && container.startedAt === before.startedAt;
      const known = same && early !== undefined ? early : await probe(container);
      return {
        kong: known.version ?? container.env['KONG_VERSION'] ?? options.kong,
        running: known.running,
        prefix: known.prefix.replace(/(?<=.)\/+$/, ''),
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
      // Without a name the program runs as the image's own user, which is Kong's.
      const user = runOptions.as === 'root' ? ['--user', '0'] : [];
      let result = await execute(args, runOptions, user);
      if (result === undefined) {
        const container = await inspect();
        if (runOptions.inCopy !== true || container.paused) throw notRunning(container);
        const { passed, shown } = variables(runOptions.env ?? {});
        result = await runInCopy(await client(), container, args, { ...runOptions, user, env: shown, passed });
      }
      if (lacksProgram(result)) {
        throw new UserError(`There is no program ${args[0]} in the container ${name}.`, { exitCode: 3 });
      }
      return result;
    },
    ...files,
    async start(signal) {
      const container = await inspect(signal);
      const call = callOf(signal);
      stoppedUntil = 0;
      shell = containerShell(client, name, options.env);
      if (!container.running) return (await client()).call(['start', name], call);
      // A container that something else keeps alive: Kong is started in it as it is by hand.
      const { prefix, confPath } = await probe(container);
      const conf = confPath === undefined ? [] : ['-c', confPath];
      const result = await execute(['kong', 'start', '-p', prefix, ...conf], call, []);
      if (result === undefined) throw notRunning(await inspect());
      return result;
    },
    stop: async (signal) => (await client()).call(['stop', name], callOf(signal)),
    async log(since, lines) {
      const container = await inspect(undefined, LOG_LOOK_MS);
      const inside: { prefix: string; script: RunScript } = await prefixOf(container).then(
        (prefix) => ({ prefix, script }),
        (error: unknown) => {
          // What the container itself says needs no shell.
          if (error instanceof NoShell) return { prefix: DEFAULT_PREFIX, script: () => Promise.resolve(undefined) };
          throw error;
        },
      );
      return containerLog(await client(), container, `${inside.prefix}/logs/error.log`, since, inside.script, lines);
    },
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
      return containerAdmin(await client(), container, listen, script);
    },
  };
}

function callOf(signal: AbortSignal | undefined): { timeout: number; signal?: AbortSignal } {
  return { timeout: FILE_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
}

function runOptionsOf({ input, timeout, signal }: ScriptCall): RunOptions {
  return {
    ...(input === undefined ? {} : { input }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Running containers with a Kong in them, as nodes. */
export async function findDockerNodes(options: DockerOptions): Promise<Node[]> {
  return (await findKongContainers(options)).map((container) => dockerNode(container.name, options));
}

export { followContainers as followDockerEvents } from './containers';

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

/** Variables for a program in the container travel through the client's own environment, where no process list shows them; a name that the client itself reads cannot. */
function variables(env: Readonly<Record<string, string>>): { passed: Record<string, string>; shown: string[] } {
  const passed: Record<string, string> = {};
  const shown: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (/^(?:KONG|LUA)_/.test(name)) {
      passed[name] = value;
      shown.push('--env', name);
    } else {
      shown.push('--env', `${name}=${value}`);
    }
  }
  return { passed, shown };
}

/** True when a call failed because the container is not running (any more). */
async function endedWithContainer(client: ContainerClient, name: string, result: ProcessResult): Promise<boolean> {
  if (result.code === 0) return false;
  const said = result.stderr.toString('utf8');
  if (/no such container/i.test(said)) {
    throw new UserError(`There is no container ${name}.`, {
      exitCode: 3,
      next: 'List the containers that exist: `docker ps --all`.',
    });
  }
  if (
    /is not running|is paused|is restarting|can only create exec sessions on running containers|container state improper|cannot exec in a stopped/i.test(
      said,
    )
  )
    return true;
  // A container that dies takes its programs with it: they end by a signal, or the client loses its stream.
  if (result.code !== 137 && result.code !== 143 && result.code !== 125 && result.code !== 128 && result.code !== null)
    return false;
  if (!(await endsSoon(client, name))) return false;
  throw new UserError(`The container ${name} ended while a program ran in it: ${saidBy(result)}.`, {
    exitCode: 3,
    next: `Its log says why: \`${client.program} logs ${name}\`.`,
  });
}

/** Whether a container has ended: the engine says so a moment after its programs have. */
async function endsSoon(client: ContainerClient, name: string): Promise<boolean> {
  for (const wait of ENGINE_LAGS_MS) {
    if (!(await inspectContainer(client, name)).running) return true;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return !(await inspectContainer(client, name)).running;
}

/** Nothing can be looked at in a container without a shell. */
class NoShell extends UserError {}

/** What the engine says when the program to be run is not in the container. */
function lacksProgram({ code, stdout, stderr }: ProcessResult): boolean {
  if (code !== 126 && code !== 127) return false;
  const said = `${stderr.subarray(0, 2000).toString('utf8')}${stdout.subarray(0, 2000).toString('utf8')}`;
  return /exec failed: .*(?:executable file not found|no such file or directory)/is.test(said);
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
