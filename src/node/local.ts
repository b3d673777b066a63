// `local`: the Kong of this machine, found by its program, its kong.conf and the prefix they lead to.
import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { adminListeners, localUrl } from '../kong/listen';
import { httpTransport, type AdminTransport } from '../kong/adminClient';
import { confValues, DEFAULT_CONF_PATHS, parseConf, type Conf } from '../kong/conf';
import { effectiveSetting } from '../kong/settings';
import { runProcess, type ProcessResult } from '../system/process';
import { UserError } from '../system/userError';
import { isAlive } from '../system/processIdentity';
import { addressTransport } from './adminAddress';
import { hostFiles, logFileEnd, readLogFile } from './hostFiles';
import { MissingProgram, type Node, type NodeFacts, type RunOptions } from './node';
import { kongVersionOfTree } from './tree';

export interface LocalOptions {
  /** The kong.conf to use in place of the default ones. */
  conf?: string | undefined;
  /** The kong program, when it is not the one on PATH. */
  kongProgram?: string | undefined;
  adminUrl?: string | undefined;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

const START_TIMEOUT_MS = 120_000;
const USUAL_TREES = ['/usr/local', '/usr'];

interface FoundKong extends NodeFacts {
  program: string;
  /** The user whose files the prefix holds. */
  owner: { uid: number; gid: number } | undefined;
  settings: (name: string) => string;
}

/** Opens the Kong of this machine. Throws UserError (environment) from its methods when there is no kong program. */
export function localNode(options: LocalOptions): Node {
  let found: Promise<FoundKong> | undefined;
  // What may change between two calls (running, version, files) is asked anew; where the programs are is not.
  const look = (): Promise<FoundKong> => (found = findKong(options));
  const last = (): Promise<FoundKong> => found ?? look();
  return {
    id: options.conf === undefined ? 'local' : `local:${resolve(options.cwd, options.conf)}`,
    kind: 'local',
    facts: look,
    async run(args, runOptions = {}): Promise<ProcessResult> {
      const { program, luarocks, owner } = await last();
      const [name, ...rest] = args;
      const command = name === 'kong' ? program : name === 'luarocks' ? (luarocks ?? name) : name;
      return runProcess({ command, args: rest, cwd: options.cwd, ...callOptions(runOptions, owner, options.env) });
    },
    ...hostFiles,
    log: async (since) => readLogFile(errorLogOf(await last()), since),
    logEnd: async () => logFileEnd(errorLogOf(await last())),
    async start(signal): Promise<ProcessResult> {
      const { program, owner, confPath, prefix } = await look();
      const conf = (await hostFiles.stat(confPath)) === undefined ? [] : ['-c', confPath];
      const call = callOptions({ as: 'kong', timeout: START_TIMEOUT_MS, ...(signal && { signal }) }, owner, options.env);
      return runProcess({ command: program, args: ['start', ...conf, '-p', prefix], cwd: options.cwd, ...call });
    },
    async stop(signal): Promise<ProcessResult> {
      const { program, owner, prefix } = await look();
      const call = callOptions({ as: 'kong', timeout: START_TIMEOUT_MS, ...(signal && { signal }) }, owner, options.env);
      return runProcess({ command: program, args: ['stop', '-p', prefix], cwd: options.cwd, ...call });
    },
    async adminApi(): Promise<AdminTransport | undefined> {
      if (options.adminUrl !== undefined) return addressTransport(options.adminUrl, options.env);
      const { settings, running } = await last();
      const [listener] = running ? adminListeners(settings('admin_listen')) : [];
      return listener === undefined ? undefined : addressTransport(localUrl(listener), options.env);
    },
    async proxy(): Promise<AdminTransport | undefined> {
      const { settings, running } = await last();
      const [listener] = running ? adminListeners(settings('proxy_listen')) : [];
      return listener === undefined ? undefined : httpTransport(localUrl(listener), undefined, { verify: false });
    },
  };
}

function callOptions(
  run: RunOptions,
  owner: FoundKong['owner'],
  env: LocalOptions['env'],
): Pick<Parameters<typeof runProcess>[0], 'env' | 'cwd' | 'input' | 'timeout' | 'signal' | 'uid' | 'gid'> {
  const { as, env: extra, ...rest } = run;
  const isRoot = process.getuid?.() === 0;
  // Reloading as root leaves a .kong_env that a master running as another user cannot read.
  const user = as === 'kong' && isRoot && owner !== undefined && owner.uid !== 0 ? owner : {};
  return { ...rest, ...user, env: { ...env, ...extra } };
}

function errorLogOf({ settings, prefix }: FoundKong): string {
  const path = settings('proxy_error_log') || 'logs/error.log';
  return resolve(prefix, path.split(/\s+/, 1)[0] ?? path);
}

async function findKong(options: LocalOptions): Promise<FoundKong> {
  const program = await findProgram(options.kongProgram ?? 'kong', options);
  if (program === undefined) {
    throw new MissingProgram(
      options.kongProgram === undefined ? 'There is no kong program on the PATH.' : `There is no program ${options.kongProgram}.`,
      { exitCode: 3, next: 'Install Kong, name its program, or use another node: folder:DIR or docker:CONTAINER.' },
    );
  }
  const confPath = await findConf(options);
  const text = await hostFiles.read(confPath);
  if (text === undefined && options.conf !== undefined) throw new UserError(`There is no file ${confPath}.`, { exitCode: 2 });
  const env = Object.fromEntries(
    Object.entries(options.env).flatMap(([name, value]) =>
      /^(?:KONG|LUA)_/.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
  const file: Conf | undefined = text === undefined ? undefined : parseConf(text.toString('latin1'));
  const setting = (name: string): string => effectiveSetting({ environment: env, file }, name).value;
  const prefix = resolve(options.cwd, setting('prefix') || '/usr/local/kong').replace(/(?<=.)\/$/, '');
  const pid = Number((await hostFiles.read(join(prefix, 'pids/nginx.pid')).catch(() => undefined))?.toString('utf8').trim());
  const running = isAlive(pid);
  // A running Kong has the settings of its last prepare, whatever the file says by now.
  const prepared = running ? await hostFiles.read(join(prefix, '.kong_env')).catch(() => undefined) : undefined;
  const effective = prepared === undefined ? {} : confValues(parseConf(prepared.toString('latin1')));
  const tree = await findTree(program, options);
  const luarocks = await findLuarocks(program, tree, options);
  return {
    program,
    kong: (await kongVersionOfTree(tree)) ?? (await askVersion(program, options)),
    running,
    prefix,
    confPath,
    tree,
    luarocks,
    env,
    cwd: options.cwd,
    // who ran Kong last: a prefix may have been made for somebody else
    owner: await ownerOf(running ? [`/proc/${pid}`] : [join(prefix, '.kong_env'), join(prefix, 'nginx.conf'), prefix]),
    user: undefined,
    canBeRoot: process.getuid?.() === 0,
    settings: (name) => effective[name] ?? setting(name),
  };
}

async function findConf(options: LocalOptions): Promise<string> {
  if (options.conf !== undefined) return resolve(options.cwd, options.conf);
  for (const path of DEFAULT_CONF_PATHS) if ((await hostFiles.stat(path)) !== undefined) return path;
  return DEFAULT_CONF_PATHS[0];
}

/** The tree that holds Kong's own Lua files, and so every plugin's. */
async function findTree(program: string, options: LocalOptions): Promise<string> {
  const beside = [program, await realpath(program)].map((path) => dirname(dirname(path)));
  const pathRoots = (options.env['LUA_PATH'] ?? '')
    .split(';')
    .flatMap((pattern) => /^(\/.*)\/share\/lua\/5\.1\/\?\.lua$/.exec(pattern)?.[1] ?? []);
  // A wrapper that LuaRocks wrote lives in TREE/bin and starts TREE/lib/luarocks/rocks-5.1/kong/VERSION/bin/kong.
  const fromRocks = beside.flatMap((path) => /^(.*)\/lib\/luarocks\/rocks-5\.1\/kong\/[^/]+$/.exec(path)?.[1] ?? []);
  for (const tree of [...beside, ...fromRocks, ...pathRoots, ...USUAL_TREES]) {
    if ((await hostFiles.stat(join(tree, 'share/lua/5.1/kong'))) !== undefined) return tree;
  }
  return USUAL_TREES[0] ?? '/usr/local';
}

async function findLuarocks(program: string, tree: string, options: LocalOptions): Promise<string | undefined> {
  for (const candidate of [join(tree, 'bin/luarocks'), join(dirname(program), 'luarocks'), 'luarocks']) {
    const path = await findProgram(candidate, options);
    if (path === undefined) continue;
    // The tree's own LuaRocks is for Kong's Lua; any other may be for another.
    const isTrees = candidate !== 'luarocks';
    if (isTrees || (await luaVersionOf(path, options)) === '5.1') return path;
  }
  return undefined;
}

async function luaVersionOf(luarocks: string, options: LocalOptions): Promise<string> {
  const answer = await runProcess({ command: luarocks, args: ['config', 'lua_version'], env: options.env, timeout: 15_000 });
  return answer.stdout.toString('utf8').trim();
}

async function findProgram(name: string, options: LocalOptions): Promise<string | undefined> {
  const places =
    isAbsolute(name) || name.includes('/')
      ? [resolve(options.cwd, name)]
      : (options.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder === '' ? options.cwd : folder, name));
  for (const path of places) {
    const info = await stat(path).catch(() => undefined);
    if (info?.isFile() !== true) continue;
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
}

async function askVersion(program: string, options: LocalOptions): Promise<string | undefined> {
  const answer = await runProcess({ command: program, args: ['version'], cwd: options.cwd, env: options.env, timeout: 15_000 });
  return /(?<!\d)(\d+\.\d+\.\d+)/.exec(answer.stdout.toString('utf8'))?.[1];
}

/** The owner of the first of these that is there. */
async function ownerOf(paths: readonly string[]): Promise<{ uid: number; gid: number } | undefined> {
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined) return { uid: info.uid, gid: info.gid };
  }
  return undefined;
}
