// The rooms of src and what each may import. CONTRIBUTING.md tells people of the same rooms; a test holds it to this table.
import type { Import } from './imports';

/**
 * The rooms, top to bottom: a room imports only what stands below its line, so that those on one line (the faces) never import each other.
 * Folders in a room that are not listed belong to it; where some are, the room itself is what stands beside them.
 */
export const ROOMS: readonly (readonly string[])[] = [
  ['extension', 'server', 'cli'],
  ['contributions'],
  ['lifecycle/remedies'],
  ['lifecycle/operations'],
  ['lifecycle/trial'],
  ['lifecycle/steps'],
  ['lifecycle/plan'],
  ['lifecycle/state'],
  ['lifecycle'],
  ['node'],
  ['archive'],
  ['config'],
  ['plugin'],
  ['code'],
  ['rockspec'],
  ['luarocks'],
  ['troubleshoot'],
  ['kong'],
  ['lua'],
  ['system'],
  ['text'],
];

/** Packages that only some rooms know, with all that lies below their names. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  vscode: ['extension'],
  'vscode-languageclient': ['extension'],
  'vscode-languageserver': ['server'],
  'vscode-languageserver-textdocument': ['server'],
  // Its `createRequire` makes imports that nothing can follow.
  'node:module': [],
};

/** Files outside src that its files import. */
const OUTSIDE = ['package.json'];

/** Files that load what only a run can tell. The language server is a bundle of its own beside the command line that starts it. */
const COMPUTING = ['src/cli/commands/lsp.ts'];

/** The room that a file stands in; undefined when it stands in none. */
export function roomOf(file: string): string | undefined {
  const folders = file.split('/').slice(1, -1);
  const around = folders.map((_, index) => folders.slice(0, folders.length - index).join('/'));
  return around.find((folder) => ROOMS.flat().includes(folder));
}

/** Why an import is forbidden, for people; undefined when it is not. */
export function refusalOf(imported: Import): string | undefined {
  const { from, to, kind } = imported;
  const reason = reasonAgainst(imported);
  return reason === undefined ? undefined : `${from}: ${to} (${kind}): ${reason}`;
}

function reasonAgainst({ from, to, kind, isPackage }: Import): string | undefined {
  if (kind === 'computed') return COMPUTING.includes(from) ? undefined : 'only a run can tell what this loads';
  const room = roomOf(from);
  if (room === undefined) return 'it is imported by a file that stands in no room';
  if (isPackage) return packageReason(room, to);
  if (OUTSIDE.includes(to)) return undefined;
  const other = to.startsWith('src/') ? roomOf(to) : undefined;
  if (other === undefined) return 'it stands in no room';
  return other === room || floorOf(other) > floorOf(room) ? undefined : `${room} must not import ${other}`;
}

const floorOf = (room: string): number => ROOMS.findIndex((floor) => floor.includes(room));

function packageReason(room: string, specifier: string): string | undefined {
  const known = Object.entries(PACKAGES).find(([name]) => specifier === name || specifier.startsWith(`${name}/`));
  return known === undefined || known[1].includes(room) ? undefined : `${room} must not import ${known[0]}`;
}
