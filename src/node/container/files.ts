// The file half of a container node: shell commands in a running container, `docker cp` in one that stands still.
import { posix } from 'node:path';
import type { ProcessResult } from '../../system/process';
import { UserError } from '../../system/userError';
import { saidBy, type ContainerClient } from './client';
import type { RunScript, ScriptCall } from './shell';
import { firstTarEntry, tarEntries, tarOf, type NewTarEntry } from './tar';
import type { FileInfo, Node } from '../node';

/** The file half of a node. */
export type ContainerFiles = Pick<
  Node,
  'read' | 'write' | 'create' | 'readTree' | 'stat' | 'chmod' | 'realPaths' | 'refusesWrite' | 'list' | 'remove'
>;

/** What the file half needs of its container. */
export interface ContainerAccess {
  client: () => Promise<ContainerClient>;
  name: string;
  script: RunScript;
}

const ABSENT = 44;
const EXISTS = 45;
const FILE_MODE = '644';
const TIMEOUT_MS = 120_000;

/**
 * Nothing can be deleted in a container that stands still. A file that has to go becomes a link to nowhere: every program then finds no file,
 * and the link goes as soon as the container runs. When whoever made it is gone by then, the next one to lock the node finds a link in place of
 * the lock, and looks for the others.
 */
const NOWHERE = '.kong-plugin-removed';

/**
 * Only what busybox and coreutils both have, and few programs of it: to start one is what takes the time. Folders and files that are made belong
 * to the owner of the folder they are made in.
 */
const MAKE_FOLDERS = `umask 022
owner() { stat -c %u:%g "$1/."; }
folders() {
  [ -d "$1" ] && return
  case $1 in */*) up=\${1%/*} ;; *) up=. ;; esac
  [ -n "$up" ] || up=/
  folders "$up" || return
  case $1 in */*) up=\${1%/*} ;; *) up=. ;; esac
  [ -n "$up" ] || up=/
  mkdir "$1" && chmod 755 "$1" && chown "$(owner "$up")" "$1"
}
cleared() {
  [ -L "$1" ] && [ ! -e "$1" ] && [ "$(readlink "$1")" = ${NOWHERE} ] && rm -f "$1"
}
draft() {
  folder=\${1%/*}; [ -n "$folder" ] || folder=/
  folders "$folder" || exit 1
  new=$folder/.kong-plugin.$$ like=$folder/. size=$2 wanted=\${3:-}
  [ ! -e "$1" ] || like=$1
  trap 'rm -f "$new"' EXIT
  cat > "$new" || exit 1
  set -- $(stat -c '%s %u:%g %a' "$new" "$like")
  # A client that ends half-way closes our input: what came must be all of it.
  [ "$1" = "$size" ] || { echo "only a part of it arrived" >&2; exit 1; }
  [ "$2" = "$5" ] || chown "$5" "$new" || exit 1
  [ -n "$wanted" ] || { [ -d "$like" ] && wanted=${FILE_MODE} || wanted=$6; }
  [ "$3" = "$wanted" ] || chmod "$wanted" "$new" || exit 1
}
`;

/** A file that is mounted by itself cannot be replaced, only overwritten: the one case where a write is not whole-or-nothing. */
const WRITE = `${MAKE_FOLDERS}
[ -d "$1" ] && { echo "it is a folder" >&2; exit 1; }
cleared "$1"
target=$1
[ -L "$target" ] && { target=$(readlink -f "$target") || exit 1; }
isnew=1; [ ! -e "$target" ] || isnew=
draft "$target" "$2" "$3"
[ -z "$isnew" ] || [ -z "\${4:-}" ] || chown "$4" "$new" || exit 1
sync "$new" 2>/dev/null || :
if said=$(mv -f "$new" "$target" 2>&1); then trap - EXIT; else
  case $said in
    *busy*) cat "$new" > "$target" ;;
    *) printf '%s\\n' "$said" >&2; exit 1 ;;
  esac
fi`;

/** Nothing is lost with a lock whose content did not reach the disk. */
const CREATE = `${MAKE_FOLDERS}
if cleared "$1"; then
  find /etc /usr/local "\${1%/*}" -xdev -type l 2>/dev/null | while read -r link; do
    cleared "$link" || continue
    empty=\${link%/*}
    while rmdir "$empty" 2>/dev/null; do empty=\${empty%/*}; done
  done
fi
draft "$1" "$2"
ln "$new" "$1" 2>/dev/null && exit 0
[ -e "$1" ] || [ -L "$1" ] || { ln "$new" "$1"; exit 1; }
exit ${EXISTS}`;

const READ = `[ -e "$1" ] || exit ${ABSENT}
[ -d "$1" ] && { echo "it is a folder" >&2; exit 1; }
[ -f "$1" ] || { echo "it is no file" >&2; exit 1; }
exec cat "$1"`;

const STAT = `[ -e "$1" ] || [ -L "$1" ] || exit ${ABSENT}
exec stat -c '%f %s %u:%g' "$1"`;

const LIST = `[ -d "$1" ] || exit ${ABSENT}
cd "$1" || exit 1
for f in * .[!.]* ..?*; do
  if [ -e "$f" ] || [ -L "$f" ]; then printf '%s\\0' "$f"; fi
done
exit 0`;

const REMOVE = `if [ -d "$1" ] && [ ! -L "$1" ]; then exec rmdir "$1"; else exec rm -f "$1"; fi`;

const TREE = `[ -d "$1" ] || exit ${ABSENT}
command -v tar >/dev/null || exit 127
exec tar -C "$1" -cf - .`;

const CLEAR = `${MAKE_FOLDERS}
cleared "$1"
exit 0`;

/** Each path after a NUL; most are in the folder of the one before, which is then asked for once. */
const REAL = `real() {
  p=$1 rest= turns=0
  while :; do
    if [ -L "$p" ]; then
      turns=$((turns + 1))
      [ $turns -lt 40 ] || { echo "its symbolic links form a circle" >&2; exit 1; }
      to=$(readlink "$p")
      case $to in /*) p=$to ;; *) p=\${p%/*}/$to ;; esac
    elif [ -e "$p" ] || [ "$p" = / ] || [ -z "$p" ]; then break
    else
      rest=/\${p##*/}$rest p=\${p%/*}
    fi
  done
  there=$(readlink -f "\${p:-/}")
  [ "$there" != / ] || there=
  found=$there$rest
}
last=
for path; do
  if [ -L "$path" ]; then real "$path"; printf '\\0%s' "$found"; continue; fi
  folder=\${path%/*}
  [ "$folder" = "$last" ] || { real "$folder"; last=$folder lastreal=$found; }
  printf '\\0%s' "$lastreal/\${path##*/}"
done`;

const CHMOD = `exec chmod "$2" "$1"`;

const FILE_TYPES: Readonly<Record<number, FileInfo['type']>> = { 0o100000: 'file', 0o040000: 'directory', 0o120000: 'link' };

/** File operations on a container's paths. They act as root, so that they reach whatever Kong's image has locked away. */
export function containerFiles(access: ContainerAccess): ContainerFiles {
  const gone = new Set<string>();
  const script: RunScript = async (text, args, call) => {
    for (const path of gone) {
      if ((await access.script(CLEAR, [path])) === undefined) break;
      gone.delete(path);
    }
    return access.script(text, args, call);
  };

  /** A script's result; undefined when the path is absent, 'stopped' when nothing can run. */
  const run = async (
    verb: string,
    text: string,
    path: string,
    more: readonly string[] = [],
    call: ScriptCall = {},
  ): Promise<ProcessResult | 'absent' | 'stopped'> => {
    const result = await script(text, [path, ...more], call);
    if (result === undefined) return 'stopped';
    if (result.code === ABSENT) return 'absent';
    if (result.code === 0 || result.code === EXISTS || result.code === 127) return result;
    throw failure(access.name, verb, path, saidBy(result));
  };

  const files: ContainerFiles = {
    async read(path) {
      const result = await run('read', READ, path);
      if (result === 'absent') return undefined;
      if (result !== 'stopped') return result.stdout;
      const [entry] = (await copyOut(access, path)) ?? [];
      return entry?.type === 'file' ? entry.content : undefined;
    },
    async write(path, content, mode, owner = '') {
      const data = Buffer.from(content);
      const result = await run('write', WRITE, path, [String(data.length), mode?.toString(8) ?? '', owner], { input: data });
      if (result === 'stopped') await copyIn(access, path, { content: data, mode });
    },
    async create(path, content) {
      const data = Buffer.from(content);
      const result = await run('create', CREATE, path, [String(data.length)], { input: data });
      if (result === 'stopped') {
        if ((await files.stat(path)) !== undefined) return false;
        await copyIn(access, path, { content: data });
        return true;
      }
      return result !== 'absent' && result.code === 0;
    },
    async readTree(path) {
      const result = await run('read', TREE, path);
      if (result === 'absent') return undefined;
      const entries = result === 'stopped' || result.code === 127 ? await copyOut(access, path) : await tarEntries(result.stdout);
      if (entries === undefined) return undefined;
      const tree = new Map<string, Buffer>();
      for (const entry of entries) {
        if (entry.type === 'file') tree.set(entry.path, entry.content);
        // A linked file is a file to Lua; a linked folder is left out, because it may lead in a circle.
        const linked = entry.type === 'link' ? await files.read(posix.join(path, entry.path)).catch(() => undefined) : undefined;
        if (linked !== undefined) tree.set(entry.path, linked);
      }
      return tree;
    },
    async stat(path) {
      const result = await run('look at', STAT, path);
      if (result === 'absent') return undefined;
      if (result === 'stopped') {
        const entry = await statStopped(access, path);
        return entry === undefined ? undefined : { type: entry.type, size: entry.size, mode: entry.mode, owner: entry.owner };
      }
      const [raw = '', size = '', owner] = result.stdout.toString('utf8').trim().split(' ');
      const bits = parseInt(raw, 16);
      return { type: FILE_TYPES[bits & 0o170000] ?? 'other', size: Number(size), mode: bits & 0o7777, owner };
    },
    async chmod(path, mode) {
      const result = await run('change the permissions of', CHMOD, path, [mode.toString(8)]);
      if (result === 'stopped') await copyIn(access, path, { mode });
    },
    async realPaths(paths) {
      const [first, ...others] = paths;
      if (first === undefined) return [];
      const result = await run('look at', REAL, first, others);
      return typeof result === 'string' ? [...paths] : result.stdout.toString('utf8').split('\0').slice(1);
    },
    async refusesWrite(path) {
      const mounts = (await files.read('/proc/mounts'))?.toString('utf8');
      if (mounts === undefined) return undefined;
      const [real = path] = await files.realPaths([path]);
      return isReadOnly(mounts, real) ? 'it is on a read-only file system' : undefined;
    },
    async list(path) {
      const result = await run('list', LIST, path);
      if (result === 'absent') return undefined;
      if (result !== 'stopped') {
        return result.stdout
          .toString('utf8')
          .split('\0')
          .filter((name) => name !== '')
          .sort();
      }
      const entries = await copyOut(access, path);
      if (entries?.[0]?.type !== 'directory') return undefined;
      const shown = entries.slice(1).filter((entry) => entry.target !== NOWHERE);
      return [...new Set(shown.map((entry) => entry.path.split('/', 1)[0] ?? ''))].sort();
    },
    async remove(path) {
      const result = await run('remove', REMOVE, path);
      if (result !== 'stopped') return;
      const entry = await statStopped(access, path);
      // A folder that is empty does no harm.
      if (entry === undefined || entry.type === 'directory') return;
      await copyIn(access, path, { target: NOWHERE });
      gone.add(path);
    },
  };
  return files;
}

/** Whether the mount that a path is on, by `/proc/mounts`, is read-only: the innermost one, and of several in one place the last. */
export function isReadOnly(mounts: string, path: string): boolean {
  const around = mounts.split('\n').flatMap((line) => {
    const [, escaped = '', , options = ''] = line.split(' ');
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const holds = point === '/' || path === point || path.startsWith(`${point}/`);
    return holds && point !== '' ? [{ point, options }] : [];
  });
  const longest = Math.max(0, ...around.map(({ point }) => point.length));
  const mount = around.findLast(({ point }) => point.length === longest);
  return mount?.options.split(',').includes('ro') === true;
}

function failure(container: string, verb: string, path: string, said: string): UserError {
  const reason = said.replace(/^[\w./-]+: (?:line )?\d*:? ?/, '').replace(/^can(?:not|'t) [^:]*: /, '');
  const next = /read-only file system/i.test(reason)
    ? { next: 'It is mounted read-only: change it where it comes from, or mount it writable.' }
    : {};
  return new UserError(`Cannot ${verb} ${path} in the container ${container}: ${reason}.`, { exitCode: 3, ...next });
}

/** What `docker cp` gives for a path: the entry itself first, then what is below it. */
async function copyOut(access: ContainerAccess, path: string): Promise<Awaited<ReturnType<typeof tarEntries>> | undefined> {
  const result = await (
    await access.client()
  ).call(['cp', '--follow-link', `${access.name}:${path}`, '-'], { timeout: TIMEOUT_MS });
  if (result.code === 0) return tarEntries(result.stdout, posix.basename(path));
  if (isAbsent(result)) return undefined;
  throw failure(access.name, 'read', path, saidBy(result));
}

/** What a path of a container that is not running is: only the first block of what `docker cp` would give is read. */
async function statStopped(access: ContainerAccess, path: string): Promise<ReturnType<typeof firstTarEntry>> {
  const enough = new AbortController();
  let head = Buffer.alloc(0);
  try {
    const result = await (
      await access.client()
    ).call(['cp', '--follow-link', `${access.name}:${path}`, '-'], {
      timeout: TIMEOUT_MS,
      signal: enough.signal,
      onOutput: (stream, chunk) => {
        if (stream === 'stdout' && firstTarEntry(head) === undefined) head = Buffer.concat([head, chunk]);
        if (firstTarEntry(head) !== undefined) enough.abort();
      },
    });
    if (result.code !== 0 && head.length === 0) {
      if (isAbsent(result)) return undefined;
      throw failure(access.name, 'look at', path, saidBy(result));
    }
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
  return firstTarEntry(head);
}

function isAbsent(result: ProcessResult): boolean {
  return /could not find the file|no such (?:container:path|file or directory)|does not exist/i.test(
    result.stderr.toString('utf8'),
  );
}

/**
 * Puts a file into a container that is not running, with the folders above it that are missing; without content it changes the mode of what is
 * there, and a target makes it a link. Owner and mode stay those of a file that was there; a new one belongs to the owner of its folder.
 */
async function copyIn(
  access: ContainerAccess,
  path: string,
  { content, mode, target }: { content?: Buffer; mode?: number | undefined; target?: string },
): Promise<void> {
  const before = await statStopped(access, path);
  const entries: NewTarEntry[] = [];
  let folder = posix.dirname(path);
  let found = await statStopped(access, folder);
  while (found === undefined && folder !== '/') {
    folder = posix.dirname(folder);
    found = await statStopped(access, folder);
  }
  const inside = posix.relative(folder, path);
  const parts = inside.split('/').slice(0, -1);
  const folderOwner = found?.owner;
  parts.forEach((_, i) =>
    entries.push({ path: `${parts.slice(0, i + 1).join('/')}/`, type: 'Directory', mode: 0o755, owner: folderOwner }),
  );
  const owner = before?.owner ?? folderOwner;
  if (target !== undefined) entries.push({ path: inside, type: 'SymbolicLink', mode: 0o777, owner, target });
  else if (content === undefined && before?.type === 'directory') {
    entries.push({ path: `${inside}/`, type: 'Directory', mode: mode ?? before.mode, owner });
  } else {
    const bytes = content ?? (await copyOut(access, path))?.[0]?.content ?? Buffer.alloc(0);
    entries.push({ path: inside, type: 'File', mode: mode ?? before?.mode ?? parseInt(FILE_MODE, 8), owner, content: bytes });
  }
  const result = await (
    await access.client()
  ).call(['cp', '-', `${access.name}:${folder}`], { input: tarOf(entries), timeout: TIMEOUT_MS });
  if (result.code !== 0) throw failure(access.name, 'write', path, saidBy(result));
}
