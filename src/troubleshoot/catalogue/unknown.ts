// What no other entry knows: an error is never passed over in silence, and what a plugin says itself stays its own words.
import { LINKS, type EntryTable } from './entry';

export const UNKNOWN = {
  'plugin-own-words': {
    title: 'The plugin {plugin} logged an error itself',
    stage: 'runtime',
    weight: 'note',
    tells: ['when'],
    messages: [{ text: '^{error}', in: 'log', weak: true, versions: 'all: kong.log.err of a plugin' }],
    cause:
      "These are the plugin's own words, written {when} with kong.log.err or its like: {error}. Kong did not fail, and the plugin did not throw: it met something and went on.",
    steps: [
      'What it means is known to the plugin: look for the words in its source or its documentation.',
      'What it speaks of (a server, a file, a token, a setting) is the thing to look at next.',
    ],
    related: ['runtime-exception-in-phase'],
    link: LINKS.pdk,
  },
  'unknown-error': {
    title: 'An error we do not know, said by {speaker}',
    stage: 'runtime',
    weight: 'unknown',
    tells: ['speaker', 'error', 'when', 'certain', 'next'],
    messages: [{ text: '[error] {error}', sign: true, versions: 'all: a line of level error, crit, alert or emerg' }],
    cause: 'Said by {speaker}, {when}: {error}. What is certain: {certain} No entry of the catalogue knows this message.',
    steps: [
      '{next}.',
      'Search the words of the message, without numbers and names, in the issues of Kong/kong and of the plugin.',
      'For a report use Copy as Markdown: it has the decisive line with its secrets masked.',
    ],
    link: LINKS.configuration,
  },
} satisfies EntryTable;
