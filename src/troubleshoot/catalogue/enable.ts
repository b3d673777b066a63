// The plugins setting, its neighbours, and what reloads and removals leave behind: often the loaded plugin is not the one meant.
// Sources: kong/conf_loader/*.lua, kong/cmd/reload.lua, kong/cmd/utils/prefix_handler.lua, the docker entry point.
import { LINKS, type EntryTable } from './entry';

export const ENABLE = {
  'plugin-name-is-not-rock-name': {
    title: 'plugins names the rock where the plugin is meant: {plugin}',
    stage: 'enable',
    weight: 'stop',
    messages: [
      {
        text: '{plugin} plugin is enabled but not installed',
        sign: true,
        versions: 'all: with a name such as kong-plugin-<name>',
      },
    ],
    cause:
      'The name of a plugin is the folder below kong/plugins/; the rock is mostly called kong-plugin-NAME. {plugin} looks like a rock.',
    steps: [
      'Look in build.modules of the rockspec for kong.plugins.NAME.handler.',
      'Put that NAME into plugins, Admin API calls and declarative files.',
    ],
    fixes: ['use-plugin-name', 'install'],
    related: ['plugin-enabled-not-installed'],
    alternatives: [
      {
        id: 'plugin-enabled-not-installed',
        check:
          'If a folder kong/plugins/{plugin} exists in the project, the name is right and the files are missing on the node.',
      },
    ],
    link: LINKS.install,
  },
  'custom-plugins-setting-ignored': {
    title: 'custom_plugins has no effect any more',
    stage: 'enable',
    weight: 'note',
    messages: [
      {
        text: "the 'custom_plugins' configuration property is deprecated, use 'plugins' instead",
        versions: '0.14 and 0.15; later silence',
      },
    ],
    cause:
      'The setting was renamed to plugins in 0.14; from 1.0 on custom_plugins and KONG_CUSTOM_PLUGINS are ignored without a word.',
    steps: ['Set plugins = bundled,{plugin} or KONG_PLUGINS=bundled,{plugin}, and remove the old line.'],
    fixes: ['enable-on-node'],
    related: ['conf-unknown-setting-ignored'],
    link: LINKS.configuration,
  },
  'conf-unknown-setting-ignored': {
    title: 'A misspelt setting is ignored without a word',
    stage: 'enable',
    weight: 'note',
    messages: [{ text: '(Kong prints nothing)', sign: true }],
    cause:
      'Kong knows only the settings of its defaults, besides nginx_*, pluginserver_* and vault_*; others are dropped, in kong.conf and in the environment alike.',
    steps: ['kong start --vv prints every setting that is in force: look for plugins = {…}.', 'Correct the name.'],
    related: ['plugins-setting-overridden'],
    link: LINKS.configuration,
  },
  'kong-conf-not-read': {
    title: 'The edited file is not the one Kong reads',
    stage: 'enable',
    weight: 'note',
    messages: [
      {
        text: 'no config file found at {path}',
        sign: true,
        versions: 'all, with --v: normal when everything comes from the environment',
      },
    ],
    cause: 'Without -c Kong reads /etc/kong/kong.conf, then /etc/kong.conf, never kong.conf.default.',
    steps: ['Copy kong.conf.default to /etc/kong/kong.conf and edit that, or pass -c.', 'In containers prefer KONG_* variables.'],
    related: ['plugins-setting-overridden'],
    link: LINKS.configuration,
  },
  'plugins-setting-overridden': {
    title: 'An environment variable beats kong.conf',
    stage: 'enable',
    weight: 'note',
    messages: [{ text: 'KONG_PLUGINS ENV found with "{value}"', sign: true, versions: 'all, with --vv' }],
    cause:
      'Arguments beat KONG_* variables, these beat the file, and the file beats the defaults. A container made with KONG_PLUGINS hides the line plugins of its kong.conf.',
    steps: [
      'See it: docker exec CONTAINER env | grep KONG_PLUGINS.',
      'Change it where the container is made, or for one command: docker exec -e KONG_PLUGINS=bundled,{plugin} CONTAINER kong reload.',
    ],
    related: ['reload-keeps-old-settings'],
    link: LINKS.configuration,
  },
  'plugins-setting-malformed': {
    title: 'The plugins setting has quotes, blanks, a word for yes or no, or an empty entry: {plugin}',
    stage: 'enable',
    weight: 'stop',
    messages: [
      {
        text: "error loading plugin schemas: on plugin '{plugin}': {plugin} plugin is enabled but not installed",
        sign: true,
        versions: '1.1 and later: with a name such as "bundled',
      },
      { text: '^plugin is enabled but not installed', in: 'load', versions: 'an empty entry' },
    ],
    cause:
      'plugins is split at commas and nothing else: quotes stay part of the name, a blank does not separate, and an empty entry is a plugin without a name. A value such as off without quotes in YAML is the word false by then.',
    steps: [
      'Write plugins = bundled,myplugin: no quotes, commas between the names, none at the end. No plugin at all is plugins = off, in YAML "off".',
      'In a docker --env-file and in YAML lists quotes are kept, too.',
    ],
    fixes: ['repair-plugins-setting'],
    related: ['plugin-enabled-not-installed'],
    link: LINKS.configuration,
  },
  'plugins-without-bundled': {
    title: 'The bundled plugins are gone since plugins was set',
    stage: 'enable',
    weight: 'stop',
    messages: [{ text: '{plugin} plugin is in use but not enabled', sign: true, versions: 'all: of a bundled plugin' }],
    cause:
      'plugins replaces the whole list. plugins = myplugin loads no bundled plugin, and any of them that is in use stops the start.',
    steps: ['Write plugins = bundled,myplugin.'],
    fixes: ['repair-plugins-setting'],
    related: ['plugin-in-use-not-enabled'],
    link: LINKS.configuration,
  },
  'enterprise-only-plugin': {
    title: '{plugin} is a plugin of Kong Enterprise',
    stage: 'enable',
    weight: 'stop',
    messages: [{ text: '{plugin} plugin is enabled but not installed', sign: true, versions: 'all: of an Enterprise plugin' }],
    cause: 'The open-source packages do not contain {plugin}.',
    steps: [
      'Use the image kong/kong-gateway with a licence.',
      'Or a community plugin under its own name, or take {plugin} out of plugins.',
    ],
    fixes: ['disable-on-node'],
    related: ['plugin-enabled-not-installed'],
    alternatives: [
      {
        id: 'plugin-enabled-not-installed',
        check: 'On an Enterprise image, or for a plugin of your own with that name, the files are missing on the node.',
      },
    ],
    link: 'https://developer.konghq.com/plugins/',
  },
  'plugin-name-clash': {
    title: 'A custom plugin has the name of a bundled one',
    stage: 'enable',
    weight: 'note',
    messages: [
      { text: '(Kong prints nothing when it loads; later the schema of the other plugin refuses the config)', sign: true },
    ],
    cause:
      'Both are kong.plugins.NAME.handler; the one that the search path meets first wins, and LuaRocks writes both to the same files.',
    steps: [
      'Give plugins of your own a prefix: acme-NAME.',
      'Before an upgrade compare your names with the bundled ones of the new version.',
    ],
    related: ['admin-api-schema-violation'],
    link: LINKS.install,
  },
  'enabled-is-not-configured': {
    title: 'The plugin is loaded and does nothing',
    stage: 'enable',
    weight: 'note',
    messages: [{ text: 'GET /plugins answers {"data":[],"next":null}', sign: true }],
    cause: 'plugins only loads the code. To do something a plugin needs an instance: global, or on a service, route or consumer.',
    steps: [
      'POST /plugins with name={plugin}, or an entry in the declarative file.',
      'GET /plugins/enabled lists what is loaded, GET /plugins what is configured.',
    ],
    link: LINKS.adminApi,
  },
  'lua-package-path-quoted': {
    title: 'lua_package_path has quotes inside',
    stage: 'enable',
    weight: 'stop',
    messages: [
      {
        text: '{plugin} plugin is enabled but not installed',
        sign: true,
        versions: 'all: with quotes around the value in kong.conf',
      },
    ],
    cause:
      'Values in kong.conf are never unquoted. The quotes became part of the first and last path, so that {plugin} is found on neither.',
    steps: ['Write lua_package_path = /opt/plugins/?.lua;/opt/plugins/?/init.lua;; without quotes.', 'Start Kong again.'],
    fixes: ['repair-lua-package-path'],
    related: ['plugin-enabled-not-installed', 'lua-path-without-pattern'],
    link: LINKS.configuration,
  },
  'lua-package-path-relative': {
    title: 'lua_package_path is relative',
    stage: 'enable',
    weight: 'note',
    messages: [{ text: '(works or fails depending on the folder in which kong was started)', sign: true }],
    cause: 'Entries such as ./plugins/?.lua count from the working directory of nginx, in the official image /.',
    steps: ['Write full paths.'],
    fixes: ['repair-lua-package-path'],
    related: ['plugin-enabled-not-installed'],
    link: LINKS.configuration,
  },
  'reload-not-running': {
    title: 'There is no running Kong to reload or stop',
    stage: 'reload',
    weight: 'refuse',
    messages: [
      { text: 'nginx not running in prefix: {prefix}', versions: 'all' },
      { text: 'Kong is not running at {prefix}', versions: 'all' },
      { text: 'some services are not running at {prefix}', versions: '1.0 and later: kong health' },
      { text: 'could not send signal', in: 'cli', weak: true, versions: 'all' },
      { text: 'no file at: {prefix}/.kong_env', versions: '3.4 and later' },
    ],
    cause: 'Nothing runs in {prefix}: the running Kong has another prefix or another container, or it has died.',
    steps: ['Give the same KONG_PREFIX or -p as at its start.', 'If it should run there, start it; the log says why it ended.'],
    fixes: ['restart'],
    related: ['reload-no-prefix', 'kong-already-running'],
    link: LINKS.cli,
  },
  'reload-no-prefix': {
    title: 'There is no such prefix: {prefix}',
    stage: 'reload',
    weight: 'refuse',
    messages: [{ text: 'no such prefix: {prefix}', versions: 'all' }],
    cause: 'The folder {prefix} does not exist on this machine or in this container, so no Kong runs there.',
    steps: ['Give the same KONG_PREFIX or -p as at the start of the running Kong.', 'Look into the right container.'],
    related: ['reload-not-running'],
    link: LINKS.cli,
  },
  'reload-keeps-old-settings': {
    title: 'kong reload ignores the edited kong.conf',
    stage: 'reload',
    weight: 'note',
    messages: [{ text: 'Kong reloaded', sign: true, versions: 'all' }],
    cause:
      'kong reload reads PREFIX/.kong_env, the settings of the last start, and KONG_* variables; kong.conf only with -c, from 2.3 on.',
    steps: [
      { kong: '>=2.3', text: 'kong reload -c /etc/kong/kong.conf. A line deleted from the file stays in force until a restart.' },
      { kong: '<2.3', text: 'kong restart, or make the container anew.' },
      'In Docker: docker exec -e KONG_PLUGINS=bundled,{plugin} CONTAINER kong reload.',
      'Check: grep ^plugins PREFIX/.kong_env.',
    ],
    fixes: ['reload', 'restart'],
    related: ['plugins-setting-overridden', 'reload-ok-but-plugin-broken'],
    link: LINKS.cli,
  },
  'reload-ok-but-plugin-broken': {
    title: 'kong reload said "reloaded", and the plugin was refused',
    stage: 'reload',
    weight: 'note',
    messages: [{ text: 'Kong reloaded', sign: true, versions: 'all; init_by_lua error follows in the error log' }],
    cause:
      'kong reload only sends a signal and always reports success. The master then loaded the plugins, failed, and kept the old workers with the old plugins.',
    steps: [
      'Mend the error above and reload again.',
      'After each reload look for "init_by_lua error" in the log, or ask GET /plugins/enabled.',
    ],
    related: ['reload-keeps-old-settings'],
    link: LINKS.cli,
  },
  'reload-lost-on-container-restart': {
    title: 'The plugin is gone after the container was restarted',
    stage: 'reload',
    weight: 'note',
    messages: [{ text: '{plugin} plugin is {in use but not enabled|enabled but not installed}', sign: true, versions: 'all' }],
    cause:
      'Files installed with docker exec go when the container is replaced, and settings given only to kong reload go at the next start.',
    steps: ['Put the plugin into an image or a mounted folder, and KONG_PLUGINS into the definition of the container.'],
    related: ['plugin-in-use-not-enabled', 'plugin-enabled-not-installed'],
    link: LINKS.install,
  },
  'reload-as-root': {
    title: 'A command as root left settings that Kong cannot read',
    stage: 'reload',
    weight: 'break',
    messages: [
      { text: 'could not load config file: {path}/.kong_env: Permission denied', versions: '2.8 and later' },
      { text: '{path}/.kong_env: Permission denied', versions: '0.12 and later' },
      { text: "attempt to index local 'file_conf' (a nil value)", versions: '2.3 to 2.7' },
      { text: '/.kong_env: {Permission denied|failed to open}', weak: true },
    ],
    cause:
      'kong reload writes PREFIX/.kong_env for its caller alone. After docker exec -u root kong reload the user kong cannot read it any more, and the old workers go on.',
    steps: ['As root: chown kong PREFIX/.kong_env, then reload as kong.', 'Use root only for luarocks and cp.'],
    fixes: ['own-prefix'],
    related: ['prefix-permission-denied', 'reload-ok-but-plugin-broken'],
    link: LINKS.cli,
  },
  'restart-stops-container': {
    title: 'kong restart or kong stop ends the container',
    stage: 'reload',
    weight: 'note',
    messages: [{ text: 'Kong stopped', sign: true, versions: 'all' }],
    cause: 'In the official image nginx is process 1; when it ends, the container ends.',
    steps: ['Inside use kong reload, from outside docker restart.'],
    related: ['reload-lost-on-container-restart'],
    link: LINKS.install,
  },
  'remove-plugin-tables-left': {
    title: 'The tables of a removed plugin stay in the database',
    stage: 'remove',
    weight: 'note',
    messages: [{ text: '(Kong prints nothing)', sign: true }],
    cause: 'Kong has no migrations downwards. The tables and the row in schema_meta stay; a later version may find them.',
    steps: ['Drop them by hand if they are not wanted.'],
    related: ['migration-sql-failed'],
    link: LINKS.daos,
  },
  'remove-files-still-loaded': {
    title: 'Removed files still run until the next reload',
    stage: 'remove',
    weight: 'note',
    messages: [{ text: '(Kong prints nothing until the next start: plugin is enabled but not installed)', sign: true }],
    cause: 'Loaded code stays in memory; files that go before the name goes from plugins break the next start.',
    steps: ['In this order: delete its instances, take the name out of plugins on all nodes, reload, then remove the files.'],
    related: ['plugin-enabled-not-installed', 'plugin-in-use-not-enabled'],
    link: LINKS.install,
  },
} satisfies EntryTable;
