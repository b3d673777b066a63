// The values that make sense at a place of a rockspec: one line per field, by its pattern.
import licenseIds from 'spdx-license-ids/index.json';
import { bundledRocks } from '../kong/bundledRocks';
import { moduleOfFile } from '../lua/moduleName';
import type { Cursor } from './cursor';
import { patternOf } from './fieldDocs';
import { readRockspec } from './read';
import type { CompletionWorld, SuggestionKind } from './suggestion';
import { own } from '../text/own';

/** A value as it is, without quotes. */
export interface Choice {
  value: string;
  kind: SuggestionKind;
  detail: string | undefined;
  documentation: string | undefined;
  /** Written without quotes: `true`. */
  bare: boolean;
  /** Of a module: its file, for a whole line of `build.modules`. */
  file: string | undefined;
}

type ValuesOf = (cursor: Cursor, text: string, world: CompletionWorld) => readonly Choice[] | Promise<readonly Choice[]>;

const choice = (value: string, kind: SuggestionKind = 'value', extra: Partial<Choice> = {}): Choice => ({
  value,
  kind,
  detail: undefined,
  documentation: undefined,
  bare: false,
  file: undefined,
  ...extra,
});
const fixed = (values: Readonly<Record<string, string>>): ValuesOf => {
  const choices = Object.entries(values).map(([value, detail]) => choice(value, 'value', { detail }));
  return () => choices;
};

/** Licences that plugins use come before the other hundreds. */
const COMMON_LICENSES = ['Apache-2.0', 'MIT', 'BSD-3-Clause', 'BSD-2-Clause', 'ISC', 'MPL-2.0'];

/** Every name LuaRocks has for a platform (core/sysdetect and cfg.lua). */
const PLATFORMS =
  'linux unix macosx macos bsd freebsd openbsd netbsd dragonfly solaris haiku cygwin windows win32 mingw mingw32 msys msys2_mingw_w64'.split(
    ' ',
  );

const platforms: ValuesOf = () => PLATFORMS.map((name) => choice(name));
const booleans: ValuesOf = () => ['true', 'false'].map((value) => choice(value, 'value', { bare: true }));

const licenses: ValuesOf = () =>
  [...new Set([...COMMON_LICENSES, ...licenseIds])].map((id) => choice(id, 'value', { detail: 'SPDX' }));

const rocks: ValuesOf = (_cursor, _text, { kong }) => {
  const bundled = [...(bundledRocks(kong)?.rocks ?? [])].map(([name, constraint]) =>
    choice(`${name} ${constraint.replace(/^==/, '>=')}`, 'rock', {
      detail: `Kong ${kong.text} brings ${constraint.replace(/^[=~<>]+ */, '')}`,
    }),
  );
  return [choice('lua >= 5.1', 'rock', { detail: `Kong ${kong.text} is Lua 5.1` }), ...bundled];
};

/** Modules that are on disk, each with its file. */
const modules: ValuesOf = async (_cursor, _text, { files }) =>
  (await files()).flatMap((file) => {
    const name = moduleOfProjectFile(file);
    return name === undefined ? [] : [choice(name, 'module', { detail: file, file })];
  });

/** Files for a module: the one that its name stands for comes first. */
const filesForModule: ValuesOf = async ({ key = '' }, _text, { files }) => {
  const found = (await files()).filter((file) => /\.(?:lua|c)$/.test(file));
  return rankFirst(found, (file) => moduleOfProjectFile(file) === key).map((file) => choice(file, 'file'));
};
const anyFiles: ValuesOf = async (_cursor, _text, { files }) => (await files()).map((file) => choice(file, 'file'));
const folders: ValuesOf = async (_cursor, _text, world) => (await world.folders()).map((folder) => choice(folder, 'folder'));

/** Tags that the version of this file would have. */
const tags: ValuesOf = (_cursor, text) => {
  const version = readRockspec(text, 'rockspec').version?.value.replace(/-\d+$/, '');
  return version === undefined ? [] : [choice(version), choice(`v${version}`)];
};

/** The package name that goes with the plugin's folder. */
const packages: ValuesOf = async (_cursor, _text, { files }) => {
  const names = (await files()).flatMap((file) => /(?:^|\/)kong\/plugins\/([^/]+)\/handler\.lua$/.exec(file)?.[1] ?? []);
  return names.map((name) => choice(`kong-plugin-${name}`));
};

const VALUES: Readonly<Record<string, ValuesOf>> = {
  rockspec_format: fixed({
    '1.0': 'what is meant without the field',
    '1.1': 'adds deploy',
    '3.0': 'LuaRocks 3: build and test dependencies, no need for build.type',
    '3.1': 'LuaRocks 3.12 and newer; no Kong up to 3.9 reads it',
  }),
  package: packages,
  'description.license': licenses,
  'description.labels': fixed({ kong: '', 'kong-plugin': '' }),
  supported_platforms: platforms,
  'build.platforms': platforms,
  'dependencies.platforms': platforms,
  'source.platforms': platforms,
  'test.platforms': platforms,
  dependencies: rocks,
  build_dependencies: rocks,
  test_dependencies: rocks,
  'source.tag': tags,
  'build.type': fixed({
    builtin: 'copies Lua files, compiles C',
    none: 'only build.install and copy_directories',
    make: 'runs make',
    cmake: 'runs cmake',
    command: 'runs shell commands',
  }),
  'build.modules': modules,
  'build.modules.*': filesForModule,
  'build.modules.*.sources': filesForModule,
  'build.install.lua': modules,
  'build.install.lua.*': filesForModule,
  'build.install.bin': anyFiles,
  'build.install.conf': anyFiles,
  'build.copy_directories': folders,
  'build.build_pass': booleans,
  'build.install_pass': booleans,
  'deploy.wrap_bin_scripts': booleans,
  'test.type': fixed({ busted: 'runs busted', command: 'runs a script or a command' }),
};

/** The values for the place of the cursor; none where anything goes. */
export async function valuesFor(cursor: Cursor, text: string, world: CompletionWorld): Promise<readonly Choice[]> {
  const path = cursor.role === 'value' && cursor.key !== undefined ? [...cursor.path, cursor.key] : cursor.path;
  const pattern = patternOf(path);
  const values = [pattern, pattern.replace(/\.[^.]*$/, '.*')].flatMap((one) => own(VALUES, one) ?? [])[0];
  // A list's or map's values are for inside its braces, not for the field itself.
  const opensTable = cursor.role === 'value' && cursor.key !== undefined && TABLES.test(pattern);
  return values === undefined || opensTable ? [] : values(cursor, text, world);
}

const TABLES =
  /^(?:supported_platforms|\w*dependencies|description\.labels|build\.(?:modules|copy_directories|install\.\w+)|.*platforms|.*\.sources)$/;

/** The module a Lua file is by its path: from `kong/` on, or below `src`, `lua`, `lib`; `init.lua` is its folder. Undefined for other files. */
export function moduleOfProjectFile(file: string): string | undefined {
  const inRoot = /(?:^|\/)(kong\/.*\.lua)$/.exec(file)?.[1] ?? /^(?:(?:src|lua|lib)\/)?(.*\.lua)$/.exec(file)?.[1];
  return inRoot === undefined ? undefined : moduleOfFile(inRoot);
}

function rankFirst<T>(items: readonly T[], isFirst: (item: T) => boolean): T[] {
  return [...items.filter(isFirst), ...items.filter((item) => !isFirst(item))];
}
