// What a saved request expects of its answer: `expect status 200`, `expect header NAME: value`, `expect json $.path = value`, each with `no` too.
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../kong/adminClient';
import { UserError } from '../../system/userError';
import { readJson } from '../../text/json';
import { own } from '../../text/own';
import type { TrialResponse } from './types';

/** One `expect` line. */
export interface Expectation {
  /** Its line in the file, from zero. */
  line: number;
  /** As it is written. */
  text: string;
  /** What came instead, as the end of `expected …, but `; undefined when it is so. */
  failure: (response: TrialResponse) => string | undefined;
}

/** Reads what stands behind `expect`. Throws UserError when it says nothing that could be looked at. */
export function readExpectation(text: string, line: number): Expectation {
  const [, no, kind = '', rest = ''] = /^(no\s+)?(\w+)\s+([\s\S]*)$/.exec(text) ?? [];
  const failure = own(KINDS, kind)?.(rest.trim(), no !== undefined);
  if (failure === undefined) {
    throw new UserError(
      `"expect ${text}" cannot be read: write expect status 200, expect header NAME: value or expect json $.path = value.`,
    );
  }
  return { line, text, failure };
}

type Failure = Expectation['failure'];

/** By the word behind `expect`; undefined where the rest makes no sense. */
const KINDS: Readonly<Record<string, (rest: string, no: boolean) => Failure | undefined>> = {
  status(rest, no) {
    if (!/^[1-5](?:\d\d|xx)$/.test(rest)) return undefined;
    return ({ status }) => {
      const isIt = String(status).startsWith(rest.replace('xx', ''));
      return isIt === no ? `it is ${status}` : undefined;
    };
  },
  header(rest, no) {
    const [, name = '', value] = /^([\w!#$%&'*+.^`|~-]+)\s*(?::\s*([\s\S]*))?$/.exec(rest) ?? [];
    if (name === '') return undefined;
    return ({ headers }) => {
      const came = headers[name.toLowerCase()];
      const isIt = came !== undefined && (value === undefined || came === value);
      return isIt === no ? (came === undefined ? 'there is none' : `it is ${came}`) : undefined;
    };
  },
  json(rest, no) {
    const [, written = '', value] = /^(\$(?:\.[\w-]+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*)\s*(?:=\s*([\s\S]*))?$/.exec(rest) ?? [];
    if (written === '') return undefined;
    const wanted = value === undefined ? undefined : (readJson(value) as Json | undefined);
    if (value !== undefined && wanted === undefined) return undefined;
    const steps = [...written.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g)];
    const path = steps.map(([, name, index, single, double]) =>
      index === undefined ? (name ?? single ?? double ?? '') : Number(index),
    );
    return ({ body }) => {
      const document = readJson(body) as Json | undefined;
      if (document === undefined) return no ? undefined : 'the body is no JSON';
      const came = at(document, path);
      const isIt = came !== undefined && (wanted === undefined || isDeepStrictEqual(came, wanted));
      return isIt === no ? (came === undefined ? 'there is none' : `it is ${JSON.stringify(came)}`) : undefined;
    };
  },
};

function at(document: Json, path: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = typeof step === 'number' ? value[step] : undefined;
    else value = typeof step === 'string' && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}
