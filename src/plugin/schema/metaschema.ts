// The schema that Kong validates a plugin's schema and daos with, by version: the facts of kong/db/schema/metaschema.lua, tags 1.2.3 to 3.9.3,
// as definitions of the kind that a plugin itself writes.
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { LuaTable, str, type LuaString } from '../../lua/values';

interface Rule {
  readonly [attribute: string]: RuleValue;
}
type RuleValue = boolean | number | string | LuaTable | Rule | readonly RuleValue[];

/** A named rule that holds from one minor version on, and up to another that no longer has it. */
type Named = readonly [name: string, rule: RuleValue, from?: string, gone?: string];

const STRINGS: Rule = { type: 'array', elements: { type: 'string' } };
const PATTERNS: Rule = {
  type: 'array',
  elements: { type: 'record', fields: [{ pattern: { type: 'string', required: true } }, { err: { type: 'string' } }] },
};
/** In Kong a library decides whether it is a JSON schema; here it is taken on trust. */
const JSON_SCHEMA: Rule = { type: 'any' };

const VALIDATORS: readonly Named[] = [
  ['between', { type: 'array', elements: { type: 'integer' }, len_eq: 2 }, '1.2', '3.4'],
  ['between', { type: 'array', elements: { type: 'number' }, len_eq: 2 }, '3.4'],
  ['eq', { type: 'any' }],
  ['ne', { type: 'any' }],
  ['gt', { type: 'number' }],
  ['len_eq', { type: 'integer' }],
  ['len_min', { type: 'integer' }],
  ['len_max', { type: 'integer' }],
  ['match', { type: 'string' }],
  ['not_match', { type: 'string' }],
  ['match_all', PATTERNS],
  ['match_none', PATTERNS],
  ['match_any', { type: 'record', fields: [{ patterns: { ...STRINGS, required: true } }, { err: { type: 'string' } }] }],
  ['starts_with', { type: 'string' }],
  ['one_of', { type: 'array', elements: { type: 'any' } }],
  ['not_one_of', { type: 'array', elements: { type: 'any' } }],
  ['contains', { type: 'any' }],
  ['is_regex', { type: 'boolean' }],
  ['timestamp', { type: 'boolean' }],
  ['uuid', { type: 'boolean' }],
  ['custom_validator', { type: 'function' }],
  ['mutually_exclusive_subsets', { type: 'array', elements: STRINGS }, '1.3'],
];

const ATTRIBUTES: readonly Named[] = [
  ['required', { type: 'boolean' }],
  ['reference', { type: 'string' }],
  ['description', { type: 'string', len_min: 10, len_max: 500 }, '3.4'],
  ['examples', { type: 'array', elements: { type: 'any' } }, '3.6'],
  ['auto', { type: 'boolean' }],
  ['unique', { type: 'boolean' }],
  ['unique_across_ws', { type: 'boolean' }, '2.1'],
  ['on_delete', { type: 'string', one_of: ['restrict', 'cascade', 'null'] }],
  ['default', { type: 'self' }],
  ['abstract', { type: 'boolean' }],
  ['generate_admin_api', { type: 'boolean' }],
  ['legacy', { type: 'boolean' }, '1.2', '3.0'],
  ['immutable', { type: 'boolean' }],
  ['err', { type: 'string' }, '1.3'],
  ['encrypted', { type: 'boolean' }, '2.7'],
  ['referenceable', { type: 'boolean' }, '2.8'],
  [
    'json_schema',
    {
      type: 'record',
      fields: [
        { namespace: { type: 'string', one_of: ['proxy-wasm-filters'] } },
        { parent_subschema_key: { type: 'string' } },
        { optional: { type: 'boolean' } },
        { inline: JSON_SCHEMA },
        { default: JSON_SCHEMA },
      ],
      entity_checks: [
        { at_least_one_of: ['inline', 'namespace', 'parent_subschema_key'] },
        { mutually_required: ['namespace', 'parent_subschema_key'] },
        { mutually_exclusive_sets: { set1: ['inline'], set2: ['namespace', 'parent_subschema_key', 'optional'] } },
      ],
    },
    '3.5',
  ],
  ['transient', { type: 'boolean' }, '3.8'],
  [
    'deprecation',
    {
      type: 'record',
      fields: [
        { message: { type: 'string', required: true } },
        { removal_in_version: { type: 'string', required: true } },
        { old_default: { type: 'any' } },
      ],
    },
    '3.7',
    '3.8',
  ],
  [
    'deprecation',
    {
      type: 'record',
      fields: [
        { message: { type: 'string', required: true } },
        { removal_in_version: { type: 'string', required: true } },
        { old_default: { type: 'any' } },
        {
          replaced_with: {
            type: 'array',
            elements: {
              type: 'record',
              fields: [
                { path: { type: 'array', len_min: 1, required: true, elements: { type: 'string' } } },
                { reverse_mapping_function: { type: 'function' } },
              ],
            },
          },
        },
      ],
    },
    '3.8',
  ],
];

const ENTITY_FIELDS: readonly Named[] = [
  ['primary_key', { ...STRINGS, required: true }],
  ['workspaceable', { type: 'boolean', nilable: true }, '2.1'],
  ['endpoint_key', { type: 'string', nilable: true }],
  ['cache_key', { ...STRINGS, nilable: true }],
  ['ttl', { type: 'boolean', nilable: true }],
  ['db_export', { type: 'boolean', nilable: true }, '1.3'],
  ['subschema_key', { type: 'string', nilable: true }],
  ['subschema_error', { type: 'string', nilable: true }],
  ['generate_admin_api', { type: 'boolean', nilable: true }],
  ['admin_api_name', { type: 'string', nilable: true }, '1.3'],
  ['table_name', { type: 'string', nilable: true }, '3.0'],
  ['admin_api_nested_name', { type: 'string', nilable: true }, '1.3'],
  ['legacy', { type: 'boolean', nilable: true }, '1.2', '3.0'],
  ['dao', { type: 'string', nilable: true }],
];

const ONE_KEY: Rule = { type: 'map', keys: { type: 'string' }, required: true, len_eq: 1 };

/** Types a field may have in that Kong. */
export function fieldTypes(version: KongVersion): string[] {
  const types = ['array', 'boolean', 'foreign', 'function', 'integer', 'map', 'number', 'record', 'set', 'string'];
  return isAtLeast(version, '3.5') ? [...types, 'json'].sort() : types;
}

/** The attributes that a field may have in that Kong, whatever its type. */
export function attributeNames(version: KongVersion): string[] {
  const parts = ['type', 'elements', 'keys', 'values', 'fields', 'entity_checks', 'shorthand_fields'];
  return [...parts, ...named(version, [...ATTRIBUTES, ...VALIDATORS]).flatMap((rule) => Object.keys(rule))];
}

/** What `schema.lua` and an entity of `daos.lua` must look like: two records, sharing their rules. */
export interface Metaschema {
  subschema: LuaTable;
  entity: LuaTable;
}

const made = new Map<string, Metaschema>();

/** The metaschema of that Kong. */
export function metaschemaOf(version: KongVersion): Metaschema {
  const key = `${version.major}.${version.minor}`;
  let metaschema = made.get(key);
  if (metaschema === undefined) made.set(key, (metaschema = makeMetaschema(version)));
  return metaschema;
}

function makeMetaschema(version: KongVersion): Metaschema {
  // Field rules contain themselves: a record's fields have rules of the same kind.
  const rules = new LuaTable();
  const own: Rule = { type: 'record', fields: rules };
  const uniqueness: RuleValue[] = isAtLeast(version, '2.2') ? [UNIQUE_ACROSS_WORKSPACES] : [];
  const fieldsArray: Rule = {
    type: 'array',
    elements: { ...ONE_KEY, values: { ...own, entity_checks: uniqueness } },
  };
  const checks = table({
    type: 'array',
    nilable: true,
    elements: {
      type: 'record',
      fields: entityChecks(version, rules),
      entity_checks: [{ only_one_of: [...entityChecks(version, rules).map((check) => Object.keys(check)[0] ?? '')].sort() }],
    },
  });
  const shorthands: Rule = { type: 'array', nilable: true, elements: { ...ONE_KEY, values: { type: 'function' } } };
  const shorthandRules = new LuaTable();
  const shorthandFields = table({
    type: 'array',
    nilable: true,
    elements: { ...ONE_KEY, values: { type: 'record', fields: shorthandRules, entity_checks: uniqueness } },
  });
  const type: Rule = { type: { type: 'string', one_of: fieldTypes(version), required: true } };
  const attributes = named(version, [
    ...ATTRIBUTES,
    ...VALIDATORS,
    ['elements', own],
    ['keys', own],
    ['values', own],
    ['fields', fieldsArray],
    ['entity_checks', checks],
    ['shorthands', shorthands, '2.1', '3.0'],
    ['shorthand_fields', shorthandFields, '2.2'],
  ]);
  fill(rules, [type, ...attributes]);
  const simple = fieldTypes(version).filter((name) => !['record', 'foreign', 'function'].includes(name));
  fill(shorthandRules, [
    { type: { type: 'string', one_of: simple, required: true } },
    ...attributes,
    { func: { type: 'function', required: true } },
    ...named(version, [
      ['translate_backwards', STRINGS, '3.6', '3.9'],
      ['translate_backwards', STRINGS, '3.10'],
    ]),
  ]);
  const parts = named(version, [
    ['fields', fieldsArray],
    ['entity_checks', checks],
    ['shorthands', shorthands, '1.2', '3.0'],
    ['shorthand_fields', shorthandFields, '2.2'],
    ['check', { type: 'function', nilable: true }],
  ]);
  const name: Rule = { name: { type: 'string', required: true } };
  return {
    subschema: table({ fields: [name, ...parts, ...named(version, [['transformations', transformations(version), '2.7']])] }),
    entity: table({
      fields: [
        name,
        ...named(version, ENTITY_FIELDS),
        ...parts,
        ...named(version, [['transformations', transformations(version), '1.4']]),
      ],
    }),
  };
}

const UNIQUE_ACROSS_WORKSPACES: Rule = {
  conditional: {
    if_field: 'unique_across_ws',
    if_match: { eq: true },
    then_field: 'unique',
    then_match: { eq: true, required: true },
  },
};

function entityChecks(version: KongVersion, rules: LuaTable): Rule[] {
  const part: Rule = { type: 'record', fields: rules };
  const match: Rule = {
    type: 'record',
    fields: [
      { required: { type: 'boolean' } },
      { elements: part },
      { keys: part },
      { values: part },
      ...named(version, VALIDATORS),
    ],
  };
  const text: Rule = { type: 'string' };
  const checks: readonly Named[] = [
    ['at_least_one_of', STRINGS],
    [
      'conditional_at_least_one_of',
      {
        type: 'record',
        fields: [
          { if_field: text },
          { if_match: match },
          { then_at_least_one_of: STRINGS },
          { then_err: text },
          { else_match: match },
          { else_then_at_least_one_of: STRINGS },
          { else_then_err: text },
        ],
      },
    ],
    ['only_one_of', STRINGS],
    ['distinct', STRINGS],
    [
      'conditional',
      {
        type: 'record',
        fields: [{ if_field: text }, { if_match: match }, { then_field: text }, { then_match: match }, { then_err: text }],
      },
    ],
    [
      'custom_entity_check',
      {
        type: 'record',
        fields: [
          { field_sources: STRINGS },
          { fn: { type: 'function' } },
          ...named(version, [
            ['run_with_missing_fields', { type: 'boolean' }, '3.2'],
            ['run_with_invalid_fields', { type: 'boolean' }, '3.4'],
          ]),
        ],
      },
    ],
    ['mutually_required', STRINGS],
    ['mutually_exclusive', STRINGS, '2.6'],
    ['mutually_exclusive_sets', { type: 'record', fields: [{ set1: STRINGS }, { set2: STRINGS }] }],
  ];
  return named(version, checks);
}

function transformations(version: KongVersion): Rule {
  const readable = isAtLeast(version, '2.0');
  return {
    type: 'array',
    nilable: true,
    elements: {
      type: 'record',
      fields: [
        { input: { ...STRINGS, required: !isAtLeast(version, '3.1') } },
        { needs: STRINGS },
        { on_write: { type: 'function', required: !readable } },
        ...(readable ? [{ on_read: { type: 'function' } }] : []),
      ],
      entity_checks: readable ? [{ at_least_one_of: ['on_write', 'on_read'] }] : [],
    },
  };
}

function named(version: KongVersion, rules: readonly Named[]): Rule[] {
  return rules
    .filter(([, , from = '1.2', gone]) => isAtLeast(version, from) && (gone === undefined || !isAtLeast(version, gone)))
    .map(([name, rule]) => ({ [name]: rule }));
}

function table(rule: Rule): LuaTable {
  const made = new LuaTable();
  for (const [name, value] of Object.entries(rule)) made.set(name, lua(value));
  return made;
}

function fill(list: LuaTable, rules: readonly RuleValue[]): LuaTable {
  rules.forEach((rule, i) => list.set(i + 1, lua(rule)));
  return list;
}

function lua(value: RuleValue): LuaTable | LuaString | boolean | number {
  if (typeof value === 'string') return str(value);
  if (typeof value === 'boolean' || typeof value === 'number' || value instanceof LuaTable) return value;
  return isList(value) ? fill(new LuaTable(), value) : table(value);
}

function isList(value: RuleValue): value is readonly RuleValue[] {
  return Array.isArray(value);
}
