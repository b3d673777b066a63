// LuaRocks while it fetches and builds: sources, archives, C code, and the libraries of the system.
// Sources: LuaRocks 3.8 to 3.11 (fs/lua.lua, fetch/git.lua, build/builtin.lua, deps.lua, manif.lua).
import { LINKS, type EntryTable } from './entry';

export const LUAROCKS_BUILD = {
  'luarocks-archive-format': {
    title: 'LuaRocks takes the source of {rock} for an archive and cannot open it',
    stage: 'install',
    weight: 'refuse',
    messages: [
      { text: "Couldn't extract archive {dots}/luarocks_{rock}-{n}.{dots}: unrecognized filename extension" },
      { text: "Couldn't extract archive {archive}: unrecognized filename extension" },
      { text: 'unrecognized filename extension' },
    ],
    cause:
      'source.url in the rockspec begins with https://, so LuaRocks downloads one file, and that is no .zip, .tar.gz, .tgz, .tar.bz2 or .rock. With a Git address (…/x.git) the beginning must say so.',
    steps: [
      'Write source = { url = "git+https://…/x.git", tag = "…" } in the rockspec.',
      'Or name an archive: …/archive/refs/tags/TAG.tar.gz.',
      'To install now: clone it by hand and run luarocks make in it.',
    ],
    related: ['luarocks-source-url-unfetchable'],
    link: LINKS.luarocks,
  },
  'luarocks-git-unreachable': {
    title: 'The Git server of the rock cannot be reached: {host}',
    stage: 'install',
    weight: 'refuse',
    messages: [
      { text: 'fatal: unable to connect to {host}:' },
      { text: "fatal: unable to access '{url}': {error}" },
      { text: 'fatal: unable to look up {host} ({error})' },
      { text: 'ssh: connect to host {host} port {n}: {error}' },
      { text: 'ssh: Could not resolve hostname {host}: {error}' },
    ],
    cause:
      'Cloning the source of the rock failed, because {host} cannot be reached from there: no network, no name resolution, a proxy or firewall, or git:// (port 9418), which GitHub no longer serves.',
    steps: [
      'Try it from the same place: git clone URL.',
      'With git:// in source.url write git+https:// instead, or let git replace it: git config --global url."https://".insteadOf git://.',
      'Behind a proxy set https_proxy for the build.',
    ],
    related: ['luarocks-source-url-unfetchable', 'luarocks-downloader-missing'],
    link: LINKS.luarocks,
  },
  'luarocks-git-refused': {
    title: 'The Git server does not give the source of the rock away',
    stage: 'install',
    weight: 'refuse',
    messages: [
      { text: 'fatal: could not read Username for {url}' },
      { text: 'Permission denied (publickey)' },
      { text: "fatal: repository '{url}' not found" },
      { text: 'remote: Repository not found' },
      { text: 'fatal: Authentication failed for {url}' },
    ],
    cause: 'The repository in source.url is private, was renamed or does not exist, and no credentials were given.',
    steps: [
      'Check the address in a browser.',
      'For a private one clone it by hand, with credentials, and run luarocks make in it.',
    ],
    related: ['luarocks-source-url-unfetchable'],
    link: LINKS.luarocks,
  },
  'luarocks-c-compile-error': {
    title: 'The C source of a rock does not compile',
    stage: 'install',
    weight: 'refuse',
    messages: [
      { text: '{path}:{line}:{n}: fatal error: {error}' },
      { text: '{path}.{c|h|cc|cpp|cxx}:{line}:{n}: error: {error}' },
      { text: 'collect2: error: ld returned {error}' },
      { text: '/usr/bin/ld: cannot find {name}' },
      { text: 'Build error: Failed compiling object {name}', weak: true },
      { text: 'Build error: Failed compiling module {name}', weak: true },
    ],
    cause:
      'The compiler is there and ran, and refused the source of the rock: {error}. A header that is not there belongs to a library of the system whose development package is missing; other errors mean that the rock does not fit this compiler, this library or LuaJIT.',
    steps: [
      'Read the first error: line of the compiler.',
      'For "No such file or directory" install the development package that has the header: libssl-dev, libyaml-dev, zlib1g-dev and their like (apk: openssl-dev, yaml-dev, zlib-dev).',
      'Else install a newer or older version of the rock.',
    ],
    related: ['luarocks-compiler-missing', 'luarocks-external-dependency'],
    link: LINKS.luarocks,
  },
  'luarocks-external-dependency': {
    title: 'A library of the system is missing: {name}',
    stage: 'install',
    weight: 'refuse',
    messages: [
      { text: 'Could not find {header|library} file for {name}' },
      { text: 'You may have to install {name} in your system' },
    ],
    cause: 'The rock is bound to {name}, a library of the system, and LuaRocks finds neither its headers nor the library.',
    steps: [
      'Install its development package in the build stage.',
      'Or say where it is: luarocks install ROCK {name}_DIR=/usr/local.',
    ],
    related: ['luarocks-c-compile-error'],
    link: LINKS.luarocks,
  },
  'luarocks-manifest-broken': {
    title: 'LuaRocks cannot unpack the manifest of the server',
    stage: 'install',
    weight: 'refuse',
    messages: [{ text: 'Failed extracting manifest file: {error}' }, { text: 'Failed extracting manifest file', weak: true }],
    cause:
      'The list of rocks came as a zip archive and was not opened: unzip is not installed, or what was downloaded is no archive (a proxy answered with a page).',
    steps: [
      'Install unzip as root in the build stage.',
      'Empty the cache: rm -r ~/.cache/luarocks, and look what the proxy answers.',
    ],
    related: ['luarocks-unzip-missing', 'luarocks-downloader-missing'],
    link: LINKS.luarocksCli,
  },
  'luarocks-dependencies-listed': {
    title: 'Dependencies are missing: {name}',
    stage: 'install',
    weight: 'note',
    messages: [{ text: 'Missing dependencies for {name}:' }],
    cause:
      'The rock {name} needs other rocks that are not installed in this tree; LuaRocks lists them and installs them next. The text ends before it says that it did.',
    steps: ['Read on: an Error: line below names the one that failed.', 'Install what is listed by hand: luarocks install ROCK.'],
    related: ['luarocks-missing-dependency'],
    link: LINKS.luarocksCli,
  },
} satisfies EntryTable;
