// The declarative file of a node without a database: whether it can be read, what it names, and what plugins take of it.
// Sources: kong/db/declarative/init.lua, kong/db/schema/others/declarative_config.lua, libyaml.
import { LINKS, type EntryTable } from './entry';

/** What libyaml says (scanner.c, parser.c), and what people did. */
const YAML: readonly [said: string, means: string][] = [
  [
    'found character that cannot start any token',
    'a character that cannot stand there, mostly a tab: YAML is indented with spaces.',
  ],
  ['found a tab character that violates indentation', 'a tab: YAML is indented with spaces.'],
  ['did not find expected key', 'the indentation fits nothing around it, or a quote or bracket was not closed.'],
  ["did not find expected '-' indicator", 'an item of a list has another indentation than its neighbours.'],
  ["could not find expected ':'", 'a key without a colon and a blank behind it, or a quote that was not closed.'],
  [
    'mapping values are not allowed in this context',
    'a colon where none can stand: a wrong indentation, or a text with ": " that lacks quotes.',
  ],
  [
    'block sequence entries are not allowed in this context',
    'a list begins where none can stand, mostly behind a key in the same line.',
  ],
  ['found unexpected end of stream', 'a quote was not closed.'],
  ['found unknown escape character', 'a backslash inside of double quotes: take single quotes.'],
  ['found undefined alias', 'an *alias that no &anchor declares, or a text that begins with * and lacks quotes.'],
  ['{error}', 'that is no YAML: {error}.'],
];

export const DECLARATIVE = {
  'declarative-config-invalid': {
    title: 'The declarative configuration is refused because of a plugin',
    stage: 'start',
    weight: 'stop',
    messages: [
      {
        text: '^{key}plugins.{n}.config.{field}: {error}',
        in: 'declarative',
        versions: '1.1 and later',
        means:
          'Entry {n} of plugins in the file gives its field {field} what the schema of that plugin does not take: {error}. Kong does not name the plugin: count the entries, from 1.',
      },
      { text: '^{key}plugins.{error}', in: 'declarative', versions: '1.1 and later' },
      { text: '^{key}config{.|: }{error}', in: 'declarative', versions: '1.1 and later' },
    ],
    cause: 'The config of a plugin in the file breaks the schema of that plugin: {error}. Entries count from 1.',
    steps: [
      'Correct the field at the path that is shown.',
      'Check before: kong config parse FILE, with the same plugins setting.',
    ],
    related: ['admin-api-plugin-not-enabled', 'admin-api-schema-violation', 'plugin-in-use-not-enabled'],
    link: LINKS.dbless,
  },
  'declarative-config-references': {
    title: 'Names in the declarative file do not fit together',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: "invalid reference '{value}' (no such entry in '{entity}')", in: 'declarative', versions: '1.1 and later' },
      {
        text: "uniqueness violation: '{entity}' entity with {value} already declared",
        in: 'declarative',
        versions: '3.4 and later',
      },
    ],
    cause:
      'An entry names something of {entity} that the file does not declare, or declares it twice (also two instances of one plugin on the same object).',
    steps: ['Declare it, correct the name, or nest the plugin under its service or route.'],
    related: ['declarative-config-invalid'],
    link: LINKS.dbless,
  },
  'declarative-config-unparseable': {
    title: 'The declarative file cannot be read',
    stage: 'start',
    weight: 'stop',
    messages: [
      ...YAML.map(([said, means]) => ({
        text: `failed parsing declarative configuration: {row}:{column}: ${said}`,
        in: 'declarative' as const,
        versions: '1.1 and later: libyaml',
        means: `Line {row}, column {column} of the declarative file: ${means} The line before may be the one that is wrong.`,
      })),
      { text: 'failed parsing declarative configuration: {error}', in: 'declarative', versions: '1.1 and later' },
      { text: 'unknown file type: {name} (Accepted types: {list})', in: 'declarative', versions: '2.3 and later' },
      { text: 'unknown file type: {name}', in: 'declarative' },
      { text: '^{key}_format_version: {error}', in: 'declarative', versions: '1.1 and later', fixes: ['set-format-version'] },
      { text: ': No such file or directory', in: 'declarative', versions: 'all' },
      { text: '^{field}: {error}', in: 'declarative', weak: true },
      { text: 'failed parsing declarative configuration: {error}', versions: '1.1 and later' },
      { text: 'unknown file type: {name} (Accepted types: {list})', versions: '2.3 and later' },
      { text: '^{error}', in: 'declarative', weak: true },
    ],
    cause:
      'The file is not there, is no YAML or JSON, has no _format_version or one that is too new, or has a key that this Kong does not know: {error}.',
    steps: [
      'Check the path inside the container.',
      { kong: '>=3.0', text: 'Set _format_version: "3.0".' },
      { kong: '>=2.0 <3.0', text: 'Set _format_version: "2.1".' },
      { kong: '<2.0', text: 'Set _format_version: "1.1".' },
      'Remove keys of decK (_plugin_configs, _info) and misspelt ones.',
    ],
    related: ['declarative-config-invalid'],
    link: LINKS.dbless,
  },
} satisfies EntryTable;
