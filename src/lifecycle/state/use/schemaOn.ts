// The schema by which the Kong of a node would check a plugin's configuration: from the files there, from what is known of bundled plugins, or as Kong tells it.
import type { SchemaOutcome } from '../../../config/pluginSchema';
import { UserError } from '../../../system/userError';
import { installedPlugin } from '../installed';
import { codeOf } from '../loaderProblems';
import type { NodeView } from '../view';

/** The schema of a plugin, or why it is not known. */
export async function schemaOn(view: NodeView, plugin: string): Promise<SchemaOutcome> {
  const { bundledSchema, schemaOfCode, toldSchema } = await import('../../../config/pluginSchema');
  const installed = await installedPlugin(view, plugin);
  if (installed !== undefined) return schemaOfCode(await codeOf(view, plugin, installed), view.version);
  const bundled = bundledSchema(plugin, view.version);
  if (bundled !== undefined) return { schema: bundled };
  try {
    const told = await view.admin?.get(`/schemas/plugins/${encodeURIComponent(plugin)}`);
    if (told !== undefined) return { schema: toldSchema(plugin, told, view.version) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return { reason: `the schema of ${plugin} is not at hand` };
}
