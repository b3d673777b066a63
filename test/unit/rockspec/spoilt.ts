// How the clean project is spoilt to show a check: the cases of the tables beside, and the pieces they are made of.
import assert from 'node:assert/strict';
import { CLEAN, CLEAN_FILES, CLEAN_NAME, type Files } from './project';

/** How a clean project is spoilt, and what must be said about it. */
export interface Case {
  code: string;
  /** Pieces of the clean rockspec and what takes their place. */
  change?: [string, string][];
  text?: string;
  file?: string;
  files?: Record<string, string | undefined>;
  kong?: string;
  luarocks?: string;
  /** What the range covers. */
  at: string;
  /** Other codes that belong to it. */
  also?: string[];
  /** The title of the fix that mends it. */
  fix?: string;
  /** True when "fix all" may apply it. */
  safe?: boolean;
}

export const FORMAT_1: [string, string] = ['rockspec_format = "3.0"\n', ''];

export const HANDLER_LINE = '    ["kong.plugins.x.handler"] = "kong/plugins/x/handler.lua",\n';

export const SCHEMA_LINE = '    ["kong.plugins.x.schema"] = "kong/plugins/x/schema.lua",\n';

export const dependency = (text: string): [string, string][] => [['"lua-resty-http >= 0.16"', `"${text}"`]];

export const url = (text: string): [string, string][] => [['git+https://example.com/x.git', text]];

export const license = (text: string): [string, string][] => [['"MIT"', `"${text}"`]];

export const build = (text: string): [string, string][] => [['  type = "builtin",\n', `  type = "builtin",\n${text}\n`]];

export function spoilt({ change = [], text, file = CLEAN_NAME, files = {} }: Case): { name: string; text: string; files: Files } {
  let result = text ?? CLEAN;
  for (const [from, to] of change) {
    assert.ok(result.includes(from), `the clean rockspec has no ${from}`);
    result = result.replace(from, () => to);
  }
  const all: Record<string, string | undefined> = { ...CLEAN_FILES, ...files };
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { name: file, text: result, files: Object.fromEntries(present) };
}

/** What looks like a problem and is none: the rockspec has nothing of that code. */
