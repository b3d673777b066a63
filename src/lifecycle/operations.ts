// Everything that can be done to a node, as operations; what the faces call.
import { checkPluginName, enabledNames, withPlugin, withoutPlugin } from '../kong/pluginsSetting';
import { isBundledPlugin } from '../kong/bundledPlugins';
import { withRoot } from '../kong/packagePath';
import type { Node } from '../node/node';
import { messageAndNext, UserError, type ExitCode } from '../system/userError';
import { findUses } from './inUse';
import { pathRoot, placeStep, wrongFiles } from './place';
import { runPlan, type Operation, type RunPlanOptions, type Step } from './plan';
import { Skip } from './failure';
import { reloadStep, restartStep, verifyStep } from './runSteps';
import { checkListed } from './status';
import { settingSteps, type SettingChange } from './settingSteps';
import type { Settled } from './reload';
import type { InstallSource } from './source';
import type { InstallKind, OperationResult } from './types';
import type { NodeView } from './view';

export { removeOperation } from './remove';
export { readSource } from './source';

/** Installs, and unless told otherwise enables, reloads and verifies. `via` undefined is the rock, or the path for a project without rockspec. */
export function installOperation(source: InstallSource, options: { via?: InstallKind | undefined; enable: boolean }): Operation {
  const via = options.via ?? (source.rock === undefined ? 'path' : 'rock');
  const byPath = via === 'path' || source.rock === undefined;
  return {
    title: `install ${source.plugins.join(', ')}`,
    async steps(view) {
      source.plugins.forEach(checkPluginName);
      refuseBundled(view, source.plugins);
      const paths: SettingChange[] = byPath
        ? source.plugins.map((plugin) => ({
            setting: 'lua_package_path',
            change: (value) => withRoot(value, pathRoot(view, plugin)),
          }))
        : [];
      const place = await placeStep(view, source, via);
      const pathSteps = await settingSteps('path', view, paths);
      if (!options.enable) return [place, ...pathSteps];
      const names: SettingChange[] = source.plugins.map((plugin) => ({
        setting: 'plugins',
        change: (value) => withPlugin(value, plugin),
      }));
      let outcome: Settled | undefined;
      return [
        place,
        ...pathSteps,
        ...(await settingSteps('enable', view, combined(names))),
        reloadStep(view, [...combined(names), ...combined(paths)], (settled) => (outcome = settled)),
        ...source.plugins.map((plugin) =>
          verifyStep(view, { plugin, state: 'loaded', files: (context) => wrongFiles(context, source, plugin) }, () => outcome),
        ),
      ];
    },
  };
}

/** Puts a plugin into the list, where that is decided, reloads and verifies. */
export function enableOperation(plugin: string): Operation {
  const operation = switchOperation(plugin, 'enable', 'loaded', (value) => withPlugin(value, plugin));
  return {
    ...operation,
    steps(view) {
      checkPluginName(plugin);
      return operation.steps(view);
    },
  };
}

/** Takes a plugin out of the list, reloads and verifies that it is gone. Refused while a configuration uses it. Any entry that stands there can go. */
export function disableOperation(plugin: string): Operation {
  const operation = switchOperation(plugin, 'disable', 'gone', (value) => withoutPlugin(value, plugin));
  return {
    ...operation,
    async steps(view) {
      checkListed(view, plugin);
      const { bundled, names } = enabledNames(view.setting('plugins').value);
      if (bundled && !names.includes(plugin) && isBundledPlugin(plugin, view.version)) {
        throw new UserError(`${plugin} comes with Kong, and "bundled" in the plugins list enables it.`, {
          next: 'Name the bundled plugins you want one by one in place of "bundled".',
        });
      }
      return [unusedStep(plugin), ...(await operation.steps(view))];
    },
  };
}

/** Proves that a plugin is loaded, or, where nothing runs, that a start would load it. Changes nothing. */
export function verifyOperation(plugin: string): Operation {
  return {
    title: `verify ${plugin}`,
    readOnly: true,
    steps(view) {
      checkPluginName(plugin);
      return Promise.resolve([verifyStep(view, { plugin, state: 'loaded' })]);
    },
  };
}

/** Reloads the running Kong. */
export function reloadOperation(): Operation {
  return { title: 'reload', steps: (view) => Promise.resolve([reloadStep(view, [])]) };
}

/** Restarts the Kong of this machine. */
export function restartOperation(): Operation {
  return { title: 'restart', steps: (view) => Promise.resolve([restartStep(view)]) };
}

function switchOperation(
  plugin: string,
  name: 'enable' | 'disable',
  state: 'loaded' | 'gone',
  change: SettingChange['change'],
): Operation {
  const changes: SettingChange[] = [{ setting: 'plugins', change }];
  return {
    title: `${name} ${plugin}`,
    async steps(view) {
      let outcome: Settled | undefined;
      return [
        ...(await settingSteps(name, view, changes)),
        reloadStep(view, changes, (settled) => (outcome = settled)),
        verifyStep(view, { plugin, state }, () => outcome),
      ];
    },
  };
}

/** Kong does not start, and does not reload, while a plugin that is not in the list is in use. */
function unusedStep(plugin: string): Step {
  return {
    name: 'check-use',
    describe: `See that no configuration uses ${plugin}.`,
    async run(context) {
      const { known, refusal, uses, declared } = await findUses(await context.view(), context.signal);
      const found = [...uses, ...declared].filter((use) => use.name === plugin);
      if (!known && found.length === 0)
        throw new Skip(`Whether a configuration uses ${plugin} cannot be seen from here. ${refusal?.message ?? ''}`.trimEnd());
      if (found.length === 0) return `Nothing uses ${plugin}.`;
      throw new UserError(
        `${plugin} is in use (${[...new Set(found.map((use) => use.scope))].join(', ')}): without it in the list Kong would not start.`,
        {
          next: `kong-plugin remove ${plugin} takes it out of use first.`,
        },
      );
    },
  };
}

/** Several changes of one setting as one. */
function combined(changes: readonly SettingChange[]): SettingChange[] {
  const [first] = changes;
  if (first === undefined) return [];
  return [
    {
      setting: first.setting,
      change: (value) => changes.reduce<string | undefined>((now, { change }) => change(now), value) ?? '',
    },
  ];
}

/** A plugin of Kong's own name would take the place of Kong's own files. */
function refuseBundled(view: NodeView, plugins: readonly string[]): void {
  const taken = plugins.find((plugin) => view.facts.kong !== undefined && isBundledPlugin(plugin, view.version));
  if (taken !== undefined) {
    throw new UserError(`Kong ${view.facts.kong ?? ''} comes with a plugin called ${taken}.`, {
      next: `Give yours another name: kong-plugin rename ${taken} NEW`,
    });
  }
}

export interface OperateOptions extends RunPlanOptions {
  /** All nodes at once instead of one after the other. */
  parallel?: boolean | undefined;
}

/** The results by node and the exit code they come to. */
export interface OperateResult {
  results: OperationResult[];
  exitCode: 0 | ExitCode;
}

/**
 * Runs an operation on every node: one after the other, stopping at the first failure, or all at once. A node that cannot be reached is a
 * failed result; wrong usage is thrown.
 */
export async function operate(
  nodes: readonly Node[],
  operation: Operation,
  options: OperateOptions = {},
): Promise<OperateResult> {
  let exitCode: 0 | ExitCode = 0;
  const one = async (node: Node): Promise<OperationResult> => {
    try {
      const result = await runPlan(node, operation, options);
      if (!result.ok && exitCode === 0) exitCode = 1;
      return result;
    } catch (error) {
      if (!(error instanceof UserError) || error.exitCode === 2) throw error;
      exitCode = exitCode === 0 ? error.exitCode : 1;
      const detail = messageAndNext(error);
      return { node: node.id, ok: false, steps: [{ name: 'reach', status: 'failed', detail }], findings: [] };
    }
  };
  if (options.parallel === true) return { results: await Promise.all(nodes.map(one)), exitCode };
  const results: OperationResult[] = [];
  for (const node of nodes) {
    if (results.at(-1)?.ok === false) {
      const detail = `Not begun, because ${results.find((result) => !result.ok)?.node ?? 'another node'} failed.`;
      results.push({ node: node.id, ok: false, steps: [{ name: 'begin', status: 'skipped', detail }], findings: [] });
    } else results.push(await one(node));
  }
  return { results, exitCode };
}
