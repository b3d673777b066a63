// A scripted node: files in memory, and a Kong that reloads as Kong does (exit 0 whatever happens, old workers kept when a plugin does not load).
import { asObject, type AdminTransport, type Json } from '../../../src/kong/adminClient';
import { confValues, parseConf } from '../../../src/kong/conf';
import { enabledNames } from '../../../src/kong/pluginsSetting';
import type { Node, NodeFacts, RunOptions } from '../../../src/node/node';
import type { ProcessResult } from '../../../src/system/process';
import { UserError } from '../../../src/system/userError';

export interface FakeOptions {
  id?: string;
  env?: Record<string, string>;
  conf?: string;
  database?: 'off' | 'postgres';
  running?: boolean;
  admin?: boolean;
  /** 401 or 500 in place of the Admin API's answers. */
  adminStatus?: (node: FakeNode) => 401 | 500 | undefined;
  /** What the plugins are applied to, by path: `/services/s`. */
  others?: Record<string, Record<string, Json>>;
  /** Rows of `/plugins`. */
  rows?: Record<string, Json>[];
  /** Which paths cannot be written. */
  readOnly?: (path: string) => boolean;
  /** Called before every change of a file; may throw. */
  beforeChange?: (path: string, changes: number) => void;
  /** How long the master takes to load its plugins anew, in ms. */
  reloadTakes?: number;
  /** How many answers of the Admin API a worker of before a reload gives after the new ones are there; it then leaves. */
  oldAnswers?: number;
  /** Whether processes can be looked at (they can). */
  proc?: boolean;
  /** What a new worker logs, by level. */
  workerSays?: (node: FakeNode) => readonly (readonly [level: string, text: string])[];
  /** What happens instead of a reload. */
  onReload?: (node: FakeNode) => ProcessResult | undefined;
}

export interface FakeNode extends Node {
  files: Map<string, Buffer>;
  rows: Record<string, Json>[];
  /** Command lines that were run, with the user and the KONG_ variables. */
  calls: { line: string; as: string | undefined; env: Record<string, string> }[];
  /** What the running Kong has loaded. */
  loaded: string[];
  workers: number[];
  running: boolean;
  logText: string;
  /** How many reloads were asked for and have not ended. */
  reloading: number;
}

const PREFIX = '/usr/local/kong';
const CONF = '/etc/kong/kong.conf';
const TREE = '/usr/local';

export function fakeNode(options: FakeOptions = {}): FakeNode {
  const files = new Map<string, Buffer>();
  if (options.conf !== undefined) files.set(CONF, Buffer.from(options.conf));
  let changes = 0;
  let pid = 100;
  /** The worker of before the last reload, while it answers. */
  let old: { pid: number; loaded: string[]; plugins: string; answers: number } | undefined;
  let plugins = '';
  const changing = (path: string): void => options.beforeChange?.(path, ++changes);
  const env = { KONG_DATABASE: options.database ?? 'off', ...options.env };

  const settingsOf = (text: Buffer | undefined): Record<string, string> => confValues(parseConf(text?.toString('latin1') ?? ''));
  const prepare = (variables: Record<string, string>, withFile: boolean): Record<string, string> => {
    const settings = { ...settingsOf(files.get(`${PREFIX}/.kong_env`)), ...(withFile ? settingsOf(files.get(CONF)) : {}) };
    for (const [name, value] of Object.entries({ ...env, ...variables }))
      settings[name.slice('KONG_'.length).toLowerCase()] = value;
    settings['plugins'] ??= 'bundled';
    files.set(
      `${PREFIX}/.kong_env`,
      Buffer.from(
        Object.entries(settings)
          .map(([name, value]) => `${name} = ${value}\n`)
          .join(''),
      ),
    );
    return settings;
  };
  const rootsOf = (settings: Record<string, string>): string[] => [
    ...(settings['lua_package_path'] ?? '').split(';').flatMap((pattern) => /^(\/.*)\/\?\.lua$/.exec(pattern)?.[1] ?? []),
    `${TREE}/share/lua/5.1`,
  ];
  const load = (settings: Record<string, string>): string | undefined => {
    const { names } = enabledNames(settings['plugins'] ?? '');
    for (const name of names) {
      const has = (module: string): boolean =>
        rootsOf(settings).some((root) => files.has(`${root}/kong/plugins/${name}/${module}.lua`));
      const head = `/usr/local/share/lua/5.1/kong/init.lua:708: error loading plugin schemas: on plugin '${name}': `;
      if (!has('handler')) return `${head}${name} plugin is enabled but not installed;\nno plugin found`;
      if (!has('schema')) return `${head}no configuration schema found for plugin: ${name}`;
    }
    const unknown = node.rows.find((row) => typeof row['name'] === 'string' && !names.includes(row['name']));
    if (unknown !== undefined)
      return `error building initial plugins: ${JSON.stringify(unknown['name']).slice(1, -1)} plugin is in use but not enabled`;
    const [before] = node.workers;
    if (before !== undefined && pid > 100) old = { pid: before, loaded: node.loaded, plugins, answers: options.oldAnswers ?? 0 };
    plugins = settings['plugins'] ?? '';
    node.loaded = names;
    node.workers = [++pid];
    return undefined;
  };
  const says = (level: string, text: string, process = 1): string =>
    (node.logText += `2026/11/23 09:00:00 [${level}] ${process}#${process}: ${text}\n`);
  const loadAnew = (settings: Record<string, string>): void => {
    says('notice', 'reconfiguring');
    const error = load(settings);
    if (error !== undefined) says('error', `init_by_lua error: ${error}`);
    else {
      says('notice', 'start worker processes');
      for (const worker of node.workers) {
        says('notice', `start worker process ${worker}`);
        for (const [level, text] of options.workerSays?.(node) ?? []) says(level, text, worker);
      }
    }
    node.reloading -= 1;
  };
  const reload = (variables: Record<string, string>, withFile: boolean): ProcessResult => {
    const settings = prepare(variables, withFile);
    says('notice', 'signal 1 (SIGHUP) received from 50, reconfiguring');
    node.reloading += 1;
    if (options.reloadTakes === undefined) loadAnew(settings);
    else setTimeout(() => loadAnew(settings), options.reloadTakes);
    return result('Kong reloaded\n');
  };

  /** Kong's privileged agent, which a reload replaces as well. */
  const helper = (): number => 1000 + pid;
  const processFile = (path: string): Buffer | undefined => {
    if (path === '/proc/1/task/1/children')
      return Buffer.from([...(old === undefined ? [] : [old.pid]), helper(), ...node.workers].join(' '));
    const process = Number(/^\/proc\/(\d+)\/cmdline$/.exec(path)?.[1]);
    if (process === helper()) return Buffer.from('nginx: privileged agent process\0');
    if (process === old?.pid) return Buffer.from(`nginx: worker process${old.answers > 0 ? '' : ' is shutting down'}\0`);
    return node.workers.includes(process) ? Buffer.from('nginx: worker process\0') : undefined;
  };

  const admin: AdminTransport = (request) => {
    const answer = (value: Json, status = 200): ReturnType<AdminTransport> =>
      Promise.resolve({ status, headers: {}, body: value === null ? '' : JSON.stringify(value) });
    if (!node.running) return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    const [path = ''] = request.path.split('?');
    if (options.adminStatus !== undefined) {
      const status = options.adminStatus(node);
      if (status === 401) return answer({ message: 'Unauthorized' }, 401);
      if (status === 500) return Promise.resolve({ status, headers: {}, body: '<html>500</html>' });
    }
    if (path === '/') {
      const who = old !== undefined && old.answers-- > 0 ? old : { loaded: node.loaded, plugins };
      return answer({
        version: '3.9.1',
        // Shared by all workers: an old one lists the new ones.
        pids: { workers: node.workers },
        configuration: { database: env.KONG_DATABASE, plugins: who.plugins.split(',') },
        plugins: {
          available_on_server: Object.fromEntries(who.loaded.map((name) => [name, { version: '0.1.0', priority: 10 }])),
        },
      });
    }
    if (path === '/plugins') return answer({ data: node.rows, next: null });
    const id = /^\/plugins\/(.+)$/.exec(path)?.[1];
    if (id !== undefined && request.method === 'GET') {
      const row = node.rows.find((one) => one['id'] === id);
      return row === undefined ? answer({ message: 'Not found' }, 404) : answer(row);
    }
    if (id !== undefined && request.method === 'DELETE') {
      node.rows = node.rows.filter((row) => row['id'] !== id);
      return answer(null, 204);
    }
    if (id !== undefined && request.method === 'PUT') {
      const row = { id, ...(JSON.parse(request.body ?? '{}') as Record<string, Json>) };
      node.rows = [...node.rows.filter((other) => other['id'] !== id), row];
      return answer(row);
    }
    if (id !== undefined && request.method === 'PATCH') {
      const given = JSON.parse(request.body ?? '{}') as Record<string, Json>;
      const merged = (row: Record<string, Json>): Record<string, Json> => ({
        ...row,
        ...given,
        ...(given['config'] === undefined ? {} : { config: { ...asObject(row['config']), ...asObject(given['config']) } }),
      });
      node.rows = node.rows.map((row) => (row['id'] === id ? merged(row) : row));
      return answer(node.rows.find((row) => row['id'] === id) ?? null);
    }
    const other = options.others?.[path];
    if (other !== undefined) return answer(other);
    const below = Object.entries(options.others ?? {}).filter(([key]) => key.startsWith(`${path}/`));
    return below.length > 0
      ? answer({ data: below.map(([, value]) => value), next: null })
      : answer({ message: 'Not found' }, 404);
  };

  const node: FakeNode = {
    id: options.id ?? 'docker:fake',
    kind: 'docker',
    files,
    rows: options.rows ?? [],
    calls: [],
    loaded: [],
    workers: [100],
    running: options.running ?? true,
    logText: '',
    reloading: 0,
    facts: (): Promise<NodeFacts> =>
      Promise.resolve({
        kong: '3.9.1',
        running: node.running,
        prefix: PREFIX,
        confPath: CONF,
        tree: TREE,
        luarocks: undefined,
        env,
        cwd: '/',
        user: 'kong',
        canBeRoot: true,
      }),
    run(args, run: RunOptions = {}) {
      node.calls.push({ line: args.join(' '), as: run.as, env: { ...run.env } });
      if (args[0] === 'kong' && args[1] === 'reload') {
        const answer = options.onReload?.(node);
        return Promise.resolve(answer ?? reload({ ...run.env }, args.includes('-c')));
      }
      return Promise.reject(new UserError(`There is no program ${args[0]}.`, { exitCode: 3 }));
    },
    read: (path) => {
      if (node.running && path === `${PREFIX}/pids/nginx.pid`) return Promise.resolve(Buffer.from('1\n'));
      if (path.startsWith('/proc/')) return Promise.resolve(options.proc === false ? undefined : processFile(path));
      return Promise.resolve(files.get(path));
    },
    write: (path, content) => {
      changing(path);
      files.set(path, Buffer.from(content));
      return Promise.resolve();
    },
    create: (path, content) => {
      if (files.has(path)) return Promise.resolve(false);
      files.set(path, Buffer.from(content));
      return Promise.resolve(true);
    },
    readTree: (path) => {
      const below = [...files].filter(([name]) => name.startsWith(`${path}/`));
      return Promise.resolve(
        below.length === 0 ? undefined : new Map(below.map(([name, content]) => [name.slice(path.length + 1), content])),
      );
    },
    stat: (path) => {
      const content = files.get(path);
      return Promise.resolve(
        content === undefined ? undefined : { type: 'file', size: content.length, mode: 0o644, owner: '0:0' },
      );
    },
    chmod: () => Promise.resolve(),
    realPaths: (paths) => Promise.resolve([...paths]),
    refusesWrite: (path) => Promise.resolve(options.readOnly?.(path) === true ? 'it is on a read-only file system' : undefined),
    list: (path) => {
      const names = [...files.keys()]
        .filter((name) => name.startsWith(`${path}/`))
        .map((name) => name.slice(path.length + 1).split('/')[0] ?? '');
      return Promise.resolve(names.length === 0 ? undefined : [...new Set(names)].sort());
    },
    remove: (path) => {
      if (files.has(path)) changing(path);
      files.delete(path);
      return Promise.resolve();
    },
    log: (since) => Promise.resolve({ text: node.logText.slice(Number(since ?? 0)), mark: String(node.logText.length) }),
    logEnd: () => Promise.resolve(String(node.logText.length)),
    adminApi: () => Promise.resolve(options.admin === false ? undefined : admin),
  };
  if (node.running) {
    // As a start prepares and loads; a node that cannot start is given as not running.
    load(prepare({}, true));
  }
  return node;
}

export function result(stdout: string, code = 0, stderr = ''): ProcessResult {
  return { code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr), timedOut: false };
}

/** What of a node must be as before after an operation that failed: files but the product's own, rows, and what serves. */
export function stateOf(node: FakeNode): unknown {
  const own = [...node.files].filter(([path]) => !path.includes('.kong-plugin-workbench') && !path.endsWith('.kong_env'));
  const prepared = confValues(parseConf(node.files.get(`${PREFIX}/.kong_env`)?.toString('latin1') ?? ''));
  return {
    files: Object.fromEntries(own.map(([path, content]): [string, string] => [path, content.toString('latin1')]).sort()),
    plugins: prepared['plugins'],
    rows: node.rows,
    loaded: node.loaded,
  };
}
