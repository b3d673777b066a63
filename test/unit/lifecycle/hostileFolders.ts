// Folders that were made to turn us against whoever opens them: each is a node beside a folder of the victim's, into which nothing may be written.
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sealed, type SealedKind } from '../../../src/lifecycle/state/seal';
import { writeFiles } from './plugins';

/** Where a folder is crafted: the node, and what is the victim's beside it. */
export interface Place {
  node: string;
  victim: string;
}

/** What is done with a crafted folder; the test knows how. */
export type Doing =
  'enable x' | 'disable x' | 'install hello' | 'sync hello' | 'install hello by path' | 'remove x' | 'remove hello';

/** One crafted folder, and what is done with it. */
export interface Craft {
  name: string;
  doings: readonly Doing[];
  make: (place: Place) => Promise<void>;
}

/** What the victim has. */
export const VICTIM: Readonly<Record<string, string>> = {
  '.bashrc': 'alias ll="ls -l"\n',
  'kong.conf': 'log_level = info\n',
  'kong.yml': '_format_version: "3.0"\nplugins:\n- name: x\n',
  'work/kong/plugins/x/handler.lua': 'return { VERSION = "1.0.0", PRIORITY = 10 }\n',
  'work/kong/plugins/x/schema.lua': 'return { name = "x", fields = {} }\n',
  'work/x-1.0.0-1.rockspec': 'package = "x"\n',
  'empty/deep/.keep': '',
};

const WORK = '.kong-plugin-workbench';
const TREE = 'share/lua/5.1';
const ROCKS = 'lib/luarocks/rocks-5.1';

async function state(node: string, path: string, kind: SealedKind, value: object, isOurs: boolean): Promise<void> {
  const file = join(node, WORK, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, isOurs ? await sealed(kind, value) : JSON.stringify(value));
}

async function linkTo(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { recursive: true, force: true });
  await symlink(target, path);
}

/** Ways to say a path that leads to a file of the victim's. */
const PATHS: Readonly<Record<string, (place: Place) => Promise<string>>> = {
  'an absolute path': ({ victim }) => Promise.resolve(`${victim}/.bashrc`),
  'a way up': ({ node }) => Promise.resolve(`${node}/../victim/.bashrc`),
  'a way up and down': ({ node }) => Promise.resolve(`${node}/share/../../victim/.bashrc`),
  'a relative path': () => Promise.resolve('../victim/.bashrc'),
  'a link to a file': async ({ node, victim }) => {
    await linkTo(join(victim, '.bashrc'), join(node, 'a.lua'));
    return `${node}/a.lua`;
  },
  'a relative link': async ({ node }) => {
    await linkTo('../victim/.bashrc', join(node, 'b.lua'));
    return `${node}/b.lua`;
  },
  'a link to a folder': async ({ node, victim }) => {
    await linkTo(victim, join(node, 'share'));
    return `${node}/share/.bashrc`;
  },
  'a link to a link': async ({ node, victim }) => {
    await linkTo(victim, join(node, 'one'));
    await linkTo('one/work', join(node, 'two'));
    return `${node}/two/kong/plugins/x/handler.lua`;
  },
  'a link to nothing': async ({ node, victim }) => {
    await linkTo(join(victim, 'new.sh'), join(node, 'c.lua'));
    return `${node}/c.lua`;
  },
  'a file that is not there': ({ victim }) => Promise.resolve(`${victim}/.profile`),
  'a folder that is not there': ({ victim }) => Promise.resolve(`${victim}/.config/autostart/x.desktop`),
};

function journals(): Craft[] {
  return Object.entries(PATHS).flatMap(([way, pathOf]) =>
    [false, true].flatMap((isOurs) =>
      ['ZXZpbAo=', null].map((content) => ({
        name: `a journal${isOurs ? ' under our seal' : ''} that ${content === null ? 'deletes' : 'writes'} by ${way}`,
        doings: ['enable x', 'disable x'] as const,
        make: async (place: Place) => {
          const file = { path: await pathOf(place), content, ...(content === null ? {} : { mode: 0o755 }) };
          const folders = content === null ? { newFolders: [`${place.victim}/empty/deep`, `${place.victim}/empty`] } : {};
          const undo = [{ step: 'enable', files: [{ ...file, ...folders }] }];
          await state(place.node, 'journal.json', 'journal', { operation: 'enable x', at: '2026-01-01T00:00:00Z', undo }, isOurs);
        },
      })),
    ),
  );
}

function receipts(): Craft[] {
  return Object.entries(PATHS).flatMap(([way, pathOf]) =>
    [false, true].map((isOurs) => ({
      doings: ['remove x'] as const,
      name: `a receipt${isOurs ? ' under our seal' : ''} that names ${way}`,
      make: async (place: Place) => {
        const files = [await pathOf(place)];
        const receipt = { plugin: 'x', via: 'path', version: null, rock: null, files, root: `${place.victim}/work` };
        await state(place.node, 'receipts/x.json', 'receipt', receipt, isOurs);
      },
    })),
  );
}

/** A tree's manifest with one rock, whose names and files can be anything. */
function manifest(name: string, version: string, file: string): string {
  const q = JSON.stringify;
  const items = `["kong.plugins.x.handler"] = ${q(file)}`;
  return [
    'commands = {}',
    `dependencies = { [${q(name)}] = { [${q(version)}] = {} } }`,
    `modules = { ["kong.plugins.x.handler"] = { ${q(`${name}/${version}`)} } }`,
    `repository = { [${q(name)}] = { [${q(version)}] = { { arch = "installed", commands = {}, dependencies = {}, modules = { ${items} } } } } }`,
    '',
  ].join('\n');
}

const X = { [`${TREE}/kong/plugins/x/handler.lua`]: 'return {}\n', [`${TREE}/kong/plugins/x/schema.lua`]: 'return {}\n' };

function rocks(): Craft[] {
  const named: [name: string, version: string, file: string][] = [
    ['kong-plugin-x', '1.0-1', '../../../../victim/.bashrc'],
    ['kong-plugin-x', '1.0-1', '../../../../../../../../../../etc/hostname'],
    ['kong-plugin-x', '../../../../../victim/work', 'kong/plugins/x/handler.lua'],
    ['kong-plugin-x', '..', 'kong/plugins/x/handler.lua'],
    ['..', '1.0-1', 'kong/plugins/x/handler.lua'],
    ['hello', '../../../../../victim/work', 'kong/plugins/hello/handler.lua'],
    ['hello', '0.0.1-1', '../../../../victim/work/kong/plugins/x/handler.lua'],
  ];
  const manifests = named.map(([name, version, file]) => ({
    name: `a manifest with the rock ${name} ${version} and its file ${file}`,
    doings: ['install hello', 'remove x', 'remove hello'] as const,
    make: ({ node }: Place) => writeFiles(node, { ...X, [`${ROCKS}/manifest`]: manifest(name, version, file) }),
  }));
  const linked = [ROCKS, `${ROCKS}/kong-plugin-x`, `${ROCKS}/hello`, 'lib', 'lib/luarocks'].map((path) => ({
    name: `${path} that leads elsewhere`,
    doings: ['install hello', 'remove x', 'remove hello'] as const,
    make: async ({ node, victim }: Place) => {
      await writeFiles(node, X);
      await linkTo(victim, join(node, path));
      if (path.startsWith(`${ROCKS}/`)) {
        await writeFiles(node, {
          [`${ROCKS}/manifest`]: manifest(path.slice(ROCKS.length + 1), '1.0-1', 'kong/plugins/x/handler.lua'),
        });
      }
    },
  }));
  return [...manifests, ...linked];
}

/** Paths of a node that operations write to, as links into the victim's folder. */
const LINKS: Readonly<Record<string, string>> = {
  'kong.conf': 'kong.conf',
  'etc/kong': '.',
  plugins: 'work',
  'plugins/hello': 'work',
  share: '.',
  'share/lua': 'work',
  [TREE]: 'work',
  [`${TREE}/kong`]: 'work/kong',
  [`${TREE}/kong/plugins`]: 'work/kong/plugins',
  [`${TREE}/kong/plugins/x`]: 'work/kong/plugins/x',
  [`${TREE}/kong/plugins/hello`]: 'work/kong/plugins/x',
  [`${TREE}/kong/plugins/hello/handler.lua`]: 'work/kong/plugins/x/handler.lua',
  [`${ROCKS}/manifest`]: '.bashrc',
  [WORK]: '.',
  [`${WORK}/lock`]: '.bashrc',
  [`${WORK}/journal.json`]: '.bashrc',
  [`${WORK}/settings.json`]: '.bashrc',
  [`${WORK}/receipts`]: '.',
  [`${WORK}/receipts/hello.json`]: '.bashrc',
};

const ALL: readonly Doing[] = [
  'enable x',
  'disable x',
  'install hello',
  'sync hello',
  'install hello by path',
  'remove x',
  'remove hello',
];

function links(): Craft[] {
  const there = Object.entries(LINKS).map(([path, target]) => ({
    name: `${path} that leads to the victim's ${target}`,
    doings: ALL,
    make: ({ node, victim }: Place) => linkTo(join(victim, target), join(node, path)),
  }));
  const nowhere = ['kong.conf', WORK, `${WORK}/lock`, `${WORK}/journal.json`, `${TREE}/kong/plugins/hello/handler.lua`].map(
    (path) => ({
      name: `${path} that leads to a name the victim does not have`,
      doings: ALL,
      make: ({ node, victim }: Place) => linkTo(join(victim, 'made/by/us'), join(node, path)),
    }),
  );
  return [...there, ...nowhere];
}

function settings(): Craft[] {
  const confs: Readonly<Record<string, (victim: string) => Record<string, string>>> = {
    'lua_package_path to the source of somebody': (victim) => ({
      'kong.conf': `database = off\nplugins = bundled,x,hello\nlua_package_path = ${victim}/work/?.lua;;\n`,
    }),
    'lua_package_path that goes up': () => ({
      'kong.conf': 'database = off\nplugins = bundled,x,hello\nlua_package_path = ../victim/work/?.lua;;\n',
    }),
    'KONG_LUA_PACKAGE_PATH to the source of somebody': (victim) => ({
      '.env': `KONG_DATABASE=off\nKONG_PLUGINS=bundled,x\nKONG_LUA_PACKAGE_PATH=${victim}/work/?.lua;;\n`,
    }),
    'a declarative file elsewhere': (victim) => ({
      'kong.conf': `database = off\nplugins = bundled,x\ndeclarative_config = ${victim}/kong.yml\n`,
    }),
    'a declarative file further up': () => ({
      'kong.conf': 'database = off\nplugins = bundled,x\ndeclarative_config = ../victim/kong.yml\n',
    }),
    'a prefix elsewhere': (victim) => ({ 'kong.conf': `database = off\nplugins = bundled,x\nprefix = ${victim}\n` }),
  };
  return Object.entries(confs).map(([name, filesOf]) => ({
    name,
    doings: ALL,
    make: ({ node, victim }: Place) => writeFiles(node, filesOf(victim)),
  }));
}

/** All of them. */
export const CRAFTS: readonly Craft[] = [...journals(), ...receipts(), ...rocks(), ...links(), ...settings()];
