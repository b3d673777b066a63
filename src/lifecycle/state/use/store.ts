// Where the configuration of plugins is kept on a node: a database behind the Admin API, a declarative file, or only the memory of a running Kong.
import { posix } from 'node:path';
import { asObject, type AdminClient } from '../../../kong/adminClient';
import { declaredEntities, entitiesBeyond } from '../../../kong/declarative/entities';
import { newestFormat } from '../../../kong/declarative/read';
import { shellWord } from '../../../text/shellWord';
import { Refusal } from '../../failure';
import { NO_FILE, type Uses } from '../inUse';
import { refuseUnwritable } from '../writable';
import type { NodeView } from '../view';

/** Rows of a database. */
export interface Rows {
  kind: 'rows';
  admin: AdminClient;
}

/** A declarative configuration as a text. */
export interface DeclaredText {
  kind: 'text';
  text: string;
  /** The file; undefined where only the running Kong has it. */
  path: string | undefined;
  /** The file as it is; undefined when there is none yet. */
  before: Buffer | undefined;
  /** Whether kong.conf does not name the file yet. */
  isUnnamed: boolean;
  /** The Admin API of the Kong that runs with it. */
  live: AdminClient | undefined;
}

export type Store = Rows | DeclaredText;

/** Where a new file of a folder is looked for, and made. */
const FILES = ['kong.yml', 'kong.yaml'];

/** Where configuration is changed on this node. Throws a Refusal where nobody can change it from here. */
export async function storeOf(view: NodeView, found: Uses): Promise<Store> {
  if (view.setting('role').value === 'data_plane')
    throw new Refusal('This is a data plane: what it does is sent by its control plane.', {
      next: 'Configure it on the control plane.',
    });
  return view.setting('database').value === 'off' ? textStore(view, found) : rowStore(view, found);
}

function rowStore(view: NodeView, { refusal }: Uses): Rows {
  if (refusal !== undefined) throw refusal;
  if (view.facts.running && view.admin !== undefined) return { kind: 'rows', admin: view.admin };
  const database = view.setting('database').value;
  throw new Refusal(
    view.node.kind === 'folder'
      ? `A Kong started from this folder keeps its configuration in a database (database = ${database}), and none runs here.`
      : 'The Admin API cannot be reached, which is where the configuration goes.',
    {
      exitCode: 3,
      next:
        view.node.kind === 'folder'
          ? 'Set database = off in its kong.conf to keep the configuration in a file.'
          : 'Start this Kong, or give the address of its Admin API.',
    },
  );
}

async function textStore(view: NodeView, found: Uses): Promise<DeclaredText> {
  const { declarativePath: path, declarativeError: error, declarativeText: inline } = found;
  if (path === undefined && inline !== undefined)
    throw new Refusal('This Kong takes its configuration from declarative_config_string.', {
      next: 'Change that where this Kong is started, and start it anew.',
    });
  if (error !== undefined && error !== NO_FILE)
    throw new Refusal(`${path ?? 'The declarative configuration'} cannot be read: ${error}.`, { next: 'Mend it first.' });
  const live = view.facts.running ? view.admin : undefined;
  if (path !== undefined) return fileStore(view, path, live, found);
  if (live === undefined) return newFile(view);
  const text = asObject(await live.get('/config'))['config'];
  if (typeof text !== 'string') throw new Refusal('The running Kong does not tell its configuration (GET /config).');
  return { kind: 'text', text, path: undefined, before: undefined, isUnnamed: false, live };
}

async function fileStore(view: NodeView, path: string, live: AdminClient | undefined, found: Uses): Promise<DeclaredText> {
  await refuseUnwritable(view, [path]);
  const before = await view.node.read(path);
  const text = before?.toString('utf8') ?? emptyText(view);
  if (live !== undefined) await refuseOther(view, path, text, live);
  else if (view.facts.running && found.refusal !== undefined) throw found.refusal;
  return { kind: 'text', text, path, before, isUnnamed: false, live };
}

/** To send the file would take away what the running Kong has beside it. */
async function refuseOther(view: NodeView, path: string, text: string, live: AdminClient): Promise<void> {
  const running = asObject(await live.get('/config'))['config'];
  // One that does not tell has nothing to compare with.
  if (typeof running !== 'string') return;
  const [ofFile, ofKong] = [declaredEntities(text), declaredEntities(running)];
  const more = entitiesBeyond(ofKong, ofFile);
  const less = entitiesBeyond(ofFile, ofKong);
  if (more.length + less.length === 0) return;
  const said = [
    ...(more.length === 0 ? [] : [`it has ${listed(more)}, which the file lacks`]),
    ...(less.length === 0 ? [] : [`it lacks ${listed(less)} of the file`]),
  ];
  throw new Refusal(`The running Kong has another configuration than ${path}: ${said.join('; ')}.`, {
    next: `To give it the file again: \`kong-plugin reload --node ${shellWord(view.node.id)}\`. Or change what was sent to /config where that comes from.`,
  });
}

function listed(words: readonly string[]): string {
  return words.length > 5 ? `${words.slice(0, 4).join(', ')} and ${words.length - 4} more` : words.join(', ');
}

/** A folder that keeps no configuration yet gets a file. */
async function newFile(view: NodeView): Promise<DeclaredText> {
  if (view.facts.running)
    throw new Refusal('The Admin API cannot be reached, and this Kong has no declarative file.', {
      exitCode: 3,
      next: 'Give the address of its Admin API, or start it with a declarative_config.',
    });
  if (view.node.kind !== 'folder')
    throw new Refusal('This Kong does not run, and has no declarative file that a start would read.', {
      next: 'Start it, or give it a declarative_config.',
    });
  const paths = FILES.map((name) => posix.join(view.facts.prefix, name));
  const contents = await Promise.all(paths.map((path) => view.node.read(path)));
  const there = contents.findIndex((content) => content !== undefined);
  const path = paths[Math.max(there, 0)] ?? '';
  const before = contents[there];
  await refuseUnwritable(view, [path]);
  return { kind: 'text', text: before?.toString('utf8') ?? emptyText(view), path, before, isUnnamed: true, live: undefined };
}

function emptyText({ version }: NodeView): string {
  return `_format_version: "${newestFormat(version)}"\n`;
}
