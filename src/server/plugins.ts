// The plugins around open Lua files: found once per workspace folder, kept up to date by file events, judged once per state of their texts.
import { dirname } from 'node:path';
import type { Discovery } from '../plugin/discovery';
import type { Plugin } from '../plugin/plugin';
import type { ProjectFiles } from '../rockspec/projectFiles';
import type { FileDiagnostics } from '../text/diagnostic';
import { isInside } from '../system/paths';

/** Plugins and what is wrong with their files. */
export class Plugins {
  readonly #discoveries = new Map<string, Promise<Discovery>>();
  #judged = new Map<string, Promise<FileDiagnostics[]>>();

  constructor(
    private readonly files: ProjectFiles,
    private readonly roots: () => readonly string[],
  ) {}

  /** A text changed: what was judged may be wrong now. */
  forget(): void {
    this.#judged = new Map();
  }

  /** Files came, went or were written. */
  changedOnDisk(paths: readonly string[]): void {
    this.forget();
    for (const [root, discovery] of this.#discoveries) {
      this.#discoveries.set(
        root,
        discovery.then((found) => found.applyChanges(paths).then(() => found)),
      );
    }
  }

  /** The diagnostics of a Lua file for a Kong; none when it belongs to no plugin. */
  async check(path: string, kong: string, signal: AbortSignal): Promise<FileDiagnostics['diagnostics']> {
    const plugins = await this.#pluginsAround(path);
    const plugin = plugins.find(
      ({ handler, schema, modules }) => handler === path || schema === path || [...modules.values()].includes(path),
    );
    if (plugin === undefined || signal.aborted) return [];
    const key = `${plugin.dir}\n${plugin.name}\n${kong}`;
    let judged = this.#judged.get(key);
    if (judged === undefined) {
      judged = this.#judge(plugin, kong, plugins);
      this.#judged.set(key, judged);
    }
    return (await judged).filter((file) => file.path === path).flatMap(({ diagnostics }) => diagnostics);
  }

  async #judge(plugin: Plugin, kong: string, siblings: readonly Plugin[]): Promise<FileDiagnostics[]> {
    const { checkPluginFiles } = await import('../plugin/judge');
    return checkPluginFiles(plugin, kong, { read: this.files.read, siblings });
  }

  /** The names of the plugins in the workspace folder that a file is in. */
  async names(path: string): Promise<string[]> {
    const root = this.roots().find((folder) => isInside(folder, path));
    if (root === undefined) return [];
    return [...new Set((await this.#discover(root)).plugins.map(({ name }) => name))];
  }

  async #pluginsAround(path: string): Promise<readonly Plugin[]> {
    const root = this.roots().find((folder) => isInside(folder, path)) ?? folderAbove(path);
    return root === undefined ? [] : (await this.#discover(root)).plugins;
  }

  #discover(root: string): Promise<Discovery> {
    let discovery = this.#discoveries.get(root);
    if (discovery === undefined) {
      discovery = import('../plugin/discovery').then(({ openDiscovery }) => openDiscovery([root]));
      this.#discoveries.set(root, discovery);
      discovery.catch(() => this.#discoveries.delete(root));
    }
    return discovery;
  }
}

/** Outside of every workspace folder: the folder that holds `kong/plugins`. */
function folderAbove(path: string): string | undefined {
  const match = /^(.*)[/\\]kong[/\\]plugins[/\\]/.exec(path);
  return match === null ? undefined : match[1] || dirname('/');
}
