// The engine's sentences in the editor's words: a command of the terminal is the editor's own, and what is advised is a button.
import path from 'node:path';
import { COMMANDS, type CommandId } from '../../contributions/commands';
import { CATEGORY } from '../../contributions/names';
import { messageAndNext, type UserError } from '../../system/userError';

/** What does in the editor what a command of the terminal does; those that are not here are the terminal's alone. */
const IN_EDITOR: ReadonlyMap<string, CommandId> = new Map<string, CommandId>([
  ['check', 'kongPlugin.checkWorkspace'],
  ['preflight', 'kongPlugin.checkWorkspace'],
  ['pack', 'kongPlugin.pack'],
  ['inspect', 'kongPlugin.inspectArchive'],
  ['publish', 'kongPlugin.publish'],
  ['diagnose', 'kongPlugin.diagnoseNode'],
  ['nodes', 'kongPlugin.refreshNodes'],
  ['status', 'kongPlugin.refreshNodes'],
  ['install', 'kongPlugin.install'],
  ['enable', 'kongPlugin.enable'],
  ['disable', 'kongPlugin.disable'],
  ['verify', 'kongPlugin.verify'],
  ['remove', 'kongPlugin.remove'],
  ['restore', 'kongPlugin.restore'],
  ['reload', 'kongPlugin.reload'],
  ['restart', 'kongPlugin.restart'],
  ['recover', 'kongPlugin.recover'],
  ['new', 'kongPlugin.newPlugin'],
  ['bump', 'kongPlugin.bumpVersion'],
  ['rename', 'kongPlugin.renamePlugin'],
  ['dev', 'kongPlugin.startDevelopmentNode'],
  ['watch', 'kongPlugin.startWatching'],
  ['persist', 'kongPlugin.persist'],
  ['try', 'kongPlugin.tryRequest'],
  ['types', 'kongPlugin.setUpLuaServer'],
  ['doctor', 'kongPlugin.doctor'],
]);

/** What our sentences advise that a command of the editor itself does. */
const OF_EDITOR: readonly { words: string; title: string; command: string }[] = [
  { words: 'Open the folder of a Kong plugin', title: 'Open Folder…', command: 'vscode.openFolder' },
];

/** A command line as the engine writes it into a sentence. */
const COMMAND_LINE = /`kong-plugin ([a-z]+)([^`]*)`/g;
const OURS = new Map(Object.entries(COMMANDS).map(([id, { title }]) => [`${CATEGORY}: ${title}`, id]));

/** A sentence as the editor says it. */
export function inEditorWords(sentence: string): string {
  return sentence.replace(COMMAND_LINE, (whole, verb: string) => {
    const id = IN_EDITOR.get(verb);
    return id === undefined ? whole : `${CATEGORY}: ${COMMANDS[id].title}`;
  });
}

/** Something that a message offers to do: run a command, or open a file at a zero-based line. */
export type Offer = { title: string } & ({ command: string; args: unknown[] } | { open: { path: string; line: number } });

/** What a sentence of the engine or of ours advises, in its order, each once; what it names beside a command line goes with it. */
export function offersIn(sentence: string): Offer[] {
  const found = new Map<string, { at: number; offer: Offer }>();
  const take = (at: number, title: string, command: string, args: unknown[] = []): void => {
    if (!found.has(command)) found.set(command, { at, offer: { title, command, args } });
  };
  for (const { 1: verb = '', 2: rest = '', index } of sentence.matchAll(COMMAND_LINE)) {
    const id = IN_EDITOR.get(verb);
    if (id !== undefined) take(index, COMMANDS[id].title, id, [argumentOf(verb, rest)]);
  }
  for (const [words, id] of OURS) {
    const at = sentence.indexOf(words);
    if (at >= 0 && !startsLonger(sentence.slice(at), words)) take(at, words.slice(CATEGORY.length + 2), id);
  }
  for (const { words, title, command } of OF_EDITOR) if (sentence.includes(words)) take(sentence.indexOf(words), title, command);
  return [...found.values()].sort((a, b) => a.at - b.at).map(({ offer }) => offer);
}

/** Whether the text begins with the words of another command of ours that are longer. */
function startsLonger(text: string, words: string): boolean {
  return [...OURS.keys()].some((other) => other.length > words.length && other.startsWith(words) && text.startsWith(other));
}

/** Verbs whose first word is a plugin of a node. */
const OF_PLUGIN = new Set(['enable', 'disable', 'verify', 'remove', 'persist']);

/** The options of the editor's command that say the same as the words of a command line; names in capitals stand for what is not known. */
function argumentOf(verb: string, rest: string): { plugin?: string; node?: string } {
  const words = [...rest.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const nodeAt = words.indexOf('--node');
  const node = nodeAt < 0 ? undefined : words[nodeAt + 1];
  const [first = ''] = words;
  const isName = OF_PLUGIN.has(verb) && !first.startsWith('-') && !isPlaceholder(first);
  return { ...(isName && { plugin: first }), ...(node !== undefined && !isPlaceholder(node) && { node }) };
}

const isPlaceholder = (word: string): boolean => word === '' || /^[A-Z]+$/.test(word);

/** What is said of an error that a person can act on, and what can be done about it from there. */
export function failureWords(error: UserError): { message: string; offers: Offer[] } {
  const said = messageAndNext(error);
  const [setting] = /\bkongPlugin(\.\w+)+/.exec(said) ?? [];
  const { at } = error;
  return {
    message: inEditorWords(said),
    offers: [
      ...(at === undefined ? [] : [{ title: openTitle(at), open: { path: at.path, line: at.line ?? 0 } }]),
      ...offersIn(said),
      ...(setting === undefined ? [] : [{ title: 'Open Setting', command: 'workbench.action.openSettings', args: [setting] }]),
    ],
  };
}

function openTitle({ path: file, line }: { path: string; line?: number }): string {
  return line === undefined || line <= 0 ? `Open ${path.basename(file)}` : `Open Line ${line + 1}`;
}
