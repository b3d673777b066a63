// What shows by itself that it is a secret: keys and tokens of services by their prefix, hashes of passwords, private keys.
import { at, type Span } from './values';

/** How such things begin, as one pattern for the search … */
export const SHAPE_STARTS =
  'eyJ|AKIA|ASIA|AIDA|AROA|gh[pousr]_|github_pat_|glpat-|gl(?:cbt|dt|rt|soat)-|kpat_|spat_|xox[abeprs]-|xapp-|[spr]k[-_]|whsec_|npm_|pypi-|dckr_pat_|hv[sbr]\\.|shp(?:at|ca|pa|ss)_|dop_v1_|lin_api_|sq0(?:atp|csp)-|AIza|ya29\\.|SG\\.|glsa_|PMAK-|AGE-SECRET-KEY-|\\$2[aby]\\$|\\$argon2|\\$[156]\\$|hooks\\.slack\\.com/services/';
/** … and the whole of each. */
const SHAPES: readonly RegExp[] = [
  /^eyJ[\w-]{8,}\.[\w-]{4,}/,
  /^(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16}(?![A-Z0-9])/,
  /^(?:gh[pousr]_|github_pat_|glpat-|gl(?:cbt|dt|rt|soat)-|kpat_|spat_|xox[abeprs]-|xapp-|whsec_|npm_|pypi-|dckr_pat_|hv[sbr]\.|shp(?:at|ca|pa|ss)_|dop_v1_|lin_api_|sq0(?:atp|csp)-|glsa_|PMAK-|AGE-SECRET-KEY-)[\w.-]{14,}/,
  /^[spr]k[-_](?=[\w-]{0,60}\d)[\w-]{16,}/,
  /^AIza[\w-]{30,}/,
  /^ya29\.[\w-]{16,}/,
  /^SG\.[\w-]{16,}\.[\w-]{16,}/,
  /^\$(?:2[aby]\$\d\d\$[./\w]{53}|argon2(?:id?|d)\$[\w$=,.+/-]{20,}|[156]\$[./\w]{1,16}\$[./\w]{20,})/,
  /^hooks\.slack\.com\/services\/[\w/]{20,}/,
];
const RUN = /[\w.$=,+/-]*/y;
const JWT = /[\w.-]*/y;
const PEM = /-----BEGIN [\w+/=\s\\:,-]*?(?:-----END [A-Z0-9 ]{1,40}-----|(?![\w+/=\s\\:,-]))/y;

/** The end of what such a beginning begins, by the signs it can be made of. */
export function shapeRun(text: string, from: number): number {
  return at(RUN, text, from) ?? from;
}

/** The secret that begins at a place and ends before `runEnd`; undefined when it is none. Only its first 4000 characters are looked at to tell. */
export function shapeAt(text: string, from: number, runEnd: number): Span | undefined {
  const run = text.slice(from, Math.min(runEnd, from + 4000));
  for (const shape of SHAPES) {
    const length = shape.exec(run)?.[0].length;
    if (length !== undefined) return { from, to: run.startsWith('eyJ') ? (at(JWT, text, from) ?? from) : from + length };
  }
  return undefined;
}

/** A key or certificate in PEM, to its last line or as far as it goes. */
export function pemSpan(text: string, from: number): Span {
  return { from, to: at(PEM, text, from) ?? from };
}
