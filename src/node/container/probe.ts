// What only the inside of a container tells: where its Kong has its files, which it is, and whether it runs.
import { confValues, DEFAULT_CONF_PATHS, parseConf } from '../../kong/conf';
import type { Node } from '../node';
import { kongVersionOf } from '../tree';
import type { Container } from './containers';
import type { RunScript } from './shell';
import { withoutSlash } from '../../text/ends';

export const DEFAULT_PREFIX = '/usr/local/kong';
export const DEFAULT_TREE = '/usr/local';

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

export interface Probed {
  prefix: string;
  confPath: string | undefined;
  running: boolean;
  luarocks: string | undefined;
  tree: string | undefined;
  version: string | undefined;
}

/** Looks inside with one script, or at single files of a container that does not run. Throws UserError when neither can be done. */
export async function probe(container: Container, script: RunScript, read: Node['read']): Promise<Probed> {
  const found = await lookInside(container, script, read);
  return { ...found, prefix: withoutSlash(found.prefix) };
}

async function lookInside(container: Container, script: RunScript, read: Node['read']): Promise<Probed> {
  const prefix = container.env['KONG_PREFIX'];
  const conf = confOfCommand(container);
  const result = container.running ? await script(PROBE, [prefix ?? '', conf ?? '']) : undefined;
  if (result !== undefined) return probed(result.stdout.toString('utf8'));
  const meta = await read(`${DEFAULT_TREE}/share/lua/5.1/kong/meta.lua`);
  const text = prefix === undefined ? await read(conf ?? DEFAULT_CONF_PATHS[0]) : undefined;
  return {
    prefix: prefix ?? confValues(parseConf(text?.toString('latin1') ?? ''))['prefix'] ?? DEFAULT_PREFIX,
    confPath: undefined,
    running: false,
    luarocks: undefined,
    tree: undefined,
    version: kongVersionOf(meta?.toString('latin1') ?? ''),
  };
}

/** The FILE of a `-c FILE` among the arguments that the container starts Kong with. */
export function confOfCommand({ command }: Container): string | undefined {
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
