// What an interrupted operation left on a node, in words, and what a person can do about it.
import { shellWord } from '../../text/shellWord';
import type { Interrupted } from '../types';

/** Above this a list of files is cut. */
const LISTED = 8;

/** One sentence for people. */
export function interruptedSentence({ operation, at, ours, files }: Omit<Interrupted, 'says'>): string {
  const named = files.slice(0, LISTED).join(', ');
  const more = files.length > LISTED ? ` and ${files.length - LISTED} more` : '';
  const what =
    files.length === 0 ? 'no file' : `${files.length} ${files.length === 1 ? 'file' : 'files'} half done (${named}${more})`;
  const whose = ours ? '' : ' It was not written by you on this machine.';
  return `An interrupted "${operation}" of ${shortTime(at)} left ${what}.${whose}`;
}

/** What a person can do about it. */
export function recoverHint(node: { id: string }): string {
  return `\`kong-plugin recover --node ${shellWord(node.id)} --undo\` puts back what it changed; --forget leaves everything as it is now.`;
}

/** Local time, with the day when it is another one. */
function shortTime(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return 'an unknown time';
  const two = (part: number): string => String(part).padStart(2, '0');
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === new Date().toDateString()) return clock;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
}
