// The plugins around open Lua files: found once per workspace folder, kept up to date by file events, judged once per state of their texts.
import { dirname } from 'node:path';
import type { OpenCode } from '../code/language/opened';
import type { KongVersion } from '../kong/versions';
import { LuaSource } from '../lua/source';
import type { Discovery } from '../plugin/discovery';
import type { EvaluatedSchema } from '../plugin/openSchema';
import type { Plugin } from '../plugin/plugin';
import type { CodeOptions } from '../plugin/pluginCode';
import type { ProjectFiles } from '../rockspec/projectFiles';
import type { FileDiagnostics } from '../text/diagnostic';
import { isInside } from '../system/paths';

/** A plugin to look at while its files are being written. */
export interface OpenPlugin {
  plugin: Plugin;
  siblings: readonly Plugin[];
  code: OpenCode;
  /** Names of the rocks its rockspec depends on. */
  dependencies: () => Promise<readonly string[]>;
}

/** Plugins and what is wrong with their files. */
export class Plugins {
  readonly #discoveries = new Map<string, Promise<Discovery>>();
  #judged = new Map<string, Promise<FileDiagnostics[]>>();
  #opened = new Map<string, Promise<OpenPlugin>>();
  readonly #sources = new Map<string, { bytes: Uint8Array; source: LuaSource }>();
  readonly #schemas = new Map<string, EvaluatedSchema>();

  constructor(
    private readonly files: ProjectFiles,
    private readonly roots: () => readonly string[],
  ) {}

  /** A text changed: what was judged may be wrong now. */
  forget(): void {
    this.#judged = new Map();
    this.#opened = new Map();
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
    const plugin = ownerOf(path, plugins);
    if (plugin === undefined || signal.aborted) return [];
    const key = `${plugin.dir}\n${plugin.name}\n${kong}`;
    let judged = this.#judged.get(key);
    if (judged === undefined) {
      judged = this.#judge(plugin, kong, plugins);
      this.#judged.set(key, judged);
    }
    return (await judged).filter((file) => file.path === path).flatMap(({ diagnostics }) => diagnostics);
  }

  /** The plugin of a Lua file as its texts are now; undefined when the file belongs to none. */
  async open(path: string, kong: KongVersion): Promise<OpenPlugin | undefined> {
    const siblings = await this.#pluginsAround(path);
    const plugin = ownerOf(path, siblings);
    if (plugin === undefined) return undefined;
    const key = `${plugin.dir}\n${plugin.name}\n${kong.text}`;
    let opened = this.#opened.get(key);
    if (opened === undefined) {
      opened = this.#open(plugin, kong, siblings, key);
      this.#opened.set(key, opened);
    }
    return opened;
  }

  async #open(plugin: Plugin, version: KongVersion, siblings: readonly Plugin[], key: string): Promise<OpenPlugin> {
    const { dependenciesOf, readSources } = await import('../plugin/pluginCode');
    const { evaluatedSchema } = await import('../plugin/openSchema');
    const { read } = this.files;
    const sources = await readSources(plugin, { read, siblings, sourceOf: this.#sourceOf });
    const schema = evaluatedSchema({ name: plugin.name, sources, version }, this.#schemas.get(key));
    this.#schemas.set(key, schema);
    return {
      plugin,
      siblings,
      code: { name: plugin.name, sources, schema: schema.value, version },
      dependencies: () => dependenciesOf(plugin, read),
    };
  }

  /** The source of a file, the same one while its content is the same: what was found out about it is kept with it. */
  readonly #sourceOf = (content: string | Uint8Array, path: string): LuaSource => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const known = this.#sources.get(path);
    if (known !== undefined && (known.bytes === bytes || Buffer.compare(known.bytes, bytes) === 0)) return known.source;
    const source = new LuaSource(bytes, path);
    this.#sources.set(path, { bytes, source });
    return source;
  };

  async #judge(plugin: Plugin, kong: string, siblings: readonly Plugin[]): Promise<FileDiagnostics[]> {
    const { checkPluginFiles } = await import('../plugin/judge');
    return checkPluginFiles(plugin, kong, { read: this.files.read, siblings, sourceOf: this.#sourceOf });
  }

  /** How the files of plugins are read: as they are open, and once while they stay the same. */
  get reading(): Pick<CodeOptions, 'read' | 'sourceOf'> {
    return { read: this.files.read, sourceOf: this.#sourceOf };
  }

  /** The plugins of the workspace, those of the folder that a file is in first. */
  async around(path: string): Promise<Plugin[]> {
    const roots = [...this.roots()].sort((a, b) => Number(isInside(b, path)) - Number(isInside(a, path)));
    const found = await Promise.all(roots.map((root) => this.#discover(root)));
    return found.flatMap(({ plugins }) => [...plugins]);
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

/** The plugin that a file belongs to. */
function ownerOf(path: string, plugins: readonly Plugin[]): Plugin | undefined {
  return plugins.find(
    ({ handler, schema, modules }) => handler === path || schema === path || [...modules.values()].includes(path),
  );
}

/** Outside of every workspace folder: the folder that holds `kong/plugins`. */
function folderAbove(path: string): string | undefined {
  const match = /^(.*)[/\\]kong[/\\]plugins[/\\]/.exec(path);
  return match === null ? undefined : match[1] || dirname('/');
}
