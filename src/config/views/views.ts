// The forms in which a plugin's configuration can be told.
import type { PluginSchema } from '../pluginSchema';
import { jsonSchemaOf } from './jsonSchema';
import { skeletonOf, type SkeletonForm } from './skeleton';
import { tableOf } from './table';

export type View = 'json-schema' | 'table' | SkeletonForm;

/** The text of a view. */
export function viewOf(schema: PluginSchema, view: View): string {
  if (view === 'json-schema') return `${JSON.stringify(jsonSchemaOf(schema), null, 2)}\n`;
  return view === 'table' ? tableOf(schema) : skeletonOf(schema, view);
}
