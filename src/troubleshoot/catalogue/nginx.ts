// The nginx that Kong starts: its configuration, its modules, and the templates that it is rendered from.
// Sources: kong/cmd/utils/nginx_signals.lua and prefix_handler.lua, kong/init.lua, ngx_conf_file.c.
import { LINKS, type EntryTable } from './entry';

export const NGINX = {
  'nginx-conf-invalid': {
    title: 'nginx refuses the configuration that Kong made',
    stage: 'start',
    weight: 'stop',
    messages: [
      {
        text: 'unknown directive "{directive}" in {conf}:{n}',
        versions: 'all',
        means:
          'nginx knows no directive {directive} (line {n} of {conf}): it was injected, as nginx_http_{directive} or nginx_proxy_{directive} in kong.conf or KONG_NGINX_HTTP_… in the environment, and is misspelt or of a module that this nginx does not have; or it stands in a custom template.',
      },
      {
        text: '"{directive}" directive is duplicate in {conf}:{n}',
        versions: 'all',
        means:
          '{directive} stands twice, the second time in line {n} of {conf}: Kong (or its template) writes it itself, and a setting nginx_*_{directive} adds it again.',
      },
      {
        text: 'invalid number of arguments in "{directive}" directive in {conf}:{n}',
        versions: 'all',
        means:
          '{directive} has too many or too few words in line {n} of {conf}; its value comes from a setting nginx_*_{directive}.',
      },
      {
        text: '"{directive}" directive invalid value in {conf}:{n}',
        versions: 'all',
        means:
          'nginx does not take the value of {directive} (line {n} of {conf}). It comes from a setting nginx_http_{directive}, nginx_proxy_{directive} or their like (KONG_NGINX_… in the environment), or from a custom template.',
      },
      {
        text: '"{directive}" directive is not allowed here in {conf}:{n}',
        versions: 'all',
        means:
          'nginx takes {directive} in another block than that of line {n} of {conf}: nginx_main_ is outside of all, nginx_http_ is http, nginx_proxy_ the server of the proxy, nginx_admin_ that of the Admin API.',
      },
      {
        text: '[emerg] open() "{name}" failed ({n}: {error}) in {conf}:{n}',
        versions: 'all',
        means: 'nginx cannot read {name}, which {conf} names: {error}. A nginx_*_include setting is relative to the prefix.',
      },
      {
        text: 'failed to load external Lua file "{name}": {error}',
        versions: 'all',
        means: 'A directive *_by_lua_file, injected or of a custom template, names {name}, and that cannot be loaded: {error}.',
      },
      { text: 'nginx configuration is invalid (exit code {n})', weak: true, versions: '0.14 and later' },
      {
        text: '[emerg] {said} in {conf}:{n}',
        means:
          'nginx refuses line {n} of {conf}: {said}. It comes from a setting nginx_*_DIRECTIVE (KONG_NGINX_… in the environment), from a file that such a setting includes, or from a custom template.',
        versions: 'all',
      },
      {
        text: '[emerg] {n}#{n}: {said} in {conf}:{row}',
        means:
          'nginx refuses line {row} of {conf}: {said}. It comes from a setting nginx_*_DIRECTIVE (KONG_NGINX_… in the environment), from a file that such a setting includes, or from a custom template.',
        versions: 'all',
      },
      { text: 'nginx: configuration file {conf} test failed', weak: true },
    ],
    cause:
      'A nginx_*_DIRECTIVE setting (also KONG_NGINX_HTTP_… in the environment) or a custom template gives nginx something it does not take. Plugins are not looked at in this test.',
    steps: [
      'Look at the line in the file that is named, below the prefix.',
      'Remove or correct the injected directive; its value has no semicolon.',
    ],
    related: ['custom-template-missing-dict'],
    link: LINKS.configuration,
  },
  'nginx-without-lua': {
    title: "The nginx that was started is not Kong's: it knows no Lua",
    stage: 'start',
    weight: 'stop',
    messages: [
      {
        text: 'unknown directive "{directive=init|init_worker|exit_worker|rewrite|access|content|log|balancer|preread|header_filter|body_filter|ssl_certificate|ssl_client_hello}_by_lua',
        versions: 'all',
      },
      { text: 'unknown directive "lua_{directive}" in {conf}:{n}', versions: 'all' },
      { text: 'unknown directive "{directive=wasm|proxy_wasm|grpc_pass|js_import}" in {conf}:{n}', versions: 'all' },
    ],
    cause:
      'Kong wrote its usual nginx configuration, and the nginx that reads it does not know the directives of Lua. It is the nginx of the distribution, found first on the PATH, or an OpenResty that is older than this Kong wants. That is not an injected setting.',
    steps: [
      'See which one is found: which -a nginx, and nginx -V, which must name openresty and lua-nginx-module.',
      "Start Kong with kong start, not with nginx -c; Kong's own is /usr/local/openresty/nginx/sbin/nginx.",
      'Remove the other nginx, or set openresty_path (3.0 and later), or put the folder of the right one first on PATH.',
    ],
    related: ['openresty-not-found', 'nginx-conf-invalid'],
    link: LINKS.configuration,
  },
  'nginx-failed-exit-code': {
    title: 'nginx did not start; the reason stands above',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: 'failed to start nginx (exit code: {n})', weak: true, versions: '0.13 and later' }],
    cause: 'With nginx_daemon = off nginx prints the reason itself; this line only says that it ended.',
    steps: ['Read the first [error] or [emerg] line above.', 'If there is none, give the complete log.'],
    link: LINKS.cli,
  },
  'openresty-not-found': {
    title: 'Kong does not find its OpenResty',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: "could not find OpenResty 'nginx' executable. Kong requires version {wanted}", versions: 'all' },
      { text: "OpenResty 'nginx' executable not found at {path}", versions: '3.2 and later' },
    ],
    cause:
      'There is no nginx of OpenResty {wanted} in the usual places: an image mixed from two versions, or Kong installed from a rock alone.',
    steps: ["Use Kong's own package or image, or set openresty_path."],
    link: LINKS.configuration,
  },
  'custom-template-missing-dict': {
    title: 'A custom nginx template lacks a shared dictionary: {name}',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: "missing shared dict '{name}' in Nginx configuration", versions: '0.10 and later' }],
    cause: 'The template was made for another version of Kong: it does not declare lua_shared_dict {name}.',
    steps: [
      'Start from the template of the installed version: kong/templates/nginx_kong.lua.',
      'For a dictionary of your own plugin use nginx_http_lua_shared_dict.',
    ],
    related: ['nginx-conf-invalid'],
    link: LINKS.configuration,
  },
  'custom-template-kong-global': {
    title: "A custom template sets a global called 'kong'",
    stage: 'start',
    weight: 'stop',
    messages: [{ text: "make sure your template is not setting a global named 'kong'", versions: '0.14 and later' }],
    cause: "The template is from before 0.14; since then init_by_lua says Kong = require 'kong'.",
    steps: ['Write Kong with a capital in the template.'],
    link: LINKS.configuration,
  },
  'custom-template-not-found': {
    title: 'The custom template is missing or broken',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: 'failed to compile nginx config template: {error}', versions: '0.13 and later' },
      { text: 'failed reading custom nginx template file: {error}', versions: '0.11 and later' },
      { text: 'no such file: {path}', in: 'cli', versions: 'all' },
    ],
    cause: '--nginx-conf names a file that is not there or is no valid template.',
    steps: ['Check the path where kong runs, then the text of the template.'],
    link: LINKS.cli,
  },
} satisfies EntryTable;
