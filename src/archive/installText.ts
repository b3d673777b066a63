// The texts we add to a `.tar.gz`: how to install this very plugin, and a README where the author wrote none.

/** Names that the texts are filled with. */
export interface InstallNames {
  /** Folder in the archive. */
  folder: string;
  /** The archive's own file name. */
  archive: string;
  plugins: readonly string[];
  /** Package and version when there is a rockspec. */
  rock: { name: string; version: string } | undefined;
  summary: string | undefined;
  /** Whether modules are found only through `?/init.lua`. */
  initModules: boolean;
}

/** INSTALL.txt: the ways to install on a node, to enable, to check and to remove, with the plugin's real names. */
export function installText(names: InstallNames): string {
  const { folder, archive, plugins, rock, initModules } = names;
  const list = plugins.join(',');
  const what =
    plugins.length === 1
      ? `the Kong plugin "${plugins[0] ?? ''}"`
      : `the Kong plugins ${plugins.map((name) => `"${name}"`).join(', ')}`;
  const path = `/opt/kong-plugins/${folder}`;
  const luaPath = `${path}/?.lua${initModules ? `;${path}/?/init.lua` : ''};;`;
  const ways = [
    ...(rock === undefined
      ? []
      : [
          `With LuaRocks, from a rock (${rock.name}-${rock.version}.all.rock, where you have it):

    luarocks install --force ${rock.name}-${rock.version}.all.rock`,
          `With LuaRocks, from this archive:

    tar -xzf ${archive}
    cd ${folder}
    luarocks make`,
        ]),
    `Without LuaRocks: unpack this archive where Kong may read it

    mkdir -p /opt/kong-plugins
    tar -xzf ${archive} -C /opt/kong-plugins

  and name the folder in kong.conf (or in the variable KONG_LUA_PACKAGE_PATH); the two semicolons
  at the end keep Kong's own modules:

    lua_package_path = ${luaPath}`,
  ];
  return `How to install ${what}
${'='.repeat(`How to install ${what}`.length)}

Do this on every node of the cluster. There ${ways.length === 1 ? 'is one way' : `are ${ways.length} ways; choose one`}.

${ways.map((way, i) => `${i + 1}. ${way}`).join('\n\n')}

Then enable it in kong.conf (or in the variable KONG_PLUGINS), beside what is there already:

    plugins = bundled,${list}

and let Kong read it:

    kong restart            (or, without stopping: kong prepare && kong reload)

Kong's error log says at once when it cannot load the plugin. To see it loaded:

    curl http://localhost:8001/ (look for ${plugins.map((name) => `"${name}"`).join(', ')} in plugins.available_on_server)

To remove it: first delete every plugin entity that uses it, then take its name out of "plugins" and restart Kong,
then ${rock === undefined ? 'delete the folder' : `run "luarocks remove ${rock.name}" (or delete the folder)`}.
`;
}

/** README.md for a plugin that has none. */
export function addedReadme(names: InstallNames): string {
  const { plugins, rock, summary } = names;
  return `# ${rock?.name ?? plugins[0] ?? names.folder}

${summary ?? `Kong Gateway plugin${plugins.length === 1 ? '' : 's'}: ${plugins.join(', ')}.`}

INSTALL.txt says how to install it.
`;
}
