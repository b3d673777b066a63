// The file half of a container node: shell commands in a running container, `docker cp` in one that stands still.
import { posix } from 'node:path';
import { readOnlyReason } from '../../system/fileErrors';
import type { ProcessResult } from '../../system/process';
import { saidBy } from './client';
import type { RunScript, ScriptCall } from './shell';
import { accessFailure, FILE_MODE, NOWHERE, stoppedFiles, type StoppedContainer } from './stopped';
import { tarEntries } from './tar';
import type { FileInfo, Node } from '../node';

/** The file half of a node. */
export type ContainerFiles = Pick<
  Node,
  'read' | 'write' | 'create' | 'readTree' | 'stat' | 'chmod' | 'realPaths' | 'refusesWrite' | 'list' | 'remove'
>;

/** What the file half needs of its container. */
export interface ContainerAccess extends StoppedContainer {
  script: RunScript;
}

const ABSENT = 44;
const EXISTS = 45;

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

/** Nothing is lost with a lock whose content did not reach the disk. LuaRocks has made the folder of its rocks before us: it stays. */
const CREATE = `${MAKE_FOLDERS}
if cleared "$1"; then
  find /etc /usr/local "\${1%/*}" -xdev -type l 2>/dev/null | while read -r link; do
    cleared "$link" || continue
    empty=\${link%/*}
    while [ "\${empty##*/}" != rocks-5.1 ] && rmdir "$empty" 2>/dev/null; do empty=\${empty%/*}; done
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
  const stopped = stoppedFiles(access);
  const script: RunScript = async (text, args, call) => {
    for (const path of gone) {
      if ((await access.script(CLEAR, [path])) === undefined) break;
      gone.delete(path);
    }
    const result = await access.script(text, args, call);
    if (result !== undefined) stopped.forget();
    return result;
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
    throw accessFailure(access.name, verb, path, saidBy(result));
  };

  const files: ContainerFiles = {
    async read(path) {
      const result = await run('read', READ, path);
      if (result === 'absent') return undefined;
      if (result !== 'stopped') return result.stdout;
      const [entry] = (await stopped.entries(path)) ?? [];
      return entry?.type === 'file' ? entry.content : undefined;
    },
    async write(path, content, mode, owner = '') {
      const data = Buffer.from(content);
      const result = await run('write', WRITE, path, [String(data.length), mode?.toString(8) ?? '', owner], { input: data });
      if (result === 'stopped') await stopped.put(path, { content: data, mode });
    },
    async create(path, content) {
      const data = Buffer.from(content);
      const result = await run('create', CREATE, path, [String(data.length)], { input: data });
      if (result === 'stopped') {
        stopped.forget();
        if ((await stopped.entry(path)) !== undefined) return false;
        await stopped.put(path, { content: data });
        return true;
      }
      return result !== 'absent' && result.code === 0;
    },
    async readTree(path) {
      const result = await run('read', TREE, path);
      if (result === 'absent') return undefined;
      const entries = result === 'stopped' || result.code === 127 ? await stopped.entries(path) : await tarEntries(result.stdout);
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
        const entry = await stopped.entry(path);
        return entry === undefined ? undefined : { type: entry.type, size: entry.size, mode: entry.mode, owner: entry.owner };
      }
      const [raw = '', size = '', owner] = result.stdout.toString('utf8').trim().split(' ');
      const bits = parseInt(raw, 16);
      return { type: FILE_TYPES[bits & 0o170000] ?? 'other', size: Number(size), mode: bits & 0o7777, owner };
    },
    async chmod(path, mode) {
      const result = await run('change the permissions of', CHMOD, path, [mode.toString(8)]);
      if (result === 'stopped') await stopped.put(path, { mode });
    },
    async realPaths(paths) {
      const [first, ...others] = paths;
      if (first === undefined) return [];
      const result = await run('look at', REAL, first, others);
      return typeof result === 'string' ? [...paths] : result.stdout.toString('utf8').split('\0').slice(1);
    },
    async refusesWrite(path) {
      const [real = path] = await files.realPaths([path]);
      const info = await files.stat(real);
      const reason = info?.type === 'file' ? readOnlyReason(info.mode) : undefined;
      if (reason !== undefined) return reason;
      const mounts = (await files.read('/proc/mounts'))?.toString('utf8');
      if (mounts === undefined) return undefined;
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
      const entries = await stopped.entries(path);
      if (entries?.[0]?.type !== 'directory') return undefined;
      const shown = entries.slice(1).filter((entry) => entry.target !== NOWHERE);
      return [...new Set(shown.map((entry) => entry.path.split('/', 1)[0] ?? ''))].sort();
    },
    async remove(path) {
      const result = await run('remove', REMOVE, path);
      if (result !== 'stopped') return;
      const entry = await stopped.entry(path);
      // A folder that is empty does no harm.
      if (entry === undefined || entry.type === 'directory') return;
      await stopped.put(path, { target: NOWHERE });
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
