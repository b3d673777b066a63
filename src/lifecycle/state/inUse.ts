// Which plugins a node's configuration uses: rows behind the Admin API, or entries of a declarative file.
import { pluginEntities, type PluginEntity } from '../../kong/adminAnswers';
import { readDeclarative, type DeclaredPlugin } from '../../kong/declarative/read';
import { absoluteFrom } from '../../kong/packagePath';
import { UserError } from '../../system/userError';
import type { NodeView } from './view';

/** One use of a plugin, for people and for deleting it. */
export interface PluginUse {
  name: string;
  /** `global`, or what it is applied to: `service 580c8aca-…`, `route`, `consumer` … */
  scope: string;
  workspace: string | undefined;
  /** The row behind the Admin API, or the entry of the declarative file. */
  entity: PluginEntity | undefined;
  declared: DeclaredPlugin | undefined;
}

/** Every use on a node; `known` is false when neither the Admin API nor a declarative file could be read. */
export interface Uses {
  known: boolean;
  /** What the Admin API answered in place of its rows. */
  refusal: UserError | undefined;
  uses: PluginUse[];
  /** The uses that stand in the declarative file, whatever the running Kong has. */
  declared: PluginUse[];
  /** The declarative file a start reads, when there is one. */
  declarativePath: string | undefined;
  /** Why the declarative file cannot be read: Kong would stop over it. */
  declarativeError: string | undefined;
  /** The text a start would read: of the file, or of declarative_config_string. */
  declarativeText: string | undefined;
}

/** What the system says of a file that is not there. */
export const NO_FILE = 'No such file or directory';

/** Reads what is in use. The Admin API of the running Kong counts first; the declarative file tells about nodes that do not run. */
export async function findUses(view: NodeView, signal?: AbortSignal): Promise<Uses> {
  const declarative = await readDeclarativeOf(view);
  const declared = declarative.plugins.map(useOfEntry);
  const common = {
    declared,
    declarativePath: declarative.path,
    declarativeError: declarative.error,
    declarativeText: declarative.text,
  };
  let refusal: UserError | undefined;
  if (view.facts.running && view.admin !== undefined) {
    try {
      const rows = await pluginEntities(view.admin, signal);
      return { known: true, refusal, uses: rows.map(useOf), ...common };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refusal = error;
    }
  }
  // What a data plane uses is sent by its control plane.
  if (view.setting('role').value === 'data_plane') return { known: false, refusal, uses: [], ...common };
  const isDbless = view.setting('database').value === 'off';
  // Without a database and without a file there is nothing a start could find in use, except what a running Kong was sent.
  const known = isDbless && declarative.error === undefined && !(view.facts.running && declarative.path === undefined);
  return { known, refusal, uses: isDbless ? declared : [], ...common };
}

/** The uses of one plugin. Without a database the Admin API lists what the file declares. */
export function usesOf({ uses, declared }: Uses, plugin: string): PluginUse[] {
  const ofFile = declared.filter((use) => use.name === plugin);
  return ofFile.length > 0 ? ofFile : uses.filter((use) => use.name === plugin);
}

/** A use as an entry of a declarative configuration has it. */
export function useOfEntry(declared: DeclaredPlugin): PluginUse {
  const scope = declared.scopes.length === 0 ? 'global' : declared.scopes.join(' and ');
  return { name: declared.name, scope, workspace: undefined, entity: undefined, declared };
}

function useOf(entity: PluginEntity): PluginUse {
  const scope = entity.scopes.map(({ kind, id }) => `${kind.replace('_', ' ')} ${id}`).join(' and ');
  return { name: entity.name, scope: scope === '' ? 'global' : scope, workspace: entity.workspace, entity, declared: undefined };
}

interface DeclaredOfStart {
  plugins: DeclaredPlugin[];
  path: string | undefined;
  error: string | undefined;
  text: string | undefined;
}

async function readDeclarativeOf(view: NodeView): Promise<DeclaredOfStart> {
  const nothing = { plugins: [], path: undefined, error: undefined, text: undefined };
  if (view.setting('database').value !== 'off') return nothing;
  const inline = view.setting('declarative_config_string').value;
  const setting = view.setting('declarative_config').value;
  if (setting === '') return inline === '' ? nothing : { path: undefined, text: inline, ...readDeclarative(inline) };
  const path = absoluteFrom(view.facts.cwd ?? '/', setting);
  const content = await view.node.read(path);
  if (content === undefined) return { ...nothing, path, error: NO_FILE };
  const text = content.toString('utf8');
  return { path, text, ...readDeclarative(text) };
}
