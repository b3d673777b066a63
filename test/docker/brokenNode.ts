// A node that is broken on purpose: started healthy, spoilt, and started or reloaded once more.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { docker, type KongVersion } from '../equipment/image';
import { loadedPlugins, startTestNode, until, type TestNode } from '../equipment/testNode';
import { FORMAT, otherImage } from '../equipment/underTest';
import { pluginFolder, type PluginFolder } from './pluginFixture';

export const NAME = 'mended';
export const TREE = '/usr/local/share/lua/5.1';
export const HERE = `${TREE}/kong/plugins/${NAME}`;

/** What is wrong, and how it gets onto the node. */
export interface Broken {
  kong?: KongVersion;
  /** Text of handler.lua and schema.lua; null leaves the schema out, also of the rockspec. */
  handler?: string;
  schema?: string | null;
  /** More files of the plugin's folder. */
  files?: Readonly<Record<string, string>>;
  /** The folder on the node that gets the plugin's files; null: it is not there at all. */
  place?: string | null;
  /** Files of the plugin that do not come to the node. */
  without?: readonly string[];
  /** kong.conf on the node, `plugins = bundled,mended` by default. */
  conf?: string;
  env?: Readonly<Record<string, string | undefined>>;
  args?: readonly string[];
  command?: readonly string[];
  database?: 'empty' | 'bootstrapped';
  /** A plugin that is put to use while all is well: a row of the database, or of what a node without one was sent. */
  uses?: string;
  /** Run on the node as root, or as Kong's user, before it is started again. */
  asRoot?: string;
  asKong?: string;
  /** Changes the workspace once the node has its files. */
  afterwards?: (workspace: string) => Promise<void>;
  /** Kong is reloaded and goes on with its old workers, in place of being started again. */
  reload?: boolean | string;
  /** It never serves: what is wrong is there from its first start. */
  dead?: boolean;
  /** It shares its network with another Kong, which has the ports. */
  besideAnother?: boolean;
}

/** The workspace and the node of one mistake. */
export interface BrokenNode {
  node: TestNode;
  workspace: PluginFolder;
  remove(): Promise<void>;
}

/** Makes one, up to the failed start or reload; `look` is given it when all is spoilt, just before that, where it served until then. */
export async function breakNode(what: Broken, look?: (node: TestNode) => Promise<void>): Promise<BrokenNode> {
  const workspace = await pluginFolder(NAME, {
    ...(what.handler === undefined ? {} : { handler: what.handler }),
    ...(what.schema === undefined ? {} : { schema: what.schema }),
  });
  const code = path.join(workspace.dir, 'kong/plugins', NAME);
  for (const [file, text] of Object.entries(what.files ?? {})) {
    await mkdir(path.dirname(path.join(code, file)), { recursive: true });
    await writeFile(path.join(code, file), text);
  }
  const other = what.besideAnother === true ? await startTestNode({ publish: false }) : undefined;
  if (other !== undefined) await serving(other);
  const args = [...(what.args ?? []), ...(other === undefined ? [] : ['--network', `container:${other.name}`])];
  const node = await startTestNode({
    publish: what.uses !== undefined,
    ...(what.database === undefined ? {} : { database: what.database }),
    ...(what.kong === undefined ? {} : { kong: what.kong }),
    ...(what.env === undefined ? {} : { env: what.env }),
    args,
    ...(what.command === undefined ? {} : { command: what.command }),
  });
  try {
    if (what.dead !== true) await serving(node);
    const place = what.place === undefined ? HERE : what.place;
    if (place !== null) {
      const shipped = path.join(workspace.dir, 'shipped');
      await cp(code, shipped, { recursive: true, filter: (file) => !(what.without ?? []).includes(path.relative(code, file)) });
      if (what.dead !== true) await node.sh(`mkdir -p ${place} && chown kong ${place}`, 'root');
      await docker('cp', what.dead === true ? shipped : `${shipped}/.`, `${node.name}:${place}`);
    }
    if (what.uses !== undefined) await use(node, what.uses);
    const conf = what.conf ?? `plugins = bundled,${NAME}\n`;
    const confFile = path.join(workspace.dir, 'kong.conf');
    await writeFile(confFile, conf);
    await docker('cp', confFile, `${node.name}:/etc/kong/kong.conf`);
    if (what.asRoot !== undefined) await node.sh(what.asRoot, 'root');
    if (what.asKong !== undefined) await node.sh(what.asKong);
    await what.afterwards?.(workspace.dir);
    if (what.dead !== true) await look?.(node);
    if (what.reload === undefined) await startAgain(node);
    else if (what.reload !== false) {
      const before = (await node.logs()).length;
      await node.sh(typeof what.reload === 'string' ? what.reload : 'kong reload -c /etc/kong/kong.conf 2>&1 || true');
      if (what.reload === true)
        await until('the reload to fail', async () => ((await node.logs()).slice(before).includes('[error]') ? true : undefined));
    }
  } catch (error) {
    await Promise.all([node.remove(), other?.remove(), workspace.remove()]);
    throw error;
  }
  return {
    node,
    workspace,
    remove: async () => {
      await Promise.all([node.remove(), other?.remove(), workspace.remove()]);
    },
  };
}

/** Puts a plugin to use by the Admin API, once it is loaded. */
async function use(node: TestNode, plugin: string): Promise<void> {
  await node.sh(`KONG_PLUGINS=bundled,${NAME} kong reload`);
  const admin = await node.admin();
  const headers = { 'content-type': 'application/json' };
  await until(`${plugin} in use`, async () => {
    if (!(await loadedPlugins(node)).includes(plugin)) return undefined;
    // without a database nothing can be posted but the whole of it
    const whole = { _format_version: FORMAT, plugins: [{ name: plugin }] };
    for (const [place, body] of [
      ['plugins', { name: plugin }],
      ['config', whole],
    ] as const) {
      // An old worker may still answer; it does not know the plugin.
      const { status } = await fetch(`${admin}/${place}`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (status === 201) return true;
    }
    return undefined;
  });
}

/** Waits until the Kong in the container has its workers. */
async function serving(node: TestNode): Promise<void> {
  await until('Kong', () =>
    node.sh('kong health').then(
      () => true,
      () => undefined,
    ),
  );
}

/**
 * A Kong that serves. The pid file of the start before names the first process, which in Kong's own image is `kong prepare` before it is nginx; nginx
 * gives itself this title once it has loaded everything.
 */
const SERVES = otherImage === undefined ? 'kong health' : "kong health && grep -aq 'nginx: master' /proc/1/cmdline";

/** Starts the container again and waits until it has ended, or serves all the same. */
async function startAgain(node: TestNode): Promise<void> {
  await docker('restart', '--time', '3', node.name);
  await until('the start to end', async () => {
    const state = await docker('inspect', '--format', '{{.State.Status}}', node.name);
    if (state === 'exited') return true;
    return node.sh(SERVES).then(
      () => true,
      () => undefined,
    );
  });
}
