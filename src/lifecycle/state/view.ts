// What a node looks like right now: its facts, the settings its next start would see, and those its running Kong was prepared with.
import { adminClient, type AdminClient } from '../../kong/adminClient';
import { confValue, parseConf, type Conf } from '../../kong/conf';
import { searchPatterns } from '../../kong/packagePath';
import { effectiveSetting, environmentName, type Setting, type SettingSources } from '../../kong/settings';
import { DEFAULT_KONG, kongVersionOfNode, parseKongVersion, type KongVersion } from '../../kong/versions';
import type { Node, NodeFacts } from '../../node/node';

/** A node read once; operations read it again after they changed it. */
export interface NodeView {
  node: Node;
  facts: NodeFacts;
  /** The version whose rules hold here; the newest when the node does not tell. */
  version: KongVersion;
  /** The text of kong.conf, one character a byte; undefined when there is none. */
  confText: string | undefined;
  /** What the next start of this Kong takes a setting from. */
  setting: (name: string) => Setting;
  /** What the running Kong was prepared with (`<prefix>/.kong_env`); undefined when it does not run or cannot be read. */
  running: (name: string) => string | undefined;
  /** lua_package_path as patterns, the tree's last. */
  patterns: readonly string[];
  admin: AdminClient | undefined;
}

export interface ViewOptions {
  signal?: AbortSignal | undefined;
}

/** Reads a node. Throws UserError when it cannot be reached. */
export async function viewNode(node: Node, options: ViewOptions = {}): Promise<NodeView> {
  const facts = await node.facts(options.signal);
  const [confBytes, prepared, transport] = await Promise.all([
    node.read(facts.confPath),
    facts.running ? node.read(`${facts.prefix}/.kong_env`).catch(() => undefined) : undefined,
    node.adminApi(),
  ]);
  const confText = confBytes?.toString('latin1');
  const env: Conf | undefined = prepared === undefined ? undefined : parseConf(prepared.toString('latin1'));
  const sources: SettingSources = { environment: facts.env, file: confText === undefined ? undefined : parseConf(confText) };
  const setting = (name: string): Setting => effectiveSetting(sources, name);
  return {
    node,
    facts,
    version: rulesVersion(facts.kong),
    confText,
    setting,
    running: (name) => (env === undefined ? undefined : confValue(env, name)),
    patterns: patternsOf(facts, setting('lua_package_path')),
    admin: transport === undefined ? undefined : adminClient(transport),
  };
}

/** A Kong too old or too new for our tables is judged by the newest rules, as one that does not tell its version. */
function rulesVersion(kong: string | undefined): KongVersion {
  return kongVersionOfNode(kong ?? DEFAULT_KONG) ?? parseKongVersion(DEFAULT_KONG);
}

/** The search patterns that a lua_package_path value means on a node. */
export function patternsOf(facts: NodeFacts, setting: Setting): string[] {
  const value = setting.from === 'default' ? undefined : setting.value;
  return searchPatterns(value, facts.cwd ?? '/', facts.tree, facts.env['LUA_PATH']);
}

/** Whether a variable of this node's surroundings decides a setting, whatever kong.conf says. */
export function decidedByEnvironment(view: NodeView, name: string): boolean {
  return view.facts.env[environmentName(name)] !== undefined;
}
