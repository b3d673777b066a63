// Publishing to a rocks server, looked at first: everything that would make `luarocks upload` fail, or publish something else than meant. Sends nothing.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readRockspec, type Rockspec } from '../rockspec/read';
import { runProcess, type ProcessResult } from '../system/process';
import { errorCode, messageOf, UserError } from '../system/userError';
import { shellWord } from '../text/shellWord';
import { error, hasErrors, warning, type RockProblem } from '../luarocks/problem';
import { checkRockspecFile } from './checks';
import { readDataFile } from '../luarocks/readData';
import { openProject } from './project';
import { rockSourceOf } from '../rockspec/rockSourceOf';
import { rockspecName } from '../luarocks/rockSource';
import { withoutTrailing } from '../text/ends';

export const DEFAULT_SERVER = 'https://luarocks.org';

export interface PublishOptions {
  /** Rocks server; LuaRocks' own without. */
  server?: string;
  /** An API key of ours to use; without it LuaRocks' own. */
  apiKey?: string;
  /** Laid over the environment of the programs that are run. */
  env?: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
}

/** What publishing would do, and what speaks against it. */
export interface PublishPlan {
  name: string;
  version: string;
  /** Absolute path of the rockspec that is sent; LuaRocks fetches its source and sends that too. */
  rockspec: string;
  server: string;
  problems: RockProblem[];
}

const TIMEOUT_MS = 30_000;

/**
 * Plans publishing the package of a folder or a rockspec. Throws UserError when there is no rockspec to publish;
 * everything else that is wrong is among the problems.
 */
export async function planPublish(path: string, options: PublishOptions = {}): Promise<PublishPlan> {
  const { root, rockspec: file } = await openProject(path);
  if (file === undefined)
    throw new UserError(`${path} has no rockspec; only rocks can be published.`, { next: 'Write a rockspec first.' });
  const rockspec = readRockspec(await readFile(file), file);
  const source = rockSourceOf(rockspec);
  const luarocks = await luarocksUpload(options);
  const server = withoutTrailing(options.server ?? luarocks?.server ?? DEFAULT_SERVER, /\//);
  const problems = await checkRockspecFile(rockspec, 'publish');
  if (source === undefined) {
    if (!hasErrors(problems))
      problems.push(error('publish/rockspec', `${basename(file)} does not say which package and version it is.`));
    return { name: '', version: '', rockspec: file, server, problems };
  }
  const { name, version } = source;
  if (basename(file) !== rockspecName(source))
    problems.push(error('publish/rockspec', `${basename(file)} must be called ${rockspecName(source)} to be published.`));
  const found = await Promise.all([sourceProblems(root, rockspec, options), versionProblems(server, name, version, options)]);
  return {
    name,
    version,
    rockspec: file,
    server,
    problems: [...problems, ...found.flat(), ...keyProblems(luarocks, server, options)],
  };
}

/** Runs a program; undefined when there is no such program. */
async function run(
  command: string,
  args: readonly string[],
  options: PublishOptions,
  cwd?: string,
): Promise<ProcessResult | undefined> {
  try {
    const { env, signal } = options;
    // A question of git or ssh would wait for ever.
    const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: 'ssh -o BatchMode=yes', ...env };
    return await runProcess({
      command,
      args,
      timeout: TIMEOUT_MS,
      env: quiet,
      ...(cwd !== undefined && { cwd }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    if (cause instanceof UserError && cause.exitCode === 3) return undefined;
    throw cause;
  }
}

/** The tag that the rockspec names: is it here, is it pushed, is it what the folder holds? */
async function sourceProblems(root: string, rockspec: Rockspec, options: PublishOptions): Promise<RockProblem[]> {
  const text = (key: string): string | undefined => {
    const value = rockspec.sourceTable?.get(key);
    return typeof value === 'object' && 'text' in value ? value.text : undefined;
  };
  const url = text('url') ?? '';
  const tag = text('tag');
  if (!/^git(?:\+\w+)?:\/\//.test(url)) return [];
  if (tag === undefined) {
    const branch = text('branch');
    return [
      warning(
        'publish/no-tag',
        `source names no tag${branch === undefined ? '' : `, only the branch "${branch}"`}: what people install will change under this version.`,
      ),
    ];
  }
  if (tag.startsWith('-')) return [error('publish/tag-missing', `"${tag}" is no name for a tag.`)];
  const local = await run(
    'git',
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/tags/${tag}^{commit}`],
    options,
    root,
  );
  if (local === undefined) return [warning('publish/no-git', 'git is not there, so the tag could not be looked at.')];
  const commit = local.code === 0 ? local.stdout.toString().trim() : undefined;
  const problems: RockProblem[] = [];
  if (commit === undefined) {
    problems.push(
      error('publish/tag-missing', `The tag "${tag}" does not exist in this repository. Make it: git tag ${shellWord(tag)}`),
    );
  } else {
    const difference = await run('git', ['diff', '--quiet', commit, '--', '.'], options, root);
    if (difference?.code === 1)
      problems.push(
        warning('publish/differs', `The folder differs from the tag "${tag}"; what is in the tag will be published.`),
      );
  }
  const remote = url.replace(/^git\+(?=\w)/, '').replace(/^git:\/\/(?=github\.com\/)/, 'https://');
  const listed = await run('git', ['ls-remote', '--tags', '--', remote, tag, `${tag}^{}`], options, root);
  if (listed?.code !== 0) {
    problems.push(
      warning(
        'publish/remote',
        `${remote} could not be asked for the tag: ${listed?.stderr.toString().trim().split('\n').at(-1) ?? 'no git'}`,
      ),
    );
  } else {
    const refs = new Map(
      listed.stdout
        .toString()
        .trim()
        .split('\n')
        .map((line): [string, string] => [line.split('\t')[1] ?? '', line.split('\t')[0] ?? '']),
    );
    const pushed = refs.get(`refs/tags/${tag}^{}`) ?? refs.get(`refs/tags/${tag}`);
    if (pushed === undefined)
      problems.push(
        error('publish/tag-not-pushed', `The tag "${tag}" is not on ${remote}. Push it: git push origin ${shellWord(tag)}`),
      );
    else if (commit !== undefined && pushed !== commit)
      problems.push(error('publish/tag-differs', `The tag "${tag}" on ${remote} is another commit than here.`));
  }
  return problems;
}

/** Whether the server has this version already (it serves every rockspec under its name). */
async function versionProblems(server: string, name: string, version: string, options: PublishOptions): Promise<RockProblem[]> {
  const url = `${server}/${encodeURIComponent(name)}-${encodeURIComponent(version)}.rockspec`;
  try {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, {
      method: 'HEAD',
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    });
    if (answer.ok)
      return [
        error('publish/version-in-use', `${name} ${version} is on ${server} already. Give the plugin a new version or revision.`),
      ];
    if (answer.status === 404) return [];
    return [warning('publish/server', `${server} answered ${answer.status}, so that nobody knows whether ${version} is in use.`)];
  } catch (cause) {
    options.signal?.throwIfAborted();
    const why = cause instanceof Error && cause.cause !== undefined ? messageOf(cause.cause) : messageOf(cause);
    return [warning('publish/server', `${server} could not be asked whether ${version} is in use: ${why}`)];
  }
}

function keyProblems(luarocks: LuarocksUpload | undefined, server: string, options: PublishOptions): RockProblem[] {
  if (luarocks === undefined) {
    return [error('publish/no-luarocks', 'Publishing takes LuaRocks, which is not there or does not work: https://luarocks.org')];
  }
  // A key that LuaRocks keeps belongs to the server it was made for.
  if (options.apiKey !== undefined || (luarocks.hasKey && luarocks.server === server)) return [];
  return [
    error(
      'publish/no-api-key',
      `There is no API key for ${server}. On luarocks.org, get one at ${DEFAULT_SERVER}/settings/api-keys.`,
    ),
  ];
}

/** LuaRocks' own settings for uploading. */
export interface LuarocksUpload {
  /** The user's configuration file; it may not exist. */
  config: string;
  server: string;
  hasKey: boolean;
}

/** Asks LuaRocks where it keeps the key of `luarocks upload --api-key` (beside its configuration, upload/api.lua); undefined when it does not run. */
export async function luarocksUpload(options: PublishOptions): Promise<LuarocksUpload | undefined> {
  const asked = await run('luarocks', ['config', 'config_files.user.file'], options);
  if (asked?.code !== 0) return undefined;
  const config = asked.stdout.toString().trim();
  const stored = readDataFile(await bytesOrNone(join(dirname(config), 'upload_config.lua'))).data;
  const server = stored?.get('server');
  return {
    config,
    hasKey: typeof stored?.get('key') === 'string',
    server: typeof server === 'string' ? withoutTrailing(server, /\//) : DEFAULT_SERVER,
  };
}

/** A file's bytes, none when it cannot be read. */
export async function bytesOrNone(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause;
    return Buffer.alloc(0);
  }
}
