// The files of a new plugin. Every function gives one whole file.

/** What the templates are filled with. */
export interface NewPluginFacts {
  name: string;
  rock: string;
  version: string;
  phases: readonly string[];
  license: string;
  /** `git+https://…`, as a rockspec wants it. */
  url: string;
  /** The header the example sets: `X-My-Plugin`. */
  header: string;
}

/** The body of each phase: one line that shows what can be done there. */
const BODIES: Readonly<Record<string, string>> = {
  access: 'kong.service.request.set_header(conf.header, "hello")',
  header_filter: 'kong.response.set_header(conf.header, "hello")',
};

/** Parameters other than the plugin's configuration. */
const PARAMETERS: Readonly<Record<string, string>> = { init_worker: '', configure: 'configs' };

/** kong/plugins/NAME/handler.lua */
export function handlerText({ name, version, phases }: NewPluginFacts): string {
  const functions = phases.map((phase) => {
    const body = BODIES[phase] ?? `kong.log.debug("${name}: ${phase}")`;
    return `function Plugin:${phase}(${PARAMETERS[phase] ?? 'conf'})\n  ${body}\nend\n`;
  });
  return `-- The functions Kong calls, one for each phase of a request.
local Plugin = {
  -- Plugins with a higher number run earlier.
  PRIORITY = 1000,
  VERSION = "${version}",
}

${functions.join('\n')}
return Plugin
`;
}

/** kong/plugins/NAME/schema.lua */
export function schemaText({ name, phases, header }: NewPluginFacts): string {
  // Preread runs in Kong's stream module, for which the protocols of HTTP are not enough.
  const protocols = phases.includes('preread') ? 'protocols' : 'protocols_http';
  return `-- What the configuration may hold.
local typedefs = require "kong.db.schema.typedefs"

return {
  name = "${name}",
  fields = {
    { consumer = typedefs.no_consumer },
    { protocols = typedefs.${protocols} },
    { config = {
        type = "record",
        fields = {
          { header = typedefs.header_name { required = true, default = "${header}" } },
        },
      },
    },
  },
}
`;
}

/** NAME-VERSION-1.rockspec */
export function rockspecText({ name, rock, version, license, url }: NewPluginFacts): string {
  return `package = "${rock}"
version = "${version}-1"

source = {
  url = "${url}",
  tag = "${version}",
}

description = {
  summary = "The Kong plugin ${name}.",
  license = "${license}",
}

dependencies = {}

build = {
  type = "builtin",
  modules = {
    ["kong.plugins.${name}.handler"] = "kong/plugins/${name}/handler.lua",
    ["kong.plugins.${name}.schema"] = "kong/plugins/${name}/schema.lua",
  },
}
`;
}

/** spec/NAME/01-handler_spec.lua */
export function specText({ name, version, phases }: NewPluginFacts): string {
  return `-- Runs with busted alone, without a Kong: \`busted\` in the folder of the rockspec.
local handler = require "kong.plugins.${name}.handler"

describe("${name}", function()
  it("says its priority and version", function()
    assert.equal("number", type(handler.PRIORITY))
    assert.equal("${version}", handler.VERSION)
  end)

  for _, phase in ipairs { ${phases.map((phase) => `"${phase}"`).join(', ')} } do
    it("implements " .. phase, function()
      assert.equal("function", type(handler[phase]))
    end)
  end
end)
`;
}

/** .busted: `require` finds the plugin's own files. */
export function bustedText(): string {
  return 'return {\n  default = {\n    lpath = "./?.lua;./?/init.lua",\n  },\n}\n';
}

/** .luacheckrc */
export function luacheckText(): string {
  return `std = "ngx_lua"
unused_args = false
globals = { "kong" }
files["spec"] = { std = "ngx_lua+busted" }
`;
}

/** README.md */
export function readmeText({ name, rock, version, license, header, phases }: NewPluginFacts): string {
  return `# ${name}

A plugin for Kong Gateway. It implements ${phases.map((phase) => `\`${phase}\``).join(', ')}.

## Configuration

| field | type | default | |
|---|---|---|---|
| \`header\` | string | \`${header}\` | the header that is set |

## Install

    luarocks install ${rock}-${version}-1.all.rock

on every node, then add the name to the node's \`plugins\` setting and reload it:

    plugins = bundled,${name}

## Develop

    kong-plugin check       # rockspec, handler and schema
    kong-plugin preflight   # would Kong load it?
    kong-plugin pack        # the .rock and its checksum
    busted                  # the specs

## Licence

${license}
`;
}

/** .github/workflows/check.yml */
export function workflowText(): string {
  return `name: check
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
      - run: npx --yes --package kong-plugin-workbench kong-plugin check
      - run: npx --yes --package kong-plugin-workbench kong-plugin preflight
`;
}
