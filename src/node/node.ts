// Where a Kong runs, behind one small interface. An implementation knows how to reach files and programs there, and nothing of plugins.
import type { AdminTransport } from '../kong/adminClient';
import type { ProcessResult } from '../system/process';
import { UserError } from '../system/userError';

/** Thrown when the program that leads to nodes is not installed: then there are none of that kind, which is no fault. */
export class MissingProgram extends UserError {}

export type NodeKind = 'folder' | 'local' | 'docker' | 'compose';

/** What an entry of a node's file system is. `mode` holds the permission bits. */
export interface FileInfo {
  type: 'file' | 'directory' | 'link' | 'other';
  size: number;
  mode: number;
  /** Owner as `uid:gid`, where the node tells. */
  owner: string | undefined;
}

/** What a node tells of itself; undefined means not known. */
export interface NodeFacts {
  /** Kong's version, for example `3.9.1`. */
  kong: string | undefined;
  running: boolean;
  /** Absolute paths on the node. */
  prefix: string;
  /** The kong.conf that a start reads; it may not exist yet. */
  confPath: string;
  /** The LuaRocks tree, for example `/usr/local`. */
  tree: string;
  /** The luarocks program of that tree: what `run` takes. */
  luarocks: string | undefined;
  /** Variables that a start of this Kong sees (the container's own, the folder's env file); only names starting with KONG_ and LUA_. */
  env: Readonly<Record<string, string>>;
  /** Any variable of the process that a start makes: null where there is none, undefined where that is not known. */
  variable?: (name: string) => string | null | undefined;
  /** The file those variables stand in, where there is one that we may edit. */
  envPath?: string;
  /** Where Kong starts: what relative entries of lua_package_path are relative to. `/` when not told. */
  cwd?: string;
  /** For a container: the image it was made from, and the compose service it is a replica of. */
  origin?: { image: string; service: string | undefined };
  /** Set when its processes are frozen, so that it neither serves nor ends: how to let it go on. */
  paused?: string;
  /** Of a container: another text as soon as it is made or started anew, whatever it is called. */
  life?: string;
  /** Of a container that does not run: how it stands (`stopped (it exited with 1)`), and when it ended, as the engine writes times. */
  ended?: { how: string; at: string | undefined };
  /** The user Kong runs as, and whether we may act as root. */
  user: string | undefined;
  canBeRoot: boolean;
}

/** How to run a program on a node. */
export interface RunOptions {
  /** `kong` is the user Kong runs as. */
  as?: 'kong' | 'root';
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  input?: string | Uint8Array;
  timeout?: number;
  signal?: AbortSignal;
  /** It ends soon and may be begun a second time: a container runs it in a shell that is open already, where it has one. */
  quick?: boolean;
  /** Where the node does not run (a stopped container), run in a copy of it: what the program does to a database or a volume lasts, all else goes. */
  inCopy?: boolean;
}

/** What was read of a log. */
export interface LogRead {
  text: string;
  /** Where it ends: what `log` goes on from. */
  mark: string;
  /** Of a log read without a mark: where in `text` the last start began, where that is known. */
  start?: number;
}

/** One Kong. Paths are the node's own, absolute, with forward slashes. Everything throws UserError when the node cannot be reached. */
export interface Node {
  /** What `--node` takes: `folder:/abs/dir`, `docker:name` … */
  readonly id: string;
  readonly kind: NodeKind;
  facts(signal?: AbortSignal): Promise<NodeFacts>;
  /** Runs a program there; undefined where nothing can be run (a folder). A non-zero exit is a result. */
  run(args: readonly [string, ...string[]], options?: RunOptions): Promise<ProcessResult | undefined>;
  /** undefined when there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /**
   * Replaces a file whole or not at all, readable by Kong's user, creating its folders. Keeps mode and owner of a file that was there; a new
   * one is given to `owner` (`uid:gid`), where we may.
   */
  write(path: string, content: Uint8Array | string, mode?: number, owner?: string): Promise<void>;
  /**
   * Creates a file that must not exist yet, in one indivisible act; false when it exists, which may be by this very call when its first
   * answer was lost. Creates its folders. This is how nodes are locked.
   */
  create(path: string, content: string): Promise<boolean>;
  /** Every regular file below a folder by relative path, in as few calls as the node allows; undefined when there is no such folder. */
  readTree(path: string): Promise<Map<string, Buffer> | undefined>;
  stat(path: string): Promise<FileInfo | undefined>;
  /** Sets the permission bits of a file or folder. */
  chmod(path: string, mode: number): Promise<void>;
  /**
   * Where paths lead, every link followed, also one that leads to nothing; what is not there stays as it is named. A path of a container that
   * stands still is given back: `docker cp` follows links inside of it.
   */
  realPaths(paths: readonly string[]): Promise<string[]>;
  /**
   * Why nothing could be written at a path, or in the folder there, found out without trying, as the end of a sentence; undefined when nothing speaks against it, or
   * nobody can tell.
   */
  refusesWrite(path: string): Promise<string | undefined>;
  /** Names in a folder, sorted; undefined when there is none. */
  list(path: string): Promise<string[] | undefined>;
  /** Removes a file or an empty folder; nothing there is not an error. */
  remove(path: string): Promise<void>;
  /** What Kong logged since a mark (all of it without one, or at least its last lines), oldest first. */
  log(since?: string): Promise<LogRead>;
  /** The mark of where the log ends now. */
  logEnd(): Promise<string>;
  /**
   * Starts a Kong that does not run, the way it was started before: `docker start`, or `kong start` with its file. The result is that of the
   * program; a container's own end comes later. Missing where there is nothing to start.
   */
  start?(signal?: AbortSignal): Promise<ProcessResult>;
  /** Stops it, container and all. Missing where there is nothing to stop. */
  stop?(signal?: AbortSignal): Promise<ProcessResult>;
  /** The way to the Admin API: over HTTP where its address can be reached, from inside where it cannot; undefined when there is none. */
  adminApi(): Promise<AdminTransport | undefined>;
  /** The way to the proxy of the running Kong, likewise. Missing where none runs. */
  proxy?(): Promise<AdminTransport | undefined>;
  /** The way to what else listens on it, by an address of its own (`127.0.0.1:9000`). Missing but in containers. */
  listener?(address: string): Promise<AdminTransport | undefined>;
}
