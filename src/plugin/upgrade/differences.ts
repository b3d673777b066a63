// What works on and means something else: neighbours in the order of plugins that moved, redis fields that Kong's own policies read elsewhere,
// fields of ngx.ctx that are Kong's own, functions of the PDK that answer otherwise.
import type { CodeFile } from '../../code/file';
import type { IndexExpression } from '../../lua/ast';
import { bundledPlugins } from '../../kong/bundledPlugins';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { requireCalls } from '../../lua/requires';
import { own } from '../../text/own';
import { fieldOf, readModuleTable } from '../sourceEdits/moduleTable';
import { fileOf, found, type UpgradeContext, type UpgradeFinding } from './rule';

/** Bundled plugins that ran on the other side of this one. */
export function* neighbours(context: UpgradeContext): Iterable<UpgradeFinding> {
  const { version, from } = context;
  const file = fileOf(context, 'handler');
  const module = file === undefined ? undefined : readModuleTable(file.source);
  const field = module === undefined ? undefined : fieldOf(module, 'PRIORITY');
  if (file === undefined || from === undefined || field?.value.kind !== 'number') return;
  const priority = field.value.value;
  const [before, now] = [bundledPlugins(from), bundledPlugins(version)];
  const moved = [...now].flatMap(([name, then]) => {
    const was = before.get(name);
    if (then === null || was === null || was === undefined || Math.sign(was - priority) === Math.sign(then - priority)) return [];
    return [`${name} (${was}, now ${then}) runs ${sideOf(then - priority)}`];
  });
  if (moved.length === 0) return;
  const message = `With PRIORITY ${priority} other plugins run before and after this one than in Kong ${from.text}: ${moved.join('; ')}. Where the order matters, choose another PRIORITY.`;
  yield found(file.source, field.value, message);
}

function sideOf(difference: number): string {
  return difference > 0 ? 'before it' : difference < 0 ? 'after it' : 'at the same PRIORITY, where the name decides';
}

/** Kong's own policies that read their redis from the configuration, and the version from which they look into `redis`. */
const POLICIES: Readonly<Record<string, string>> = {
  'kong.plugins.rate-limiting.policies': '3.8',
  'kong.plugins.response-ratelimiting.policies': '3.8',
};

/** Flat redis_* fields in the schema of a plugin that hands its configuration to Kong's own policies. */
export function* redisFields(context: UpgradeContext): Iterable<UpgradeFinding> {
  const { version, code } = context;
  const schema = fileOf(context, 'schema');
  const host = schema?.nodes
    .flatMap((node) => (node.kind === 'table' ? node.fields : []))
    .find(({ key }) => key?.kind === 'string' && key.value === 'redis_host');
  if (schema === undefined || host === undefined) return;
  for (const file of code) {
    for (const { module, place } of requireCalls(file.source)) {
      const since = module === undefined ? undefined : own(POLICIES, module);
      if (module === undefined || since === undefined || !isAtLeast(version, since)) continue;
      const message = `From ${since} on ${module} reads conf.redis.host and not conf.redis_host: give the schema a record redis, which is require("kong.tools.redis.schema").config_schema, or keep a copy of the policies.`;
      yield found(file.source, place, message);
    }
  }
}

/** Fields of ngx.ctx that Kong keeps for itself. */
const CONTEXT: Readonly<Record<string, { until?: string; then: string }>> = {
  balancer_address: {
    until: '2.8',
    then: 'balancer_data is the same table; set the target with kong.service.set_target(host, port)',
  },
  balancer_data: { then: 'set the target with kong.service.set_target(host, port)' },
  service: { then: 'kong.router.get_service() gives it' },
  route: { then: 'kong.router.get_route() gives it' },
  router_matches: { then: 'kong.request.get_uri_captures() gives the captures' },
  authenticated_consumer: { then: 'kong.client.get_consumer() gives it, kong.client.authenticate(consumer, credential) sets it' },
  authenticated_credential: {
    then: 'kong.client.get_credential() gives it, kong.client.authenticate(consumer, credential) sets it',
  },
};

/** What the plugin reads and writes of Kong's in ngx.ctx, each name once a file. */
export function* contextFields({ code, version }: UpgradeContext, wanted: 'gone' | 'internal'): Iterable<UpgradeFinding> {
  for (const file of code) {
    const told = new Set<string>();
    for (const { node, name } of contextNames(file)) {
      const row = own(CONTEXT, name);
      if (row === undefined) continue;
      const isGone = row.until !== undefined && isAfter(version, row.until);
      if (isGone !== (wanted === 'gone')) continue;
      if (isGone) {
        const edits = [{ start: node.key.start, end: node.key.end, newText: 'balancer_data' }];
        yield found(file.source, node, `Kong had ngx.ctx.${name} up to ${row.until ?? ''}: ${row.then}.`, edits);
      } else if (!told.has(name)) {
        told.add(name);
        yield found(file.source, node, `ngx.ctx.${name} is Kong's own, and may change without a word: ${row.then}.`);
      }
    }
  }
}

/** `ngx.ctx.name`, also through a local that is given ngx.ctx. */
function* contextNames({ nodes, given }: CodeFile): Iterable<{ node: IndexExpression; name: string }> {
  const isNgxCtx = (value: IndexExpression['object']): boolean =>
    value.kind === 'index' &&
    value.key.kind === 'string' &&
    value.key.value === 'ctx' &&
    ((value.object.kind === 'global' && value.object.name === 'ngx') ||
      (value.object.kind === 'local' && value.object.variable.name === 'ngx'));
  for (const node of nodes) {
    if (node.kind !== 'index' || node.key.kind !== 'string') continue;
    const { object } = node;
    const [first, ...others] = object.kind === 'local' ? (given.get(object.variable) ?? []) : [];
    const isAlias = first?.kind === 'value' && others.length === 0 && isNgxCtx(first.expression);
    if (isNgxCtx(object) || isAlias) yield { node, name: node.key.value };
  }
}

function isAfter(version: KongVersion, last: string): boolean {
  return isAtLeast(version, last) && `${version.major}.${version.minor}` !== last;
}

/** `kong.request.get_path()`, which gives a normalised path from 3.0 on. */
export function* rawPath({ code, version, from }: UpgradeContext): Iterable<UpgradeFinding> {
  if (!isAtLeast(version, '3.0') || from === undefined || isAtLeast(from, '3.0')) return;
  for (const file of code) {
    const node = file.nodes.find((one) => one.kind === 'index' && file.source.text(one) === 'kong.request.get_path');
    if (node !== undefined)
      yield found(
        file.source,
        node,
        'From 3.0 on kong.request.get_path() gives the normalised path; kong.request.get_raw_path() gives the one that was sent.',
      );
  }
}
