// Where the parts of a rockspec lead: modules to their files, addresses to the web, a local to where it is declared.
import { resolve } from 'node:path';
import type { Place } from '../lua/source';
import { textValue } from '../lua/values';
import { spans, syntaxNodes } from '../lua/walk';
import type { Position, Range } from '../text/diagnostic';
import { fieldAt } from './fieldAt';
import { projectFolder } from './projectFolder';
import { located, type Rockspec } from './read';

/** A stretch that leads to a file (absolute; it may not exist) or to a web page. */
export type Link = { range: Range } & ({ path: string } | { url: string });

const ADDRESSES: readonly (readonly [table: string, field: string])[] = [
  ['source', 'url'],
  ['description', 'homepage'],
  ['description', 'issues_url'],
];

/** Every link of a rockspec. */
export function linksOf(rockspec: Rockspec): Link[] {
  return [...fileLinks(rockspec), ...webLinks(rockspec)];
}

function fileLinks(rockspec: Rockspec): (Link & { path: string })[] {
  const { build } = rockspec;
  if (build === undefined) return [];
  const files = [
    ...(build.modules ?? []).flatMap(({ sources }) => sources ?? []),
    ...Object.values(build.install).flatMap((lines) => lines.map(({ file }) => file)),
  ];
  return files.map(({ value, range }) => ({ range, path: pathFrom(rockspec, value) }));
}

function webLinks({ globals, source }: Rockspec): Link[] {
  return ADDRESSES.flatMap(([table, field]) => {
    const found = globals.get(table);
    const address = typeof found === 'object' && 'entry' in found ? located(source, found.entry(field)) : undefined;
    const url = address && webAddress(address.value);
    return address === undefined || url === undefined ? [] : [{ range: address.range, url }];
  });
}

/** The page behind an address: `git+https://…` without its `git+`; undefined for what no browser opens. */
function webAddress(address: string): string | undefined {
  const [, url] = /^(?:git\+)?(https?:\/\/\S+)$/.exec(address) ?? [];
  return url;
}

/** Where the name at a position is defined: a module in its file, a local in this one. */
export function definitionAt(rockspec: Rockspec, position: Position): { path: string; range: Range; origin: Range } | undefined {
  const { source } = rockspec;
  const variable = localAt(rockspec, position);
  if (variable !== undefined)
    return { path: rockspec.path, range: source.range(variable.declared), origin: source.range(variable.used) };
  const field = fieldAt(rockspec, position);
  const module = rockspec.build?.modules?.find(({ entry }) => entry === field?.entry);
  const file =
    module?.sources?.[0]?.value ??
    (field?.path[1] === 'install' && field.path.length === 4 ? textValue(field.entry.value) : undefined);
  if (field === undefined || file === undefined) return undefined;
  const start = { line: 0, character: 0 };
  return { path: pathFrom(rockspec, file), range: { start, end: start }, origin: source.range(field.place) };
}

function localAt(
  { chunk, source }: Rockspec,
  position: Position,
): { declared: Omit<Place, 'source'>; used: Omit<Place, 'source'> } | undefined {
  const offset = source.offset(position);
  for (const node of syntaxNodes(chunk.body.block)) {
    if (node.kind === 'local' && spans(node, offset)) return { declared: node.variable, used: node };
  }
  return undefined;
}

/** The lines of `build.modules` and `build.install` that name a file (absolute): what leads back from a Lua file. */
export function mentionsOf(rockspec: Rockspec, path: string): { module: string | undefined; range: Range }[] {
  const modules = (rockspec.build?.modules ?? []).flatMap(({ name, sources }) =>
    (sources ?? []).filter(({ value }) => pathFrom(rockspec, value) === path).map(({ range }) => ({ module: name, range })),
  );
  const installed = Object.values(rockspec.build?.install ?? {}).flatMap((lines) =>
    lines
      .filter(({ file }) => pathFrom(rockspec, file.value) === path)
      .map(({ target, file }) => ({ module: target, range: file.range })),
  );
  return [...modules, ...installed];
}

function pathFrom(rockspec: Rockspec, file: string): string {
  return resolve(projectFolder(rockspec.path), file);
}
