// The names of the mechanical remedies: the catalogue says which fit a problem, the lifecycle and the editor carry them out.

/** Every remedy, with what its button says. */
export const REMEDY_TITLES = {
  install: 'Install the plugin on this node',
  reinstall: 'Install the plugin again, replacing its files',
  'enable-on-node': 'Enable the plugin on this node',
  'disable-on-node': 'Disable the plugin on this node',
  'repair-lua-package-path': 'Repair lua_package_path',
  'repair-plugins-setting': 'Repair the plugins setting',
  'correct-setting': 'Give the setting a value that Kong takes',
  'use-plugin-name': 'Use the name of the plugin instead of the rock',
  'write-schema': 'Write a schema.lua from what the handler reads',
  'list-modules-in-rockspec': "List every Lua file in the rockspec's build.modules",
  'add-rock-dependency': 'Add the missing rock to the rockspec and install it',
  'add-return': 'Return the table at the end of the file',
  'add-priority': 'Add PRIORITY to the handler',
  'add-version': 'Add VERSION to the handler',
  'replace-base-plugin': 'Turn the BasePlugin class into a plain table',
  'move-filter-to-response': 'Keep response and drop header_filter and body_filter',
  'add-schema-name': 'Add name to the schema',
  'mend-schema': 'Mend the schema in the workspace',
  'daos-to-array': 'Return the entities as an array',
  'make-readable': 'Make the files readable for Kong',
  'run-migrations-bootstrap': 'Run kong migrations bootstrap',
  'run-migrations-up': 'Run kong migrations up',
  'run-migrations-finish': 'Run kong migrations finish',
  'change-port': 'Choose a free port',
  'remove-in-use-entities': 'Export and remove the entities that use the plugin',
  'remove-stale-lmdb': 'Remove the persisted configuration',
  'remove-pid-file': 'Remove the stale pid file',
  'own-prefix': 'Give the prefix back to the user of Kong',
  'set-format-version': 'Set _format_version',
  reload: 'Reload this node',
  restart: 'Restart this node',
} as const;

export type RemedyKind = keyof typeof REMEDY_TITLES;
