// Headers of authority and of cookies, and credentials that stand for themselves behind the name of their scheme.
import { at, bareEnd, type Span } from './values';
import { closingOf, quoteAt } from './quotes';

const SCHEMES_FIRST = /[a-z][\w-]{0,23}(?:[ \t]|%20|\+(?=\S)){1,16}/iy;
const PARAMETER = /[\w-]{1,40}[ \t]?=[ \t]?/y;
const COMMA = /[ \t]{0,8},[ \t]{0,8}/y;
const NEXT_FIELD = /,[ \t]{1,4}[a-z][\w-]{0,30}:/iy;
/** What a server asks with, which is no secret. */
const REALM = /realm\b/iy;
const COOKIE_SIGNS = /[^\r\n,"'`\\%&]+/y;
const MADE_OF = /[\w.~+/=%-]*/y;
/** Words that follow the name of a scheme in a sentence. */
const PROSE =
  /^(?:tokens?|auth\w*|scheme|headers?|realm\b.*|errors?|invalid|missing|required|access|credentials?|challenge|prefix|formats?|strings?|values?|expected|protocol|settings?|plugins?)$/i;

/** What a header of authority holds: a scheme with its token or parameters, or a token alone. */
export function authorityEnd(text: string, from: number): number {
  const second = at(SCHEMES_FIRST, text, from);
  if (second === undefined) return parameters(text, from) ?? bareEnd(text, from, false);
  return parameters(text, second) ?? bareEnd(text, second, false);
}

/** `username="kong", response="…"`; undefined when no parameter begins there. */
function parameters(text: string, from: number): number | undefined {
  let end: number | undefined;
  for (let place: number | undefined = from; place !== undefined; place = at(COMMA, text, end)) {
    const value = at(PARAMETER, text, place);
    if (value === undefined) return end;
    const quote = quoteAt(text, value);
    // What the padding of a token in base64 is followed by is no value.
    if (!(quote === undefined ? /[^\s,;&=)\]}]/ : /[^\s,;)\]}]/).test(text[quote?.end ?? value] ?? '')) return end;
    const to: number = quote === undefined ? bareEnd(text, value, false) : closingOf(text, quote);
    end = quote === undefined ? to : (quoteAt(text, to)?.end ?? to);
  }
  return end;
}

/** What a header of cookies holds, to the end of what holds the header. */
export function cookiesEnd(text: string, from: number): number {
  for (let place = from; ; place++) {
    place = at(COOKIE_SIGNS, text, place) ?? place;
    if (place >= text.length || text[place] === '\n' || text[place] === '\r') return place;
    if (text[place] === ',' && at(NEXT_FIELD, text, place) !== undefined) return place;
    const quote = quoteAt(text, place);
    if (quote === undefined) continue;
    if (text[place - 1] !== '=') return place;
    place = closingOf(text, quote);
  }
}

/** The token behind `Bearer`, `Basic` and their like; undefined in a sentence about them. */
export function schemeSpan(text: string, end: number, scheme: string): Span | undefined {
  let from = end;
  const colon = /[:=]/.test(text[from] ?? '');
  if (colon) from++;
  while (from - end < 16 && (/[ \t+]/.test(text[from] ?? '') || text.startsWith('%20', from))) from += text[from] === '%' ? 3 : 1;
  if (from === end) return undefined;
  from = quoteAt(text, from)?.end ?? from;
  if (at(REALM, text, from) !== undefined) return undefined;
  const params = scheme === 'bearer' ? undefined : parameters(text, from);
  if (params !== undefined) return { from, to: params };
  const to = at(MADE_OF, text, from) ?? from;
  const token = text.slice(from, Math.min(to, from + 200));
  if (token.length < 6 || PROSE.test(token)) return undefined;
  if (scheme !== 'bearer' && /^[a-z]?[a-z-]+[.]?$|^[A-Z][a-z]+$/.test(token)) return undefined;
  return { from, to };
}
