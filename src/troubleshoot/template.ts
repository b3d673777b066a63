// Message templates: Kong's own words with {placeholders}, compiled to linear regular expressions and to the literal that must be there.

/** A compiled template. */
export interface Pattern {
  regexp: RegExp;
  /** The longest literal part: a text without it cannot match. */
  anchor: string;
  /** How many letters of the template are literal: the more, the more specific. */
  weight: number;
}

/** What the placeholders stand for. Quantifiers are bounded, so that no text makes matching slower than linear. */
const KINDS: Readonly<Record<string, string>> = {
  plugin: '[^\\s\'",;:#(){}\\[\\]]{1,128}',
  module: '[\\w./@-]{1,200}',
  n: '\\d{1,12}',
  row: '\\d{1,7}',
  column: '\\d{1,7}',
  line: '\\d{1,7}',
  port: '\\d{1,5}',
  path: '[^\\s\'"]{1,400}?',
  setting: '\\w{1,100}',
  directive: '[\\w.]{1,100}',
  server: '[\\w.-]{1,100}',
  prefix: '[^\\s\'"]{1,400}',
  address: '[^\\s\'"]{1,200}',
  conf: '[^\\s\'"]{1,400}?\\.conf',
  attribute: '[\\w@$-]{1,100}',
  field: '[\\w@$.\\[\\]-]{1,200}',
  word: '[^\\s\'"]{1,200}',
  key: '(?:[\\w@$-]{1,100}\\.){0,20}',
  rock: '[\\w-]{1,100}?(?=-\\d)',
  said: '\\S.{0,300}?',
  dots: '.{0,400}?',
};
const DEFAULT_KIND = '[^\'"]{0,300}?';
const LAST_KIND = '.{0,400}';

const CHOICE = /^(?:(\w+)=)?(.+\|.+|(?<==).+)$/;

/**
 * Compiles a template. `{at}` is `path.lua:line`; `{a|b}` is a choice of literals, `{name=a|b}` a captured one, in which `*` stands for the rest of a module's name; `{key}` is the dotted path of a schema violation;
 * `{dots}` is anything; `^` at the start and `$` at the end bind to the text's ends. Every other `{name}` is a captured word.
 */
export function compile(template: string): Pattern {
  const start = template.startsWith('^');
  const end = template.endsWith('$');
  const body = template.slice(start ? 1 : 0, end ? -1 : undefined);
  const parts = body.split(/\{([\w]+(?:=[^{}]+)?|[^{}=]+\|[^{}=]+)\}/);
  const seen = new Set<string>();
  let source = start ? '^' : '';
  let anchor = '';
  let weight = 0;
  parts.forEach((part, i) => {
    if (i % 2 === 0) {
      source += escape(part);
      weight += part.length;
      if (part.length > anchor.length) anchor = part;
      return;
    }
    weight += Math.min(...(CHOICE.exec(part)?.[2] ?? '').split('|').map((option) => option.length));
    const last = i === parts.length - 2 && parts[parts.length - 1] === '';
    source += placeholder(part, last && !end, seen);
  });
  if (end) source += '$';
  return { regexp: new RegExp(source, 's'), anchor, weight };
}

function placeholder(name: string, last: boolean, seen: Set<string>): string {
  const choice = CHOICE.exec(name);
  if (choice !== null) {
    const options = (choice[2] ?? '').split('|').map((option) => escape(option).replace('\\*', '[\\w./@-]{1,200}'));
    return choice[1] === undefined ? `(?:${options.join('|')})` : capture(choice[1], options.join('|'), seen);
  }
  if (name === 'at') return capture('path', '[^\\s\'"]{1,300}?\\.lua', seen) + ':' + capture('line', '\\d{1,7}', seen);
  if (name === 'key' || name === 'dots') return KINDS[name] ?? '';
  const kind = KINDS[name];
  return capture(name, kind === undefined ? (last ? LAST_KIND : DEFAULT_KIND) : last ? kind.replace(/\?$/, '') : kind, seen);
}

function capture(name: string, kind: string, seen: Set<string>): string {
  if (seen.has(name)) return `(?:${kind})`;
  seen.add(name);
  return `(?<${name}>${kind})`;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Replaces `{name}` by the captured word, or by a neutral phrase when the text did not tell it. */
export function fill(prose: string, words: Readonly<Record<string, string | undefined>>): string {
  return prose
    .replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? NEUTRAL[name] ?? '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** What stands for a word that the text did not tell: every word of the catalogue's prose has one, so that no sentence has a hole. */
export const NEUTRAL: Readonly<Record<string, string>> = {
  file: 'a file that the text does not name',
  setting: 'the setting',
  missing: 'a module',
  field: 'at that position',
  list: 'see what Kong said',
  scope: 'this scope',
  entity: 'the entity',
  type: 'wrong',
  reason: 'see what Kong said',
  said: 'see what nginx said',
  plugin: 'your-plugin',
  server: 'your-server',
  error: 'see what Kong said',
  doing: 'while Kong handles a request',
  when: 'in a request',
  meaning: '',
  effect: 'In access and rewrite the client then gets 500; in header_filter, body_filter and log the answer may be cut.',
  part: 'the handling of requests and phases',
  source: "a file of Kong's own",
  usual: '',
  name: 'the name that Kong gives',
  last: 'of an older version',
  module: 'that module',
  attribute: 'an attribute',
  prefix: 'the prefix',
  path: 'a file',
  row: 'that is named',
  column: 'that is named',
  directive: 'that is named',
  conf: 'the rendered configuration',
  n: 'that is named',
  strategy: 'that database',
  value: 'what was given',
  reference: 'the reference',
  address: 'the address',
  wanted: 'another version',
  found: 'another version',
  phase: 'that it runs in',
  protocol: 'another one',
  contents: 'something else',
  tree: 'another tree',
  host: 'the server',
  rock: 'the rock',
  speaker: 'a program',
  certain: 'the line calls itself an error.',
  next: 'Read the lines just above',
};
