// The schema of a plugin by its name: of the workspace, from its source, or of those that ship with Kong.
import { bundledPlugins, isBundledPlugin } from '../kong/bundledPlugins';
import type { KongVersion } from '../kong/versions';
import type { LuaSource } from '../lua/source';
import type { Plugin } from '../plugin/plugin';
import { readPluginCode, type CodeOptions, type PluginCode } from '../plugin/pluginCode';
import { bundledSchema, schemaOfCode, type SchemaOutcome } from './pluginSchema';

/** A schema that was made, and of what. */
interface MadeSchema {
  sources: readonly LuaSource[];
  dependencies: string;
  outcome: SchemaOutcome;
}

/** Schemas that were made, for those who look again and again: one is made anew only when a file changes that it was made of. */
export type MadeSchemas = Map<string, MadeSchema>;

/** Schemas by name, each read once. */
export class Schemas {
  readonly #known = new Map<string, Promise<SchemaOutcome | undefined>>();

  constructor(
    readonly plugins: readonly Plugin[],
    readonly version: KongVersion,
    readonly options: CodeOptions & { made?: MadeSchemas } = {},
  ) {}

  /** The schema of a plugin, or why it is not known; undefined when nothing is known of a plugin of that name. */
  find(name: string): Promise<SchemaOutcome | undefined> {
    const known = this.#known.get(name) ?? this.#read(name);
    this.#known.set(name, known);
    return known;
  }

  /** The plugin of the workspace that has a name; undefined when none has. */
  pluginNamed(name: string): Plugin | undefined {
    return (
      this.plugins.find((one) => one.name === name && one.language === 'lua') ?? this.plugins.find((one) => one.name === name)
    );
  }

  /** The names of the plugins that are known, those of the workspace first. */
  names(): string[] {
    return [...new Set([...this.plugins.map(({ name }) => name), ...[...bundledPlugins(this.version).keys()].sort()])];
  }

  async #read(name: string): Promise<SchemaOutcome | undefined> {
    const plugin = this.pluginNamed(name);
    if (plugin?.language === 'lua')
      return this.#made(plugin, await readPluginCode(plugin, { ...this.options, siblings: this.plugins }));
    if (plugin !== undefined) return { reason: 'it runs in a plugin server, which tells its schema' };
    const key = `${name} ${this.version.text}`;
    const known = this.options.made?.get(key)?.outcome ?? this.#bundled(name);
    if (known !== undefined) this.options.made?.set(key, { sources: [], dependencies: '', outcome: known });
    return known;
  }

  #bundled(name: string): SchemaOutcome | undefined {
    const schema = bundledSchema(name, this.version);
    if (schema !== undefined) return { schema };
    // Of other versions it is known which plugins they ship with, and no more.
    return isBundledPlugin(name, this.version)
      ? { reason: `its schema in Kong ${this.version.text} is not known here` }
      : undefined;
  }

  #made(plugin: Plugin, code: PluginCode): SchemaOutcome {
    const key = `${plugin.dir}\n${plugin.name}\n${this.version.text}`;
    const before = this.options.made?.get(key);
    const sources = [...code.sources.values()];
    const dependencies = code.dependencies.join('\n');
    const isSame =
      before?.dependencies === dependencies &&
      before.sources.length === sources.length &&
      sources.every((source, i) => source === before.sources[i]);
    if (isSame) return before.outcome;
    const outcome = schemaOfCode(code, this.version);
    this.options.made?.set(key, { sources, dependencies, outcome });
    return outcome;
  }
}
