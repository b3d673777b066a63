// The schema of a plugin by its name: of the workspace, from its source, or of those that ship with Kong.
import type { KongVersion } from '../kong/versions';
import type { Plugin } from '../plugin/plugin';
import { readPluginCode, type CodeOptions } from '../plugin/pluginCode';
import { bundledSchema, schemaOfCode, type SchemaOutcome } from './pluginSchema';

/** Schemas by name, each read once. */
export class Schemas {
  readonly #known = new Map<string, Promise<SchemaOutcome | undefined>>();

  constructor(
    readonly plugins: readonly Plugin[],
    readonly version: KongVersion,
    readonly options: CodeOptions = {},
  ) {}

  /** The schema of a plugin, or why it is not known; undefined when nothing is known of a plugin of that name. */
  find(name: string): Promise<SchemaOutcome | undefined> {
    const known = this.#known.get(name) ?? this.#read(name);
    this.#known.set(name, known);
    return known;
  }

  async #read(name: string): Promise<SchemaOutcome | undefined> {
    const plugin = this.plugins.find((one) => one.name === name && one.language === 'lua');
    if (plugin !== undefined) {
      const code = await readPluginCode(plugin, { ...this.options, siblings: this.plugins });
      return schemaOfCode(code, this.version);
    }
    const schema = bundledSchema(name, this.version);
    return schema === undefined ? undefined : { schema };
  }
}
