// Entity checks in the words of JSON Schema: which fields go together, and what one asks of another.
import { LuaTable, type Value } from '../../lua/values';
import { definitionAt } from '../../plugin/schema/entityChecks';
import { stringOf } from '../../plugin/schema/validation';
import { jsonOf } from '../luaTables';

/** A JSON Schema in the making. */
export type Schema = Record<string, unknown>;

/** The schema of a value that fits a part of a check, on top of the field's own definition. */
export type MatchSchema = (match: Value, base: LuaTable | undefined) => Schema;

/** What the checks of a record come to: schemas of its value, and sentences for what no schema can say. */
export interface AcrossFields {
  schemas: Schema[];
  notes: string[];
}

const strings = (value: Value): string[] =>
  value instanceof LuaTable ? value.list().flatMap((entry) => stringOf(entry.value) ?? []) : [];

/**
 * The entity checks of `record` about fields below `prefix` (`config`, or nothing for a record's own), as schemas of what stands there.
 * `config` is the definition there.
 */
export function acrossFields(
  record: LuaTable,
  config: LuaTable | undefined,
  prefix: string,
  matchSchema: MatchSchema,
): AcrossFields {
  const found: AcrossFields = { schemas: [], notes: [] };
  const checks = record.get('entity_checks');
  for (const { value: check } of checks instanceof LuaTable ? checks.list() : []) {
    const [entry] = check instanceof LuaTable ? check.fields.values() : [];
    const kind = entry?.keyString?.text;
    if (kind === undefined || !(entry?.value instanceof LuaTable)) continue;
    const fields = new Fields(config, prefix);
    const schema = schemaOf(kind, entry.value, fields, matchSchema);
    if (schema !== undefined && !fields.isForeign) found.schemas.push(schema);
    else found.notes.push(`Also checked: ${kind} ${JSON.stringify(jsonOf(entry.value))}.`);
  }
  return found;
}

/** The fields a check names, as schemas of the record that holds them. */
class Fields {
  /** Whether the check names a field that is not below the prefix. */
  isForeign = false;

  constructor(
    readonly config: LuaTable | undefined,
    readonly prefix: string,
  ) {}

  path(name: string): string[] {
    const path = name.split('.');
    if (this.prefix === '') return path;
    if (path[0] !== this.prefix || path.length < 2) this.isForeign = true;
    return path.slice(1);
  }

  definition(name: string): LuaTable | undefined {
    return this.config === undefined ? undefined : definitionAt(this.config, this.path(name).join('.'));
  }

  /** A record in which a field has a value that fits; one that is missing does when its default does, here `true`. */
  at(name: string, schema: Schema): Schema {
    const hasPreset = this.definition(name)?.get('default') !== undefined;
    return this.path(name).reduceRight<Schema>(
      (inner, key) => ({ ...(hasPreset ? {} : { required: [key] }), properties: { [key]: inner } }),
      schema,
    );
  }

  given(name: string): Schema {
    return this.at(name, { not: { enum: [null, '', [], {}] } });
  }
}

function schemaOf(kind: string, argument: LuaTable, fields: Fields, matchSchema: MatchSchema): Schema | undefined {
  const given = (value: Value): Schema[] => strings(value).map((name) => fields.given(name));
  switch (kind) {
    case 'at_least_one_of':
      return { anyOf: given(argument) };
    case 'only_one_of':
      return { oneOf: given(argument) };
    case 'mutually_exclusive':
      return { anyOf: [{ oneOf: given(argument) }, { not: { anyOf: given(argument) } }] };
    case 'mutually_required':
      return { anyOf: [{ allOf: given(argument) }, { not: { anyOf: given(argument) } }] };
    case 'mutually_exclusive_sets':
      return { not: { allOf: ['set1', 'set2'].map((set) => ({ anyOf: given(argument.get(set)) })) } };
    case 'conditional':
      return { if: matching('if', argument, fields, matchSchema), then: matching('then', argument, fields, matchSchema) };
    case 'conditional_at_least_one_of': {
      const wanted = {
        if: matching('if', argument, fields, matchSchema),
        then: { anyOf: given(argument.get('then_at_least_one_of')) },
      };
      return argument.get('else_match') === undefined ? wanted : undefined;
    }
    default:
      return undefined;
  }
}

function matching(part: 'if' | 'then', argument: LuaTable, fields: Fields, matchSchema: MatchSchema): Schema {
  const name = stringOf(argument.get(`${part}_field`)) ?? '';
  const match = argument.get(`${part}_match`);
  const schema = matchSchema(match, fields.definition(name));
  const isNeeded = match instanceof LuaTable && (part === 'if' || match.get('required') === true);
  if (isNeeded) return fields.at(name, schema);
  return fields.path(name).reduceRight<Schema>((inner, key) => ({ properties: { [key]: inner } }), schema);
}
