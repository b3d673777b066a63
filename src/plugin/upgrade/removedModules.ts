// Modules of Kong that went, and functions that moved: what takes their place, as edits where it is the same, as advice where it is not.
// Sources: kong/** of Kong's git tags, before and after each went.
import type { CodeFile } from '../../code/file';
import type { Expression } from '../../lua/ast';
import { hasKongModule, lastKongWith } from '../../kong/kongModules';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { own } from '../../text/own';
import type { LuaEdit } from '../sourceEdits/moduleTable';
import { memberOf, moduleUses, replaceUses, type MemberUse, type ModuleUse } from './moduleUses';
import { responsesEdits } from './responses';
import { found, type UpgradeContext, type UpgradeFinding } from './rule';

interface Replacement {
  /** What to do where there is no edit. */
  advice: string;
  edits?: (member: MemberUse, file: CodeFile) => LuaEdit[] | undefined;
}

/** What kong.singletons held that the global `kong` holds as well. */
const OF_KONG = new Set(['cache', 'core_cache', 'db', 'configuration', 'worker_events', 'cluster_events']);

const REPLACEMENTS: Readonly<Record<string, Replacement>> = {
  'kong.singletons': {
    advice:
      'kong.cache, kong.db, kong.configuration, kong.worker_events and kong.cluster_events hold what it held; of singletons.dao the place is taken by kong.db.NAME with other functions: select, select_by_…, page, each, insert, update, delete, cache_key',
    edits: ({ name, node }) => (OF_KONG.has(name) ? [replaced(node, `kong.${name}`)] : undefined),
  },
  'kong.tools.responses': {
    advice:
      'answer with kong.response.exit(status, body, headers): a text is sent as it is, so write { message = text } for what it was',
    edits: responsesEdits,
  },
  'kong.plugins.log-serializers.basic': {
    advice: 'call kong.log.serialize()',
    edits: ({ name, call }, file) => (name === 'serialize' && call !== undefined ? serialize(call, file) : undefined),
  },
  'kong.plugins.base_plugin': { advice: 'return a plain table with PRIORITY, VERSION and the phases' },
  'kong.vendor.classic': { advice: 'return a plain table; what inherits can use setmetatable' },
  'kong.tools.database_cache': {
    advice: 'kong.cache:get(key, options, load) reads and fills, kong.cache:invalidate(key) empties',
  },
  'kong.dao.errors': { advice: 'a check of a schema returns nil and a text' },
  'kong.dao.factory': { advice: 'kong.db.NAME has the rows of each entity' },
  'kong.dao.db.cassandra': { advice: 'Kong has no Cassandra since 3.4' },
  'kong.api.crud_helpers': {
    advice:
      'describe the routes of api.lua as { schema = …, methods = … } with kong.api.endpoints; Kong makes those of entities in daos.lua itself',
  },
  'kong.tools.batch_queue': { advice: 'kong.tools.queue took its place in 3.3: Queue.enqueue(options, handler, conf, entry)' },
  'kong.core.events': { advice: 'subscribe with kong.worker_events.register' },
};

function replaced({ start, end }: Expression, newText: string): LuaEdit {
  return { start, end, newText };
}

/** `basic.serialize(ngx)`; another `ngx` or `kong` is handed on. */
function serialize(call: NonNullable<MemberUse['call']>, { source }: CodeFile): LuaEdit[] | undefined {
  if (call.arguments.length > 2) return undefined;
  const given = call.arguments.flatMap((argument, i) => {
    const name = i === 0 ? 'ngx' : 'kong';
    const isUsual = argument.kind === 'nil' || (argument.kind === 'global' && argument.name === name);
    return isUsual ? [] : [`${name} = ${source.text(argument)}`];
  });
  return [replaced(call, `kong.log.serialize(${given.length === 0 ? '' : `{ ${given.join(', ')} }`})`)];
}

/** Requires of modules that the Kong no longer has. */
export function* removedModules({ code, version }: UpgradeContext): Iterable<UpgradeFinding> {
  for (const file of code) {
    for (const use of moduleUses(file)) {
      const { module } = use;
      const last = lastKongWith(module);
      if (last === undefined || hasKongModule(module, version) !== false) continue;
      const { advice, edits: replace } = own(REPLACEMENTS, module) ?? { advice: 'no module took its place' };
      const { edits, left } = replaceUses(use, file, (member) => replace?.(member, file));
      const went = `Kong had ${module} up to ${last}`;
      if (edits.length > 0) {
        const done = use.values.length === 0 ? `${went}: nothing uses it here, so its require goes` : `${went}: ${advice}`;
        yield found(file.source, use.call, `${done}.`, edits);
      } else {
        const members = new Set(left.flatMap((value) => memberOf(value, file)?.name ?? []));
        const used = members.size === 0 ? '' : ` What is used of it here: ${[...members].join(', ')}.`;
        yield found(file.source, use.call, `${went}: ${advice}.${used}`);
      }
    }
  }
}

/** Where functions of kong.tools.utils went with Kong 3.6. */
const MOVED: Readonly<Record<string, string>> = {
  deflate_gzip: 'kong.tools.gzip',
  inflate_gzip: 'kong.tools.gzip',
  load_module_if_exists: 'kong.tools.module',
  yield: 'kong.tools.yield',
  topological_sort: 'kong.db.utils',
  get_system_infos: 'kong.tools.system',
  get_system_trusted_certs_filepath: 'kong.tools.system',
};

/** Functions of kong.tools.utils that are in another module now. */
export function* movedFunctions({ code, version }: UpgradeContext): Iterable<UpgradeFinding> {
  if (!isAtLeast(version, '3.6')) return;
  for (const file of code) {
    for (const use of moduleUses(file)) {
      if (use.module === 'kong.tools.utils') yield* movedOf(use, file, version);
    }
  }
}

function* movedOf(use: ModuleUse, file: CodeFile, version: KongVersion): Iterable<UpgradeFinding> {
  const uses = replaceUses(use, file, ({ name, node }) => {
    const home = own(MOVED, name);
    return home === undefined || hasKongModule(home, version) !== true
      ? undefined
      : [replaced(node, `require("${home}").${name}`)];
  });
  for (const edit of uses.edits) {
    if (edit.newText === '') continue;
    yield found(file.source, edit, `Kong 3.6 took this out of kong.tools.utils: ${edit.newText} is it now.`, [edit]);
  }
}
