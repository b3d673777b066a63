// What each field of a rockspec means, in a sentence or two, for hover and completion. `*` stands for any key or list item.
import { own } from '../text/own';

/** How a field is written; completion inserts a table, a list or a pair of quotes by it. */
export type FieldShape = 'string' | 'boolean' | 'list' | 'table';

/** One field. */
export interface FieldDoc {
  shape: FieldShape;
  /** The first rockspec_format that has it. */
  since: '1.0' | '1.1' | '3.0' | '3.1';
  text: string;
  /** The build or test types it belongs to; all without it. */
  types?: readonly string[];
}

const field = (shape: FieldShape, text: string, since: FieldDoc['since'] = '1.0', ...types: string[]): FieldDoc =>
  types.length === 0 ? { shape, since, text } : { shape, since, text, types };

/** Documentation by path. The order is the order in which people write the fields. */
export const FIELD_DOCS: Readonly<Record<string, FieldDoc>> = {
  rockspec_format: field(
    'string',
    'Version of the rockspec format that this file uses: `"1.0"` (the default), `"1.1"`, `"3.0"` or `"3.1"`.',
  ),
  package: field(
    'string',
    'Name of the rock. In lower case it begins the file name. A Kong plugin is by custom `kong-plugin-<name>`.',
  ),
  version: field(
    'string',
    'Version of the package, a dash and the revision of this rockspec: `"1.2.0-1"`. It ends the file name.',
  ),
  supported_platforms: field(
    'list',
    'Platforms the rock is for; `"!windows"` excludes one. Kong runs on `linux`. Without the field: all.',
  ),
  description: field('table', 'What people see of the package in listings.'),
  'description.summary': field('string', 'One line about the package.'),
  'description.detailed': field('string', 'A longer description.'),
  'description.license': field('string', 'Licence of the package, best as an SPDX identifier. `luarocks lint` fails without it.'),
  'description.homepage': field('string', 'Web page of the project.'),
  'description.maintainer': field('string', 'Who looks after the rockspec.'),
  'description.labels': field('list', 'Short words to find the package by.', '3.0'),
  'description.issues_url': field('string', 'Where to report problems.', '3.0'),
  dependencies: field('list', 'Rocks this one needs at run time, each with its version constraints: `"lua-resty-http >= 0.17"`.'),
  'dependencies.platforms': field('table', 'Dependencies for certain platforms only.'),
  build_dependencies: field('list', 'Rocks needed to build, not to run.', '3.0'),
  test_dependencies: field('list', 'Rocks that `luarocks test` installs first.', '3.0'),
  external_dependencies: field('table', 'Libraries and programs outside LuaRocks that have to be there.'),
  'external_dependencies.*': field(
    'table',
    'One outside dependency; its name is the prefix of the variables LuaRocks makes of it.',
  ),
  'external_dependencies.*.header': field('string', 'A C header that must be found.'),
  'external_dependencies.*.library': field('string', 'A C library that must be found.'),
  'external_dependencies.*.program': field('string', 'A program that must be found.'),
  source: field('table', 'Where the sources come from. `luarocks make` ignores it and takes the current folder.'),
  'source.url': field(
    'string',
    'Address of the sources: an archive over http(s), or a repository such as `git+https://github.com/me/plugin`.',
  ),
  'source.tag': field('string', 'Tag of the repository to check out.'),
  'source.branch': field('string', 'Branch of the repository to check out. What it holds changes: a released rock names a tag.'),
  'source.dir': field('string', 'Folder that unpacking the sources gives. Guessed when the archive holds a single folder.'),
  'source.md5': field('string', 'MD5 of the downloaded archive, in hexadecimal.'),
  'source.file': field('string', 'File name for the downloaded archive, when the address does not end in it.'),
  'source.module': field('string', 'Module of the repository (CVS, Subversion), and the folder it gives.'),
  'source.cvs_tag': field('string', 'Old name of `tag`.'),
  'source.cvs_module': field('string', 'Old name of `module`.'),
  'source.platforms': field('table', 'Other sources for certain platforms.'),
  build: field('table', 'How files get from the sources into the rock. May be left out from format 3.0 on.'),
  'build.type': field('string', 'The build back end. `builtin` copies Lua files and compiles C; what a Kong plugin needs.'),
  'build.modules': field(
    'table',
    'The modules to install: module name to file. Kong needs `kong.plugins.<name>.handler` and `kong.plugins.<name>.schema`.',
    '1.0',
    'builtin',
  ),
  'build.modules.*': field(
    'string',
    'File of this module, relative to the rockspec. A name that does not end in `.lua` is C source to compile; a table describes a C module.',
    '1.0',
    'builtin',
  ),
  'build.modules.*.sources': field('list', 'C sources of the module.', '1.0', 'builtin'),
  'build.modules.*.libraries': field('list', 'Libraries to link with.', '1.0', 'builtin'),
  'build.modules.*.defines': field('list', 'C macros to define.', '1.0', 'builtin'),
  'build.modules.*.incdirs': field('list', 'Folders to look for headers in.', '1.0', 'builtin'),
  'build.modules.*.libdirs': field('list', 'Folders to look for libraries in.', '1.0', 'builtin'),
  'build.install': field('table', 'Further files to install, whatever the build type.'),
  'build.install.lua': field('table', 'Lua modules: list items go to the root, keys are module names.'),
  'build.install.lib': field('table', 'Compiled modules: list items go to the root, keys are module names.'),
  'build.install.bin': field('table', 'Programs; Lua scripts are wrapped so that they find their modules.'),
  'build.install.conf': field('table', 'Configuration files, kept beside the rockspec in the tree.'),
  'build.copy_directories': field(
    'list',
    'Folders copied whole beside the rockspec in the tree, for example `doc`. Kong does not search them.',
  ),
  'build.patches': field('table', 'Patches to the sources: file name to diff.'),
  'build.extra_files': field('table', 'Files to create in the sources: file name to content.'),
  'build.variables': field('table', 'Variables handed to the build.', '1.0', 'make', 'cmake'),
  'build.makefile': field('string', 'The makefile, `Makefile` without it.', '1.0', 'make'),
  'build.build_target': field('string', 'Target of the build call.', '1.0', 'make'),
  'build.install_target': field('string', 'Target of the install call, `install` without it.', '1.0', 'make'),
  'build.build_pass': field('boolean', 'Whether to make the build call.', '1.0', 'make', 'cmake'),
  'build.install_pass': field('boolean', 'Whether to make the install call.', '1.0', 'make', 'cmake'),
  'build.build_variables': field('table', 'Variables of the build call.', '1.0', 'make'),
  'build.install_variables': field('table', 'Variables of the install call.', '1.0', 'make'),
  'build.cmake': field('string', 'Content of a CMakeLists.txt to use.', '1.0', 'cmake'),
  'build.build_command': field(
    'string',
    'Shell command that builds. It runs on the machine of whoever installs the rock.',
    '1.0',
    'command',
  ),
  'build.install_command': field(
    'string',
    'Shell command that installs. It runs on the machine of whoever installs the rock.',
    '1.0',
    'command',
  ),
  'build.macosx_deployment_target': field('string', 'Oldest macOS that compiled modules are for.', '3.0', 'builtin'),
  'build.platforms': field('table', 'Build settings for certain platforms, laid over the others.'),
  hooks: field('table', 'Commands around the installation.'),
  'hooks.post_install': field('string', 'Shell command that runs after installation, on every machine that installs the rock.'),
  deploy: field('table', 'How files are put in place.', '1.1'),
  'deploy.wrap_bin_scripts': field(
    'boolean',
    'Whether Lua scripts of `bin` get a wrapper that sets their paths; true without it.',
    '1.1',
  ),
  test: field('table', 'How `luarocks test` runs the tests.', '3.0'),
  'test.type': field('string', 'The test back end: `busted` or `command`.', '3.0'),
  'test.flags': field('list', 'Arguments for the test program.', '3.0'),
  'test.busted_executable': field('string', 'The busted program to run.', '3.0', 'busted'),
  'test.script': field('string', 'Lua script to run.', '3.0', 'command'),
  'test.command': field('string', 'Command to run.', '3.0', 'command'),
  'test.platforms': field('table', 'Test settings for certain platforms.', '3.0'),
};

/** The documentation of the field at a path (`['build', 'modules', 'kong.plugins.x.handler']`), also below `platforms`. */
export function fieldDoc(path: readonly string[]): FieldDoc | undefined {
  return own(FIELD_DOCS, patternOf(path));
}

/** The fields that the table at a path may have, by name; none where any key is allowed. */
export function documentedFields(path: readonly string[]): Map<string, FieldDoc> {
  const parent = patternOf(path);
  const prefix = parent === '' ? '' : `${parent}.`;
  const fields = new Map<string, FieldDoc>();
  for (const [pattern, doc] of Object.entries(FIELD_DOCS)) {
    const name = pattern.slice(prefix.length);
    if (pattern.startsWith(prefix) && name !== '*' && !name.includes('.')) fields.set(name, doc);
  }
  return fields;
}

/** As many names as the longest path that is documented has. */
const MOST_NAMES = Math.max(...Object.keys(FIELD_DOCS).map((pattern) => pattern.split('.').length));

/** The key of FIELD_DOCS for a path: names that may be anything become `*`, and what is below `platforms.<name>` is what is above it. */
export function patternOf(path: readonly string[]): string {
  const pattern: string[] = [];
  const isDocumented = (key: string): boolean =>
    pattern.length < MOST_NAMES && Object.hasOwn(FIELD_DOCS, [...pattern, key].join('.'));
  for (const [index, key] of path.entries()) {
    if (key === 'platforms' && index + 1 < path.length) continue;
    if (path[index - 1] === 'platforms' && index >= 2) continue;
    pattern.push(!isDocumented(key) && isDocumented('*') ? '*' : key);
  }
  return pattern.join('.');
}
