// A plugin project in memory, for tests: files to check, and fixes applied to them.
import { dirname, join } from 'node:path';
import { checkRockspec, type CheckOptions } from '../../../src/rockspec/check';
import type { FileKind, ProjectFiles } from '../../../src/rockspec/projectFiles';
import type { Diagnostic, FileChange, Range, TextEdit } from '../../../src/text/diagnostic';

export const ROOT = '/plugin';

/** Path relative to the project (or absolute) to text. */
export type Files = Readonly<Record<string, string>>;

export const CLEAN = `rockspec_format = "3.0"
package = "kong-plugin-x"
version = "1.2.0-1"
supported_platforms = { "linux" }
source = {
  url = "git+https://example.com/x.git",
  tag = "1.2.0",
}
description = {
  summary = "s",
  license = "MIT",
}
dependencies = {
  "lua >= 5.1",
  "lua-resty-http >= 0.16",
}
build = {
  type = "builtin",
  modules = {
    ["kong.plugins.x.handler"] = "kong/plugins/x/handler.lua",
    ["kong.plugins.x.schema"] = "kong/plugins/x/schema.lua",
  },
  copy_directories = { "docs" },
}
`;

export const CLEAN_NAME = 'kong-plugin-x-1.2.0-1.rockspec';

export const CLEAN_FILES: Files = {
  'kong/plugins/x/handler.lua': 'return { VERSION = "1.2.0", PRIORITY = 10 }\n',
  'kong/plugins/x/schema.lua': 'return { name = "x" }\n',
  'docs/usage.md': '',
};

/** The files of a project, as the checks see them. */
export function memoryFiles(files: Files): ProjectFiles {
  const folders = new Map<string, Map<string, FileKind>>();
  for (const name of Object.keys(files)) {
    let path = join(ROOT, name);
    for (let kind: FileKind = 'file'; path !== '/'; kind = 'directory') {
      const parent = dirname(path);
      const listing = folders.get(parent) ?? new Map<string, FileKind>();
      folders.set(parent, listing);
      listing.set(path.slice(parent === '/' ? 1 : parent.length + 1), kind);
      path = parent;
    }
  }
  return {
    list: (dir) => Promise.resolve(folders.get(dir)),
    read: (path) => {
      const text = Object.entries(files).find(([name]) => join(ROOT, name) === path)?.[1];
      return Promise.resolve(text === undefined ? undefined : Buffer.from(text));
    },
  };
}

/** Checks a rockspec of a project; its own file is part of it. */
export function checkProject(rockspec: string, text: string, files: Files, options: CheckOptions = {}): Promise<Diagnostic[]> {
  return checkRockspec(Buffer.from(text), join(ROOT, rockspec), {
    files: memoryFiles({ ...files, [rockspec]: text }),
    ...options,
  });
}

/** Applies changes to files; edits of one file must not overlap. */
export function applyChanges(files: Files, changes: readonly FileChange[]): Record<string, string> {
  const result: Record<string, string> = { ...files };
  const nameOf = (path: string): string => path.slice(ROOT.length + 1);
  for (const change of changes) {
    const name = nameOf(change.path);
    const text = result[name];
    if (change.kind === 'create') result[name] = change.text;
    else if (text === undefined) throw new Error(`${name} is not there to be changed`);
    else if (change.kind === 'edit') result[name] = applyEdits(text, change.edits);
    else {
      Reflect.deleteProperty(result, name);
      result[nameOf(change.to)] = text;
    }
  }
  return result;
}

/** Applies edits to a text. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const offsets = edits.map((edit) => ({ ...edit, from: offsetOf(text, edit.range.start), to: offsetOf(text, edit.range.end) }));
  return offsets
    .sort((a, b) => b.from - a.from)
    .reduce((done, { from, to, newText }) => done.slice(0, from) + newText + done.slice(to), text);
}

/** The text a range covers. */
export function textAt(text: string, range: Range): string {
  return text.slice(offsetOf(text, range.start), offsetOf(text, range.end));
}

function offsetOf(text: string, { line, character }: Range['start']): number {
  let start = 0;
  for (let i = 0; i < line; i++) {
    const next = text.slice(start).search(/\r\n|\r|\n/);
    if (next < 0) throw new Error(`there is no line ${line}`);
    start += next + (text.startsWith('\r\n', start + next) ? 2 : 1);
  }
  return start + character;
}
