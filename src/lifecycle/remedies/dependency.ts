// The remedy for a module of another rock that is missing: the rock becomes a dependency, and the node's LuaRocks installs it.
import { moduleCandidates } from '../../kong/packagePath';
import { withoutPlugin } from '../../kong/pluginsSetting';
import { modulePath } from '../../lua/moduleName';
import { UserError } from '../../system/userError';
import type { FileChange } from '../../text/diagnostic';
import { StepFailure } from '../failure';
import { rocksFolder } from '../../luarocks/paths';
import { runLuarocks } from '../plan/nodeLuarocks';
import type { Operation, Step, StepContext } from '../plan/plan';
import { settingStep, type SettingChange } from '../steps/setting';
import { startStep } from '../steps/start';
import type { NodeView } from '../state/view';
import { bringAgain } from './bring';
import type { RemedyCase, Remedy } from './case';
import { own } from '../../text/own';

/** Rocks whose name is not that of their module (their rockspecs on luarocks.org). */
const ROCKS: Readonly<Record<string, string>> = {
  cjson: 'lua-cjson',
  ffi: '',
  pl: 'penlight',
  socket: 'luasocket',
  ssl: 'luasec',
  lfs: 'luafilesystem',
  mime: 'luasocket',
  ltn12: 'luasocket',
  lxp: 'luaexpat',
  posix: 'luaposix',
  openssl: 'lua-openssl',
  protobuf: 'lua-protobuf',
  pb: 'lua-protobuf',
  MessagePack: 'lua-messagepack',
  cmsgpack: 'lua-cmsgpack',
  tinyyaml: 'lua-tinyyaml',
  ipmatcher: 'lua-resty-ipmatcher',
  term: 'lua-term',
  zlib: 'lua-zlib',
  brotli: 'lua-brotli',
  curl: 'lua-curl',
  xmlreader: 'luaxmlreader',
  redis: 'redis-lua',
  template: 'lua-resty-template',
};

/** The rock that most likely brings a module; undefined for modules that no rock brings. */
export function rockOf(module: string): string | undefined {
  if (module.startsWith('kong.') || !/^[\w.-]+$/.test(module)) return undefined;
  const [first = '', second] = module.split('.');
  if (first === 'resty') return second === undefined ? undefined : `lua-resty-${second.replaceAll('_', '-')}`;
  const known = own(ROCKS, first);
  return known === '' ? undefined : (known ?? first.replaceAll('_', '-'));
}

/** Adds the rock to the rockspec's dependencies, installs it on the node, and brings the plugin again. */
export const ADD_ROCK_DEPENDENCY: Remedy = {
  needs: 'source',
  says: "Adds the rock to the rockspec's dependencies, lets the node's LuaRocks install it from its own servers, and brings the plugin again.",
  changes: addDependency,
  operation: withDependency,
};

function missingOf({ finding }: RemedyCase): { module: string; rock: string } {
  const module = finding.details?.['missing'] ?? '';
  const rock = rockOf(module);
  if (rock !== undefined) return { module, rock };
  throw new UserError(`No rock brings ${module === '' ? 'the missing module' : module}.`, {
    next: module.startsWith('kong.')
      ? 'It is a module of Kong itself: look for its name in this version.'
      : 'Check the spelling in the require.',
  });
}

async function addDependency(about: RemedyCase): Promise<FileChange[]> {
  const { rock } = missingOf(about);
  const { rockspec: path } = about.plugin ?? {};
  const text = path === undefined ? undefined : await about.read(path);
  if (path === undefined || text === undefined) return [];
  const [{ readRockspec }, { addField, fileChanges, quoted }, { LuaTable }] = await Promise.all([
    import('../../rockspec/read'),
    import('../../rockspec/edits'),
    import('../../lua/values'),
  ]);
  const { dependencies, globals, source } = readRockspec(text, path);
  if (
    dependencies.some(
      ({ value }) =>
        value
          .trim()
          .split(/[\s<>=~]/, 1)[0]
          ?.toLowerCase() === rock.toLowerCase(),
    )
  )
    return [];
  const list = globals.get('dependencies');
  const added = list instanceof LuaTable ? addField(list, [quoted(rock)]) : undefined;
  if (added !== undefined) return fileChanges(path, [added]);
  if (list !== undefined) return [];
  const end = source.bytes.length;
  const gap = source.bytes.endsWith('\n') ? '' : '\n';
  return fileChanges(path, [
    { place: { source, start: end, end }, newText: `${gap}\ndependencies = {\n  ${quoted(rock)},\n}\n` },
  ]);
}

async function withDependency(about: RemedyCase): Promise<Operation> {
  const { module, rock } = missingOf(about);
  const bring = await bringAgain(about);
  const { name = '' } = about;
  return {
    title: `install ${rock} and bring ${name} again`,
    async steps(view) {
      const install: Step = {
        name: 'install-rock',
        describe: `luarocks install ${rock}, from the servers that this node's LuaRocks knows.`,
        run: (context) => installRock(context, rock, module),
      };
      // LuaRocks runs where something runs: a Kong that does not start over the plugin is started without it first.
      const without: SettingChange = { setting: 'plugins', change: (value) => withoutPlugin(value, name) };
      const revive =
        view.facts.running || view.node.kind === 'local' ? [] : [await settingStep('disable', view, without), startStep(view)];
      return [...revive, install, ...(await bring.steps(view))];
    },
  };
}

async function installRock(context: StepContext, rock: string, module: string): Promise<string> {
  const view = await context.view();
  const before = (await context.node.list(rocksFolder(view.facts.tree))) ?? [];
  await context.note({ rocks: before }, [`${rocksFolder(view.facts.tree)}/manifest`]);
  await runLuarocks(context.node, view.facts, ['install', rock], { signal: context.signal });
  context.changed();
  if (await isThere(view, module)) return `luarocks installed ${rock}.`;
  throw new StepFailure(
    `${rock} is installed and brings no module ${module}.`,
    [],
    'Find the rock that does, and name it in the rockspec.',
  );
}

async function isThere(view: NodeView, module: string): Promise<boolean> {
  const path = modulePath(module);
  const binaries = [path, path.split('/')[0] ?? path].map((name) => `${view.facts.tree}/lib/lua/5.1/${name}.so`);
  for (const file of [...moduleCandidates(view.patterns, module), ...binaries]) {
    if ((await view.node.stat(file)) !== undefined) return true;
  }
  return false;
}
