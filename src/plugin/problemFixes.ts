// The faults of a plugin's files that have one right answer, as a table: what the light bulb and `check` offer for a problem of the loader. The
// remedies of a node make the same edits of the same functions.
import type { LuaSource, Place } from '../lua/source';
import type { KongVersion } from '../kong/versions';
import type { FileChange, Fix } from '../text/diagnostic';
import { REMEDY_TITLES, type RemedyKind } from '../troubleshoot/remedyKinds';
import type { PluginProblemId } from './checks';
import type { PluginProblem } from './loader/problem';
import { attributeNames, fieldTypes } from './schema/metaschema';
import { addPriorityAndVersion, addReturn, keepResponse, plainTable } from './sourceEdits/handler';
import { addSchemaName, daosToArray } from './sourceEdits/schema';
import { addParts, convertDefault, renameAttribute, renameType, wrapFields } from './sourceEdits/schemaFields';

/** What a fix is made from. */
interface About {
  plugin: string;
  /** The file that the problem is in. */
  source: LuaSource;
  /** Where it is, when that is known. */
  place: Place | undefined;
  version: KongVersion;
  /** The version that the rockspec gives the plugin. */
  rockVersion: string | undefined;
}

type MakeFixes = (about: About) => Fix[];

const remedy =
  (kind: RemedyKind, changes: (about: About) => FileChange[], safe = true): MakeFixes =>
  (about) => {
    const made = changes(about);
    return made.length === 0 ? [] : [{ title: REMEDY_TITLES[kind], changes: made, safe }];
  };

const atPlace =
  (fixes: (source: LuaSource, at: Place, version: KongVersion) => Fix[]): MakeFixes =>
  ({ source, place, version }) =>
    place?.source === source ? fixes(source, place, version) : [];

const returning = remedy('add-return', ({ source }) => addReturn(source));
const wrapping = atPlace(wrapFields);

const FIXES: Partial<Record<PluginProblemId, MakeFixes>> = {
  'handler-returned-nothing': returning,
  'schema-returned-nothing': returning,
  'daos-module-returned-nothing': returning,
  'handler-bad-priority': remedy('add-priority', ({ source, rockVersion }) => addPriorityAndVersion(source, rockVersion)),
  'handler-bad-version': remedy('add-version', ({ source, rockVersion }) => addPriorityAndVersion(source, rockVersion)),
  'base-plugin-removed': remedy('replace-base-plugin', ({ source, rockVersion }) => plainTable(source, rockVersion)),
  // What stood in a filter may be lost by it: somebody has to look.
  'handler-response-and-filter': remedy('move-filter-to-response', ({ source }) => keepResponse(source), false),
  'schema-missing-name': remedy('add-schema-name', ({ source, plugin }) => addSchemaName(source, plugin)),
  'daos-not-array': remedy('daos-to-array', ({ source }) => daosToArray(source)),
  'schema-unknown-attribute': atPlace((source, at, version) => renameAttribute(source, at, attributeNames(version))),
  'schema-field-unknown-type': atPlace((source, at, version) => renameType(source, at, fieldTypes(version))),
  'schema-missing-required-attribute': atPlace(addParts),
  'schema-default-invalid': atPlace(convertDefault),
  'schema-fields-shape': wrapping,
  'schema-field-entry-shape': wrapping,
};

/** The fixes of a problem that its file's text allows, the likeliest first; none where there is no one right answer. */
export function fixesOf(
  problem: PluginProblem,
  about: Omit<About, 'source' | 'place'> & { source: LuaSource | undefined },
): Fix[] {
  const { fixes, place } = problem;
  const source = place?.source ?? about.source;
  if (fixes !== undefined || source === undefined) return fixes ?? [];
  return FIXES[problem.id]?.({ ...about, source, place }) ?? [];
}
