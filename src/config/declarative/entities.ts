// What Kong would refuse in the entities of a declarative configuration: each by its schema, then references and doubles (flatten and
// validate_references of kong/db/schema/others/declarative_config.lua, tags 2.8.5 and 3.9.1).
import { createMachine } from '../../lua/evaluate';
import { LuaTable } from '../../lua/values';
import { ErrorTree, leaves } from '../../plugin/schema/errorTree';
import { fieldsOf, validateEntity } from '../../plugin/schema/validator';
import { CannotValidate, type Validation } from '../../plugin/schema/validation';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { entitySchemas, type EntitySchema } from '../entitySchemas';
import { completeRecord } from '../fill';
import type { Schemas } from '../findSchema';
import { luaOf, type Json } from '../luaTables';
import { validatePlugin } from '../validate';
import type { Step } from './yamlText';

/** The kinds of things wrong with a configuration. */
export type ProblemKind =
  'unknown-plugin' | 'unknown-field' | 'invalid' | 'reference' | 'duplicate' | 'format-version' | 'unknown-schema';

/** One thing wrong, where it is. */
export interface ConfigProblem {
  kind: ProblemKind;
  message: string;
  path: readonly Step[];
  /** The plugin whose schema it is by. */
  plugin?: string | undefined;
}

type JsonObject = Readonly<Record<string, Json>>;

/** An entity that was seen, for references and doubles. */
interface Seen {
  entity: string;
  item: JsonObject;
  path: readonly Step[];
  parent: string | undefined;
}

/** What a plugin can be applied to: the field, and the list that it refers to. */
export const PLUGIN_REFERENCES: ReadonlyMap<string, string> = new Map([
  ['route', 'routes'],
  ['service', 'services'],
  ['consumer', 'consumers'],
]);

/** What is wrong with one entity by its schema; the path is one below it. */
type Judged = readonly Pick<ConfigProblem, 'kind' | 'message' | 'path'>[];

/** What was found out about entities, kept from one check of a file to the next: most of a file stays as it is while it is being written. */
export class KnownItems {
  #before = new Map<string, { by: object; judged: Judged }>();
  #now = new Map<string, { by: object; judged: Judged }>();

  /** Another check begins: what the last one did not meet is forgotten. */
  begin(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** What is wrong with an entity by a schema. */
  of(entity: string, item: Json, by: object, judge: () => Judged): Judged {
    const key = `${entity} ${JSON.stringify(item)}`;
    const known = this.#now.get(key) ?? this.#before.get(key);
    const judged = known?.by === by ? known.judged : judge();
    this.#now.set(key, { by, judged });
    return judged;
  }
}

/** Whether a list of that name may stand in an entity: what is in it refers to that. */
export function isChildList(name: string, parent: string, entities: ReadonlyMap<string, EntitySchema>): boolean {
  const references = name === 'plugins' ? PLUGIN_REFERENCES : entities.get(name)?.references;
  return references !== undefined && [...references.values()].includes(parent);
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks lists of entities, nested ones too. */
export class EntityChecker {
  readonly problems: ConfigProblem[] = [];
  readonly #seen: Seen[] = [];
  readonly #machine = createMachine();
  readonly #definitions = new Map<string, LuaTable>();
  readonly #entities: ReadonlyMap<string, EntitySchema>;

  constructor(
    readonly schemas: Schemas,
    /** Whether the file is one of decK, which knows groups of consumers and names of references. */
    readonly isDeck: boolean,
    readonly known = new KnownItems(),
  ) {
    known.begin();
    this.#entities = entitySchemas(schemas.version);
  }

  get version(): KongVersion {
    return this.schemas.version;
  }

  /** Whether a list of that name may stand at the top. */
  knows(name: string): boolean {
    return name === 'plugins' || this.#entities.has(name);
  }

  /** Checks one list; `parent` is the entity it stands in. */
  async list(entity: string, list: Json, path: readonly Step[], parent?: Seen): Promise<void> {
    if (list === null) return;
    // An empty table of Lua is a list as well.
    if (isObject(list) && Object.keys(list).length === 0) return;
    if (!Array.isArray(list)) {
      this.#add('invalid', 'expected an array', path);
      return;
    }
    for (const [i, item] of (list as readonly Json[]).entries()) {
      const at = [...path, i];
      if (!isObject(item)) this.#add('invalid', item === null ? 'required field missing' : 'expected a record', at);
      else await this.#item(entity, item, at, parent);
    }
  }

  #add(kind: ProblemKind, message: string, path: readonly Step[], plugin?: string): void {
    this.problems.push({ kind, message, path, plugin });
  }

  async #item(entity: string, whole: JsonObject, path: readonly Step[], parent: Seen | undefined): Promise<void> {
    const own: Record<string, Json> = {};
    const inner: [string, Json][] = [];
    for (const [name, value] of Object.entries(whole)) {
      if (isChildList(name, entity, this.#entities)) inner.push([name, value]);
      else if (name !== '_comment' && name !== '_ignore') own[name] = value;
    }
    const seen: Seen = { entity, item: own, path, parent: parent === undefined ? undefined : JSON.stringify(parent.path) };
    this.#seen.push(seen);
    if (entity === 'plugins') await this.#plugin(own, path);
    else this.#entity(entity, own, path, parent);
    for (const [name, list] of inner) await this.list(name, list, [...path, name], seen);
  }

  async #plugin(item: JsonObject, path: readonly Step[]): Promise<void> {
    const { name } = item;
    if (typeof name !== 'string') {
      this.#add('invalid', name === undefined || name === null ? 'required field missing' : 'expected a string', [
        ...path,
        'name',
      ]);
      return;
    }
    const outcome = await this.schemas.find(name);
    if (outcome === undefined) {
      this.#add(
        'unknown-plugin',
        `plugin '${name}' not enabled; add it to the 'plugins' configuration property`,
        [...path, 'name'],
        name,
      );
      return;
    }
    if (outcome.schema === undefined) {
      const message = `The configuration of ${name} cannot be checked: ${outcome.reason}`;
      this.problems.push({ kind: 'unknown-schema', message, path: [...path, 'name'], plugin: name });
      return;
    }
    const { schema } = outcome;
    const judged = this.known.of(this.isDeck ? 'plugins of decK' : 'plugins', item, schema, () => {
      const { errors, verdict, message } = validatePlugin(schema, this.isDeck ? withoutDeck(item) : item);
      const found = errors.map((error) => schemaError(error.path, error.message));
      return verdict === 'fails' ? [...found, { kind: 'invalid', message, path: ['config'] }] : found;
    });
    for (const { kind, message, path: at } of judged) this.#add(kind, message, [...path, ...at], name);
  }

  /** An entity that is no plugin. What refers to others is looked at afterwards. */
  #entity(entity: string, item: JsonObject, path: readonly Step[], parent: Seen | undefined): void {
    const schema = this.#entities.get(entity);
    if (schema === undefined) return;
    const given: Record<string, Json> = {};
    for (const [name, value] of Object.entries(item)) if (!schema.references.has(name)) given[name] = value;
    for (const [name, reference] of schema.references) {
      const isParent = parent?.entity === reference;
      const value = item[name];
      const isMissing = value === undefined || value === null;
      if (isMissing && !isParent && fieldsOf(schema.definition).get(name)?.get('required') === true)
        this.#add('invalid', 'required field missing', [...path, name]);
    }
    const judged = this.known.of(entity, given, schema, () => this.#judge(this.#definitionFor(schema, item), given));
    for (const { kind, message, path: at } of judged) this.#add(kind, message, [...path, ...at]);
  }

  #judge(definition: LuaTable, given: JsonObject): Judged {
    this.#machine.renew();
    const on: Validation = { version: this.version, machine: this.#machine, assume: () => undefined };
    on.complete = (record, value) => completeRecord(record, value, on);
    const value = luaOf(given);
    if (!(value instanceof LuaTable)) return [];
    try {
      const filled = completeRecord(definition, value, on);
      const errors = filled instanceof ErrorTree ? filled : validateEntity(definition, filled, undefined, on);
      return leaves(errors).map(({ path, leaf }) => schemaError(path, leaf.message));
    } catch (error) {
      if (!(error instanceof CannotValidate)) throw error;
      return [{ kind: 'invalid', message: 'Kong fails on this entity.', path: [] }];
    }
  }

  #definitionFor(schema: EntitySchema, item: JsonObject): LuaTable {
    const key = `${schema.name} ${schema.variants === undefined ? '' : JSON.stringify(item[schema.variants.field])}`;
    const known = this.#definitions.get(key) ?? withoutReferences(schema, item);
    this.#definitions.set(key, known);
    return known;
  }

  /** What only the whole file shows: references that lead nowhere, and entities that are there twice. */
  finish(): void {
    const ids = new Set<string>();
    for (const seen of this.#seen) this.#addKeys(seen, ids);
    for (const { entity, item, path } of this.#seen) {
      const references = entity === 'plugins' ? PLUGIN_REFERENCES : this.#entities.get(entity)?.references;
      for (const [name, reference] of references ?? []) {
        const value = item[name];
        if (value === undefined || value === null) continue;
        const key = isObject(value) ? (value['id'] ?? (this.isDeck ? value['name'] : undefined)) : value;
        if (typeof key === 'string' && ids.has(`${reference} ${key}`)) continue;
        const said = typeof value === 'string' ? value : JSON.stringify(value);
        this.#add('reference', `invalid reference '${name}: ${said}' (no such entry in '${reference}')`, [...path, name]);
      }
    }
  }

  #addKeys(seen: Seen, ids: Set<string>): void {
    const { entity, item, path } = seen;
    const endpoint =
      entity === 'plugins'
        ? isAtLeast(this.version, '3.2')
          ? 'instance_name'
          : undefined
        : this.#entities.get(entity)?.endpointKey;
    const isUnique = entity === 'plugins' || isUniqueField(this.#entities.get(entity), endpoint);
    const keys: [string, string, Json | undefined][] = [['primary key', 'id', item['id']]];
    if (endpoint !== undefined && isUnique) keys.push([endpoint, endpoint, item[endpoint]]);
    for (const [words, field, value] of keys) {
      if (typeof value !== 'string') continue;
      const key = `${entity} ${value}`;
      if (ids.has(key))
        this.#add('duplicate', `uniqueness violation: '${entity}' entity with ${words} set to '${value}' already declared`, [
          ...path,
          field,
        ]);
      else ids.add(key);
    }
    if (entity === 'plugins' && item['id'] === undefined && typeof item['name'] === 'string')
      this.#addUse(seen, item['name'], ids);
  }

  /** A plugin is used once in each place. */
  #addUse({ item, path, parent }: Seen, name: string, ids: Set<string>): void {
    const scope = [...PLUGIN_REFERENCES.keys()].map((field) => item[field] ?? null);
    const key = `use ${JSON.stringify([name, scope, parent])}`;
    if (ids.has(key))
      this.#add(
        'duplicate',
        `uniqueness violation: 'plugins' entity "${name}" is declared twice in the same place`,
        [...path, 'name'],
        name,
      );
    else ids.add(key);
  }
}

/** An error of a schema, whose places in lists count from 1. */
function schemaError(at: readonly (string | number)[], message: string): Judged[number] {
  const path =
    at[0] === '@entity'
      ? []
      : at.filter((step) => step !== '@entity').map((step) => (typeof step === 'number' ? step - 1 : step));
  return { kind: message === 'unknown field' ? 'unknown-field' : 'invalid', message, path };
}

function isUniqueField(schema: EntitySchema | undefined, field: string | undefined): boolean {
  return schema !== undefined && field !== undefined && fieldsOf(schema.definition).get(field)?.get('unique') === true;
}

/** A definition without the fields that refer to others, as its variant for this value has it. */
function withoutReferences(schema: EntitySchema, item: JsonObject): LuaTable {
  const { definition, references, variants } = schema;
  const special = variants === undefined ? undefined : variantOf(item[variants.field] ?? ['http', 'https'], variants.byValue);
  const specialised = special === undefined ? new Map<string, LuaTable>() : fieldsOf(special);
  const fields = new LuaTable();
  for (const [name, field] of fieldsOf(definition)) {
    if (!references.has(name)) fields.set(fields.fields.size + 1, new LuaTable().set(name, specialised.get(name) ?? field));
  }
  if (definition.get('ttl') === true)
    fields.set(fields.fields.size + 1, new LuaTable().set('ttl', new LuaTable().set('type', luaOf('any'))));
  const copy = new LuaTable();
  for (const [key, entry] of definition.fields) copy.fields.set(key, entry);
  const checks = new LuaTable();
  for (const source of [definition, special]) {
    const list = source?.get('entity_checks');
    for (const { value } of list instanceof LuaTable ? list.list() : []) checks.set(checks.fields.size + 1, value);
  }
  return copy.set('fields', fields).set('entity_checks', checks);
}

function variantOf(value: Json, byValue: ReadonlyMap<string, LuaTable>): LuaTable | undefined {
  const keys = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return keys.map((key) => (typeof key === 'string' ? byValue.get(key) : undefined)).find((found) => found !== undefined);
}

/** An entry of decK without what only decK reads. */
function withoutDeck(item: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => !['_config', 'consumer_group', 'ordering', 'partials'].includes(name)),
  );
}
